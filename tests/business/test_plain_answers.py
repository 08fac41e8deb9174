"""Short answers that are no answer: a no to a question that is none, a yes to "how much", a name that is a role."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.business.answers import Said, hear
from hotline.business.free_words import free_value, handler
from hotline.business.surnames import only_surname
from hotline.business.volume_said import without_unit

FIELD_WORDS = {"phone": ["电话"], "feature": ["功能"]}


def said(text: str, requested: str, intent: str = "inform", **more: Any) -> Said:
    return Said(text=text, intent=intent, requested=requested, **more)


class TestDisagreement:
    @pytest.mark.parametrize(
        "text", ["不同意", "我不同意", "不对", "不是", "不行", "反对", "不认可", "我不接受", "错了"]
    )
    @pytest.mark.parametrize(
        "requested", ["feature", "material", "growth_rate", "budget", "contact_time", "industry"]
    )
    def test_it_fills_and_skips_nothing(self, text: str, requested: str) -> None:
        heard = hear(said(text, requested, "deny"))
        assert not heard.values and not heard.skip

    @pytest.mark.parametrize(
        "text",
        [
            "不要",
            "不用了",
            "都不要",
            "没有",
            "能接听就行",
            "就接听就行",
            "不用啥功能",
            "啥也不要",
            "不需要功能",
            "没那玩意",
        ],
    )
    def test_that_nothing_is_wanted_is_an_answer(self, text: str) -> None:
        assert hear(said(text, "feature", "deny")).values == {"feature": {"set": []}}

    @pytest.mark.parametrize("text", ["可以", "好的", "嗯", "对", "行"])
    @pytest.mark.parametrize("requested", ["growth_rate", "budget", "email", "contact_time", "bound_numbers"])
    def test_a_yes_answers_no_question_for_a_value(self, text: str, requested: str) -> None:
        heard = hear(said(text, requested, "affirm"))
        assert not heard.values and not heard.skip and not heard.answered

    @pytest.mark.parametrize("text", ["会涨一些", "涨点吧", "可能多点", "慢慢增长一些"])
    def test_growing_somehow_leaves_the_figure_to_us(self, text: str) -> None:
        assert hear(said(text, "growth_rate")).skip == "growth_rate"

    @pytest.mark.parametrize("text", ["有问题", "好像不太好", "有点不放心"])
    def test_a_doubtful_yes_is_no_consent(self, text: str) -> None:
        assert hear(said(text, "consent", "affirm")).yes is None

    def test_features_not_wanted_any_more_are_taken_out(self) -> None:
        heard = hear(said("功能不要了", "submit_confirmed", "deny", known={"feature": ["ivr"]}), FIELD_WORDS)
        assert heard.values == {"feature": {"set": []}} and heard.yes is None

    @pytest.mark.parametrize("text", ["不想留", "不方便说", "不给", "我不想填", "不愿意告诉你"])
    def test_who_keeps_it_back_passes_it_by_if_that_may_be(self, text: str) -> None:
        assert hear(said(text, "phone", "deny")).skip == "phone"  # the draft refuses it


class TestTheSummary:
    @pytest.mark.parametrize(
        "text", ["有问题", "有点问题", "信息有误", "不对", "错了", "不是这样的", "不确认"]
    )
    @pytest.mark.parametrize("intent", ["affirm", "deny", "correct_info"])
    def test_something_wrong_is_no_yes_whatever_it_was_taken_for(self, text: str, intent: str) -> None:
        heard = hear(said(text, "submit_confirmed", intent), FIELD_WORDS)
        assert heard.wrong and heard.yes is None

    @pytest.mark.parametrize(
        "text", ["不提交", "先不提交", "别提交", "先不交了", "暂时不提交", "再想想", "不着急"]
    )
    @pytest.mark.parametrize("intent", ["submit_application", "deny"])
    def test_not_yet_is_a_no(self, text: str, intent: str) -> None:
        assert hear(said(text, "submit_confirmed", intent), FIELD_WORDS).yes is False

    @pytest.mark.parametrize("text", ["没问题", "没有问题，提交吧", "确认", "信息没错", "对的", "提交"])
    def test_a_plain_yes_submits(self, text: str) -> None:
        intent = "submit_application" if "提交" in text else "affirm"
        assert hear(said(text, "submit_confirmed", intent), FIELD_WORDS).yes is True

    def test_the_field_that_is_wrong_is_opened(self) -> None:
        assert (
            hear(said("电话好像有点问题", "submit_confirmed", "correct_info"), FIELD_WORDS).erase == "phone"
        )


class TestNames:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("法人是王五我是赵六", "赵六"),
            ("就写我 李四", "李四"),
            ("联系人写老板陈大发", "陈大发"),
            ("叫我老李就行", "老李"),
            ("姓张", "张"),
            ("我是经办人", None),
            ("我是经办人不是法人", None),
            ("我是负责人", None),
            ("财务", None),
            ("嗯", None),
        ],
    )
    def test_how_somebody_is_called_and_not_what_he_is(self, text: str, name: str | None) -> None:
        assert free_value("contact_name", text) == name

    @pytest.mark.parametrize(
        "text", ["张", "姓张", "我是陈老板", "免贵姓赵", "李总", "姓诸葛", "叫我王姐就行"]
    )
    def test_a_surname_is_heard_as_one(self, text: str) -> None:
        assert only_surname(text)

    @pytest.mark.parametrize("text", ["姓什么", "好", "不", "嗯", "中", "我是谁", "我是公司", "张三"])
    def test_other_short_words_are_none(self, text: str) -> None:
        assert not only_surname(text)

    def test_the_title_is_kept_with_a_surname_alone(self) -> None:
        name = {"entity": "contact_name", "value": "陈", "start": 2, "end": 3}
        assert hear(said("我是陈老板", "contact_name", entities=[name])).values == {"contact_name": "陈老板"}

    @pytest.mark.parametrize(
        "text",
        [
            "我不是法人",
            "我是经办人不是法人",
            "法人不来",
            "老板没空",
            "法人是我老婆 我去办得行不",
            "我爸才是法人",
        ],
    )
    def test_who_is_not_the_legal_person_is_his_agent(self, text: str) -> None:
        assert handler(text) == "agent"


class TestChoices:
    @pytest.mark.parametrize(
        ("text", "word", "field", "value"),
        [
            ("不是公司", "公司", "applicant_type", "enterprise"),
            ("也不是个体", "个体", "applicant_type", "individual_business"),
            ("不上网", "上网", "channel", "online"),
            ("网上不会弄", "网上", "channel", "online"),
            ("不在杭州", "杭州", "region", "杭州市"),
        ],
    )
    def test_what_is_named_to_be_left_out_is_not_chosen(
        self, text: str, word: str, field: str, value: str
    ) -> None:
        named = {
            "entity": field,
            "value": value,
            "start": text.find(word),
            "end": text.find(word) + len(word),
        }
        for entities in ([], [named]):
            assert not hear(said(text, field, words={value: [word]}, entities=entities)).values

    def test_the_other_one_is(self) -> None:
        words = {"enterprise": ["公司"], "individual_business": ["个体"]}
        named = {"entity": "applicant_type", "value": "individual_business", "start": 2, "end": 4}
        heard = hear(said("不是个体是公司", "applicant_type", "correct_info", words=words, entities=[named]))
        assert heard.values == {"applicant_type": "enterprise"}


class TestVolumeWithoutUnit:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("一天五十", {"daily_calls": 50}),
            ("每天大概三四十吧", {"daily_calls": {"from": 30, "to": 40}}),
            ("天天也就20来个左右", {}),  # the recogniser knows "个"
            ("一个月三千", {"monthly_minutes": 3000}),
            ("一天五十块", {}),
            ("一天三小时", {}),
            ("每天", {}),
        ],
    )
    def test_a_period_tells_what_is_counted(self, text: str, found: dict[str, Any]) -> None:
        assert without_unit(text) == found

    def test_calls_are_a_guess_and_no_budget(self) -> None:
        money = {"entity": "budget", "value": 1100, "start": 2, "end": 4}
        heard = hear(said("一天五十", "monthly_minutes", entities=[money]))
        assert heard.values == {"daily_calls": 50} and heard.guessed

    def test_with_their_length_they_are_none(self) -> None:
        each = {"entity": "call_minutes", "value": 3, "start": 5, "end": 10}
        heard = hear(said("一天五十 每个三分钟", "monthly_minutes", entities=[each]))
        assert heard.values == {"daily_calls": 50, "call_minutes": 3} and not heard.guessed
