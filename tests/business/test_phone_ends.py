"""The end of the contact phone said anew."""

from __future__ import annotations

import pytest

from hotline.business.phone_ends import about_contact, end_said, mended


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("电话最后四位是2346", ("2346", None)),
        ("手机号末尾是6不是5", ("6", "5")),
        ("电话末尾是5555不是4444", ("5555", "4444")),
        ("我的手机尾号应该是二三四六", ("2346", None)),
        ("400号码尾号是888的", None),
        ("尾号888的有吗", None),
        ("要最后四位是2346的", None),
    ],
)
def test_end_said(text: str, said: tuple[str, str | None] | None) -> None:
    found = end_said(text)
    assert (found[:2] if found else None) == said


def test_the_phone_is_mended_only_where_it_fits() -> None:
    assert mended("13812342345", "2346", None) == "13812342346"
    assert mended("13812342345", "6", "5") == "13812342346"
    assert mended("13812342345", "6", "4") is None
    assert mended("0571-88886666", "6667", "6666") == "0571-88886667"


def test_without_a_phone_told_an_end_may_be_that_of_a_number_wished() -> None:
    assert about_contact("电话最后四位是2346", True)
    assert not about_contact("电话最后四位是2346", False)
    assert about_contact("手机号末尾是6不是5", False)
