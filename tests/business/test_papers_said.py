"""Papers that somebody says he has, and papers that he says he lacks."""

from __future__ import annotations

import pytest

from hotline.business.papers_said import paper_values, papers_said

WORDS = {
    "business_license": ["营业执照", "执照"],
    "legal_person_id": ["身份证"],
    "authorization_letter": ["授权书"],
}
LICENSE, ID, LETTER = WORDS


@pytest.mark.parametrize(
    ("text", "have", "lack"),
    [
        ("营业执照有 身份证也有 授权书没有", [LICENSE, ID], [LETTER]),
        ("营业执照有身份证有授权书没有", [LICENSE, ID], [LETTER]),
        ("执照和身份证都有，授权书没有", [LICENSE, ID], [LETTER]),
        ("有执照和身份证，没有授权书", [LICENSE, ID], [LETTER]),
        ("有执照 没有身份证", [LICENSE], [ID]),
        ("执照有，但身份证丢了", [LICENSE], [ID]),
        ("执照，身份证，都准备好了", [LICENSE, ID], []),
        ("执照、身份证都备好了，授权书还没写", [LICENSE, ID], [LETTER]),
        ("缺授权书", [], [LETTER]),
        ("身份证过期了", [], [ID]),
        ("执照没过期", [LICENSE], []),
        ("执照和身份证", [LICENSE, ID], []),
        ("只有执照", [LICENSE], []),
        ("执照有，身份证号是多少", [LICENSE], []),
        ("执照要什么样的？", [], []),
        ("还没准备", [], []),
    ],
)
def test_each_paper_is_there_or_not(text: str, have: list[str], lack: list[str]) -> None:
    told = papers_said(text, [], WORDS)
    assert (list(told.have), list(told.lack)) == (have, lack)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("都齐了", True),
        ("除了授权书都齐了", True),
        ("就差授权书，其他都有", True),
        ("缺授权书", True),
        ("没有授权书", False),
        ("执照和身份证都有", False),
        ("都没有", False),
        ("没都准备好", False),
    ],
)
def test_all_of_them(text: str, every: bool) -> None:
    assert papers_said(text, [], WORDS).every is every


def test_what_was_recognised_counts_where_it_stands() -> None:
    entities = [{"entity": "material", "value": "org_code", "start": 0, "end": 5}]
    told = papers_said("机构代码证没有，执照有", entities, WORDS)
    assert told.lack == ("org_code",) and told.have == (LICENSE,)


def test_a_missing_stamp_is_noted_on_the_papers_that_are_there() -> None:
    values = paper_values(papers_said("执照有 身份证有 公章没有", [], WORDS), [], asked=True)
    assert values["material"] == [LICENSE, ID]
    assert values["papers"] == {LICENSE: {"stamped": False}, ID: {"stamped": False}}


def test_what_he_lacks_is_taken_from_what_he_had_said() -> None:
    told = papers_said("身份证有，授权书没有", [], WORDS)
    assert paper_values(told, [LICENSE, LETTER], asked=False)["material"] == {"set": [LICENSE, ID]}
    lacking = papers_said("授权书没有", [], WORDS)
    assert paper_values(lacking, [LICENSE], asked=False) == {}
    assert paper_values(lacking, [LETTER], asked=False) == {"material": {"remove": [LETTER]}}


def test_all_but_one_means_of_those_that_his_case_needs() -> None:
    told = papers_said("除了授权书都有", [], WORDS)
    assert paper_values(told, [], asked=True, needed=[LICENSE, ID, LETTER])["material"] == {
        "set": [LICENSE, ID]
    }
    assert paper_values(told, [], asked=False) == {}, "in passing it says nothing about the others"
