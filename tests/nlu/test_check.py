"""What the check of the language data finds, on data with a known fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.datafile import DataError
from hotline.nlu import check
from hotline.nlu.examples import Example, Mark, plain, read, read_all


def _example(text: str, intent: str, line: int = 1, *marks: Mark) -> Example:
    return Example(text, intent, "some.yml", line, marks)


def test_a_sentence_under_two_intents_is_an_error() -> None:
    (found,) = check.duplicates(
        [_example("多少钱", "faq_plan_price"), _example("多少钱？", "faq_number_fee", 2)]
    )
    assert found.error and found.place == "some.yml:2" and "faq_plan_price" in found.reason


def test_the_same_sentence_twice_under_one_intent_is_a_remark() -> None:
    (found,) = check.duplicates(
        [_example("多少钱", "faq_plan_price"), _example("多少錢", "faq_plan_price", 2)]
    )
    assert not found.error


def test_near_sentences_of_different_intents_are_pointed_out_and_of_the_same_are_not() -> None:
    one, other = "请问办理400电话一共需要准备哪些申请材料呢", "请问办理400电话一共需要准备哪些申请材料呀"
    assert check.near_duplicates([_example(one, "a"), _example(other, "b", 2)], limit=0.7)
    assert not check.near_duplicates([_example(one, "a"), _example(other, "a", 2)], limit=0.7)


def test_names_outside_the_contract_are_errors() -> None:
    examples = [_example("你好", "greeting"), _example("三个", "inform", 2, Mark("amount", 0, 2, "三个"))]
    reasons = [f.reason for f in check.unknown_names(examples, {"inform", "greet"}, {"seats"}) if f.error]
    assert [any(word in reason for reason in reasons) for word in ("greeting", "amount", "greet 没有")] == [
        True
    ] * 3


def test_too_few_sentences_are_pointed_out() -> None:
    few = [_example(f"句子{i}", "greet", i) for i in range(check.LEAST - 1)]
    enough = [_example(f"话{i}", "thank", i) for i in range(check.LEAST)]
    assert [found.place for found in check.imbalance(few + enough)] == ["greet"]


def test_marks_are_read_in_both_writings() -> None:
    text, marks = plain('我姓[张](contact_name)，尾号[668]{"entity": "number_digits", "role": "suffix"}')
    assert text == "我姓张，尾号668"
    assert [(m.entity, text[m.start : m.end], m.value, m.role) for m in marks] == [
        ("contact_name", "张", "张", None),
        ("number_digits", "668", "668", "suffix"),
    ]


def test_a_line_that_is_no_example_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("nlu:\n- intent: greet\n  examples: |\n    - 你好\n    您好\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read(file)
    assert error.value.line == 5


def test_the_language_data_has_no_error() -> None:
    found = check.check(read_all())
    assert [str(finding) for finding in found if finding.error] == []


def test_every_intent_has_enough_sentences() -> None:
    assert [str(finding) for finding in check.imbalance(read_all()) if "至少" in finding.reason] == []


def test_hardly_a_sentence_of_the_dev_exam_is_in_the_language_data() -> None:
    """Short questions that everybody asks are written twice by people who do not know of each other."""
    from hotline.examine import exams
    from hotline.nlu.normalise import normalise

    known = {normalise(example.text).text for example in read_all()}
    asked = [q.text for mode in exams.MODES for q in exams.questions("dev", mode)]
    twice = [text for text in asked if normalise(text).text in known]
    assert len(asked) > 600
    assert len(twice) < 0.06 * len(asked)
    assert all(len(text) <= 12 for text in twice)
