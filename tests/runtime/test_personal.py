"""The filter before everything that is kept: typed or spoken, no number of an identity or bank card passes."""

from __future__ import annotations

import pytest

from hotline.runtime.personal import DROPPED, filter_text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("身份证330106199003074514", "id_card"),
        ("身份证号是三三零一零六一九九零零三零七四五一四", "id_card"),
        ("三三零幺零六，幺九九零零三零七，四五幺四", "id_card"),
        ("３３０１０６１９９００３０７４５１４", "id_card"),
        ("银行卡号六二二二零二一二三四五六七八九零一二三", "bank_card"),
    ],
)
def test_written_or_spoken_it_is_dropped(text: str, kind: str) -> None:
    kept, kinds = filter_text(text)
    assert kinds == (kind,)
    assert kept.endswith(DROPPED) and not set(kept) & set("0123456789０１２３零一二三幺")


@pytest.mark.parametrize(
    "text", ["", "我要办400电话", "每月三千五百分钟，两千也行", "电话幺三八一二三四五六七八"]
)
def test_other_numbers_stay(text: str) -> None:
    assert filter_text(text) == (text, ())
