"""What a message means where it is said: about an application, another way to apply, sentences of a fixed build."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.runtime.context import Here, load_readings, put_right

READINGS = load_readings()
ONLINE = Here("materials_form", "handler", "online")
STATUS = Here("status_form", "phone_tail")


def heard(text: str, intent: str, here: Here = Here(), **entities: str) -> dict[str, Any]:
    """A message as the recogniser gives it: entities by name, as they are written."""
    found = [
        {"entity": name, "value": value, "start": text.index(value), "end": text.index(value) + len(value)}
        for name, value in entities.items()
    ]
    parsed: dict[str, Any] = {"intent": {"name": intent, "confidence": 0.4}, "entities": found}
    parsed["alone"] = put_right(text, parsed, here, READINGS)
    return parsed


def values(parsed: dict[str, Any]) -> dict[str, Any]:
    return {each["entity"]: each["value"] for each in parsed["entities"]}


class TestAnApplication:
    @pytest.mark.parametrize(
        ("text", "took_for"),
        [
            ("查进度 F4F5-4AJ6，后四位8868", "faq_review_progress"),
            ("F4F5-4AJ6 尾号8868 到哪了", "search_number"),
            ("编号F4F5-4AJ6，电话最后是八八六八", "out_of_scope"),
        ],
    )
    def test_its_reference_and_four_digits_ask_for_its_status(self, text: str, took_for: str) -> None:
        parsed = heard(text, took_for, application_id="F4F5-4AJ6")
        assert parsed["intent"]["name"] == "check_application_status" and parsed["alone"]
        assert values(parsed) == {"application_id": "F4F5-4AJ6", "phone_tail": "8868"}

    def test_digits_are_no_wish_for_a_number(self) -> None:
        parsed = heard(
            "查F4F5-4AJ6 尾号8868", "search_number", application_id="F4F5-4AJ6", number_digits="8868"
        )
        assert values(parsed) == {"application_id": "F4F5-4AJ6", "phone_tail": "8868"}

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("取消申请F4F5-4AJ6 尾号0000", "cancel_task"),
            ("要撤销申请，编号F4F5-4AJ6", "cancel_task"),
            ("F4F5-4AJ6 不办了", "cancel_task"),
            ("我想把F4F5-4AJ6这个申请撤了", "cancel_task"),
            ("F4F5-4AJ6 先不撤", "check_application_status"),
            ("F4F5-4AJ6 不取消了，到哪步了", "check_application_status"),
        ],
    )
    def test_cancelling_it(self, text: str, intent: str) -> None:
        assert heard(text, "inform", application_id="F4F5-4AJ6")["intent"]["name"] == intent

    @pytest.mark.parametrize("intent", ["human_handoff", "complain", "report_problem"])
    def test_who_wants_something_else_gets_that(self, intent: str) -> None:
        parsed = heard("F4F5-4AJ6 转人工", intent, application_id="F4F5-4AJ6")
        assert parsed["intent"]["name"] == intent

    @pytest.mark.parametrize("text", ["0000", "尾号8868", "是八八六八", "后四位 8868 吧"])
    def test_four_digits_answer_the_question_for_them(self, text: str) -> None:
        parsed = heard(text, "search_number", STATUS)
        assert parsed["intent"]["name"] == "inform" and len(values(parsed)["phone_tail"]) == 4

    def test_a_whole_phone_number_ends_in_them_too(self) -> None:
        parsed = heard("13800138000", "inform", STATUS, phone="13800138000")
        assert values(parsed) == {"phone_tail": "13800138000"}

    @pytest.mark.parametrize("text", ["尾号8868", "每月3000分钟", "后四位8868的号码有吗"])
    def test_without_an_application_they_are_what_they_were(self, text: str) -> None:
        parsed = heard(text, "search_number")
        assert parsed["intent"]["name"] == "search_number" and not parsed["entities"]


class TestAnotherChannel:
    @pytest.mark.parametrize(
        "text", ["渠道改10086", "渠道换成10086吧", "还是打10086吧", "10086", "我走10086办理"]
    )
    def test_is_a_correction(self, text: str) -> None:
        parsed = heard(text, "faq_channel_10086", ONLINE, channel="10086")
        assert parsed["intent"]["name"] == "correct_info" and values(parsed) == {"channel": "10086"}

    @pytest.mark.parametrize("text", ["不去营业厅了，打10086办", "打10086办，不去营业厅了"])
    def test_the_one_given_up_is_not_the_one_chosen(self, text: str) -> None:
        entities = [
            {
                "entity": "channel",
                "value": value,
                "start": text.index(word),
                "end": text.index(word) + len(word),
            }
            for value, word in (("hall", "营业厅"), ("10086", "10086"))
        ]
        entities.sort(key=lambda each: int(str(each["start"])))
        parsed: dict[str, Any] = {"intent": {"name": "faq_channel_10086"}, "entities": entities}
        put_right(text, parsed, Here("materials_form", "handler", "hall"), READINGS)
        assert values(parsed) == {"channel": "10086"} and parsed["intent"]["name"] == "correct_info"

    def test_one_that_is_a_trouble_is_left_for_the_phone(self) -> None:
        parsed = heard("网上办太麻烦，换打电话吧", "faq_channel_online", ONLINE, channel="网上")
        assert values(parsed) == {"channel": "10086"} and parsed["intent"]["name"] == "correct_info"

    @pytest.mark.parametrize("text", ["我想换个渠道", "办理方式改一下"])
    def test_naming_none_it_is_asked_anew(self, text: str) -> None:
        parsed = heard(text, "out_of_scope", ONLINE)
        assert values(parsed) == {"field": "channel"} and parsed["intent"]["name"] == "correct_info"

    def test_only_given_up_it_is_asked_anew(self) -> None:
        text = "我不想去营业厅了"
        entities = [{"entity": "channel", "value": "hall", "start": 4, "end": 7}]
        parsed: dict[str, Any] = {"intent": {"name": "faq_channel_hall"}, "entities": entities}
        put_right(text, parsed, Here("materials_form", "handler", "hall"), READINGS)
        assert values(parsed) == {"field": "channel"}

    @pytest.mark.parametrize("text", ["能改成10086办吗", "10086办要带什么", "打10086要多久"])
    def test_a_question_about_one_changes_nothing(self, text: str) -> None:
        parsed = heard(text, "faq_channel_10086", ONLINE, channel="10086")
        assert parsed["intent"]["name"] == "faq_channel_10086"

    def test_before_one_was_chosen_its_name_is_a_question(self) -> None:
        assert heard("10086", "faq_channel_10086", channel="10086")["intent"]["name"] == "faq_channel_10086"


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("查进度", "status"),
            ("查申请进度", "status"),
            ("我要查一下进度", "status"),
            ("帮我看看申请到哪一步了", "status"),
            ("申请进度", "status"),
            ("怎么查进度", None),
            ("审核要多久", None),
            ("还差啥", "missing"),
            ("现在还差几项", "missing"),
            ("还有什么要填的", "missing"),
            ("还缺什么材料", None),
            ("还差多少钱", None),
            ("我预占的是哪个号", "my_number"),
            ("我选的号码是多少来着", "my_number"),
            ("我的号码是多少", "my_number"),
            ("选哪个号好", None),
            ("我们有300家门店，每家都要独立号码", "complex"),
            ("要对接我们的CRM系统", "complex"),
            ("能对接CRM吗", None),
            ("每家店配一个人接电话", None),
        ],
    )
    def test_are_known_by_their_build(self, text: str, name: str | None) -> None:
        assert heard(text, "inform").get("act") == name

    def test_papers_are_meant_where_papers_are_asked(self) -> None:
        assert heard("还差啥", "check_materials", Here("materials_form", "material")).get("act") is None

    @pytest.mark.parametrize("text", ["我不记得编号了", "编号忘了", "找不到了", "没有编号", "编号在哪看"])
    def test_a_lost_reference_only_where_it_is_asked(self, text: str) -> None:
        asked = Here("status_form", "application_id")
        assert heard(text, "cancel_task", asked).get("act") == "lost_reference"
        assert heard(text, "cancel_task").get("act") is None

    @pytest.mark.parametrize(
        ("text", "intent"),
        [("用原来的吧", "affirm"), ("都不变", "affirm"), ("重新填吧", "deny"), ("换一家公司", "deny")],
    )
    def test_whose_data_is_meant_only_where_that_is_asked(self, text: str, intent: str) -> None:
        assert heard(text, "choose_plan", Here(pending="another"))["intent"]["name"] == intent
        assert heard(text, "choose_plan")["intent"]["name"] == "choose_plan"

    def test_leaving_it_as_it_is_needs_something_to_be_left(self) -> None:
        pending = Here(pending="cancel_application")
        for text in ("算了 还是别取消", "先不撤销了", "别删"):
            assert heard(text, "cancel_task", pending)["intent"]["name"] == "deny"
            assert heard(text, "cancel_task")["intent"]["name"] == "cancel_task"


class TestCheaper:
    @pytest.mark.parametrize(
        "text",
        [
            "有没有便宜的",
            "太贵了",
            "太跪了",
            "能便宜点吗",
            "有更便宜的吗",
            "价格太高了",
            "怎么这么贵",
            "最便宜的是哪个",
            "能打个折吗",
            "超出预算了",
            "没那么多钱",
            "用不起",
        ],
    )
    def test_it_is_heard_of_the_plan(self, text: str) -> None:
        parsed = heard(text, "thank")
        assert (parsed["act"], parsed["intent"]["name"]) == ("cheaper", "recommend_plan")

    @pytest.mark.parametrize("text", ["贵公司", "会很贵吗", "便宜的号码有吗", "折扣店", "有优惠活动吗"])
    def test_other_words_are_left_alone(self, text: str) -> None:
        assert "act" not in heard(text, "inform")

    def test_while_a_number_is_chosen_it_is_the_number(self) -> None:
        assert "act" not in heard("有没有便宜的", "search_number", Here("number_form", "hotline_number"))


class TestPlainAnswers:
    """What is little else than what was asked, whatever the recogniser made of it."""

    @pytest.mark.parametrize("text", ["12345", "138", "一三八零零", "电话 123-456", "是 0571 8888"])
    def test_digits_answer_the_question_for_a_phone(self, text: str) -> None:
        parsed = heard(text, "search_number", Here("contact_form", "phone"))
        assert parsed["intent"]["name"] == "inform" and not parsed["entities"]

    @pytest.mark.parametrize("text", ["尾号888的号码", "4001开头的有吗", "两个手机"])
    def test_more_than_digits_is_what_it_was(self, text: str) -> None:
        assert (
            heard(text, "search_number", Here("contact_form", "phone"))["intent"]["name"] == "search_number"
        )

    def test_a_surname_answers_the_question_for_a_name(self) -> None:
        assert heard("张", "faq_stamp", Here("contact_form", "contact_name"))["intent"]["name"] == "inform"
        assert heard("张", "faq_stamp", Here("contact_form", "email"))["intent"]["name"] == "faq_stamp"

    @pytest.mark.parametrize("text", ["不想留", "不想填", "不方便说"])
    def test_who_keeps_an_answer_back_ends_nothing(self, text: str) -> None:
        assert heard(text, "cancel_task", Here("contact_form", "phone"))["intent"]["name"] == "deny"
        assert heard(text, "cancel_task")["intent"]["name"] == "cancel_task"

    def test_not_by_telephone_withdraws_nothing_while_the_way_is_asked(self) -> None:
        assert (
            heard("不打电话", "withdraw_consent", Here("contact_form", "channel"))["intent"]["name"] == "deny"
        )
        assert heard("不打电话", "withdraw_consent")["intent"]["name"] == "withdraw_consent"

    @pytest.mark.parametrize("text", ["直接提交吧", "没有邮箱直接提交", "不填了提交", "邮箱不要了，赶紧提交"])
    def test_who_wants_to_submit_is_heard(self, text: str) -> None:
        assert (
            heard(text, "faq_submit_how", Here("contact_form", "email"))["intent"]["name"]
            == "submit_application"
        )

    @pytest.mark.parametrize("text", ["先不提交", "别提交", "不想提交了"])
    def test_who_does_not_is_heard_too(self, text: str) -> None:
        parsed = heard(text, "submit_application", Here("contact_form", "email"))
        assert parsed["intent"]["name"] == "cancel_task"

    @pytest.mark.parametrize("text", ["电话不对", "功能少了", "地址好像有点问题"])
    def test_something_wrong_in_the_summary_is_no_fault_of_the_line(self, text: str) -> None:
        asked = Here("submit_form", "submit_confirmed")
        assert heard(text, "report_problem", asked)["intent"]["name"] == "correct_info"
        assert heard("没有问题", "affirm", asked)["intent"]["name"] == "affirm"

    def test_a_guess_is_a_wrong_answer_while_something_is_asked(self) -> None:
        parsed: dict[str, Any] = {"intent": {"name": "report_problem", "confidence": 0.33}, "entities": []}
        put_right("爬过去", parsed, Here("contact_form", "channel"), READINGS)
        assert parsed["intent"]["name"] == "out_of_scope"
