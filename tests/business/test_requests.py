"""What a message asks for, when it may ask for two things; and when a clause only looks like a question."""

from __future__ import annotations

from typing import Any

from hotline.business.requests import Asked, questions, second_task


def part(text: str, name: str, confidence: float = 0.95) -> dict[str, Any]:
    return {"text": text, "name": name, "confidence": confidence}


PAPERS, TIME = part("要什么材料，", "faq_materials_list"), part("多久能办好？", "faq_process_duration")


def test_two_questions_are_two_in_their_order() -> None:
    chances = {"faq_process_duration": 0.55, "faq_materials_list": 0.4}
    found = questions("要什么材料，多久能办好？", "faq_process_duration", 0.55, chances, [PAPERS, TIME])
    assert found == [
        Asked("faq_materials_list", "要什么材料，"),
        Asked("faq_process_duration", "多久能办好？"),
    ]


def test_a_clause_that_the_whole_rules_out_is_no_question_of_its_own() -> None:
    parts = [part("能录音吗，", "faq_call_recording"), part("存多久", "faq_review_time", 0.9)]
    found = questions(
        "能录音吗，存多久",
        "faq_call_recording",
        1.0,
        {"faq_call_recording": 1.0, "faq_review_time": 0.001},
        parts,
    )
    assert found == [Asked("faq_call_recording", "能录音吗，存多久")]


def test_two_sentences_are_two_questions_however_sure_the_whole_is() -> None:
    parts = [part("能开发票吗？", "faq_invoice"), part("合同要签几年？", "faq_contract_period")]
    found = questions("能开发票吗？合同要签几年？", "faq_invoice", 0.99, {"faq_invoice": 0.99}, parts)
    assert [each.topic for each in found] == ["invoice", "contract_period"]


def test_one_clause_means_the_whole_message() -> None:
    assert questions("审核要几天", "faq_review_time", 0.3, {}, []) == [Asked("faq_review_time", "审核要几天")]


def test_a_question_beside_a_statement_must_look_like_one() -> None:
    asked = [part("五个人", "inform"), part("审核要几天", "faq_review_time")]
    assert questions("五个人，审核要几天", "inform", 0.9, {}, asked) == [
        Asked("faq_review_time", "审核要几天")
    ]
    told = [part("有营业执照的那种，", "faq_business_license"), part("个体户", "inform")]
    assert questions("有营业执照的那种，个体户", "inform", 0.9, {}, told) == []


def test_never_more_than_three() -> None:
    names = ("review_time", "invoice", "stamp", "ivr")
    parts = [part(f"{n}？", f"faq_{n}") for n in names]
    chances = {f"faq_{n}": 0.25 for n in names}
    assert len(questions("…", "faq_review_time", 0.4, chances, parts)) == 3


def test_a_second_task_needs_a_sure_clause() -> None:
    assert (
        second_task("faq_plan_price", [part("我要办400，", "apply"), part("多少钱", "faq_plan_price")])
        == "apply"
    )
    assert second_task("faq_plan_price", [part("想弄个", "apply", 0.5)]) is None
    assert second_task("apply", [part("我要办", "apply")]) is None
    assert second_task("inform", [part("是的", "affirm")]) is None


def test_a_list_of_three_complete_questions_is_three_however_sure_the_whole_is() -> None:
    parts = [
        part("审核几天，", "faq_review_time"),
        part("绑定几个号码，", "faq_number_binding"),
        part("超出怎么收费", "faq_overage"),
    ]
    found = questions(
        "审核几天，绑定几个号码，超出怎么收费", "faq_review_time", 0.99, {"faq_review_time": 0.99}, parts
    )
    assert [each.topic for each in found] == ["review_time", "number_binding", "overage"]


def test_a_question_without_its_subject_belongs_to_the_one_before() -> None:
    parts = [part("录音能存多久，", "faq_call_recording"), part("怎么收费", "faq_plan_price")]
    found = questions(
        "录音能存多久，怎么收费", "faq_call_recording", 0.99, {"faq_call_recording": 0.99}, parts
    )
    assert [each.topic for each in found] == ["call_recording"]
