"""What a message is taken for while a question is open. The recogniser's part is given; what is decided is tested."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.business import suggestions
from hotline.business.answers import Said, hear
from hotline.business.clauses import QUESTION
from hotline.business.drafts import Draft
from hotline.business.free_words import free_trade, free_value, usage_of
from hotline.business.free_words import test_result as result_of

WORDS = {"email": ["邮箱"], "phone": ["电话"], "budget": ["预算"]}


def said(text: str, requested: str | None, intent: str = "inform", **more: Any) -> Said:
    return Said(text=text, intent=intent, requested=requested, **more)


def entity(name: str, value: Any, text: str, start: int = 0) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": start, "end": start + len(text)}


class TestYesAndNo:
    @pytest.mark.parametrize("text", ["同意", "可以", "好的", "嗯"])
    def test_plain_yes_agrees(self, text: str) -> None:
        assert hear(said(text, "consent", "affirm")).yes is True

    def test_no_mailbox_refuses_no_consent(self) -> None:
        heard = hear(said("没有邮箱", "consent", "deny"), WORDS)
        assert heard.yes is None and heard.skip == "email"

    def test_a_doubtful_no_is_no_refusal(self) -> None:
        heard = hear(said("这个嘛不好说", "consent", "deny", confidence=0.3))
        assert heard.yes is None and not heard.answered

    def test_yes_and_a_phone_are_both_heard(self) -> None:
        text = "同意，电话13800138000"
        heard = hear(said(text, "consent", entities=[entity("phone", "13800138000", text, 3)]))
        assert heard.yes is True and heard.values == {"phone": "13800138000"}

    def test_yes_with_a_change_does_not_submit(self) -> None:
        text = "可以，电话改成13900139002"
        heard = hear(said(text, "submit_confirmed", entities=[entity("phone", "13900139002", text, 5)]))
        assert heard.yes is None

    def test_too_dear_declines_the_plan_whatever_it_was_taken_for(self) -> None:
        heard = hear(said("太贵了", "plan", "complain"))
        assert heard.yes is False and heard.answered


class TestOtherOpenQuestions:
    def test_left_to_us_and_not_knowing_differ(self) -> None:
        assert hear(said("你定吧", "feature", "unsure")).left_to_us
        assert not hear(said("看情况", "feature", "unsure")).left_to_us

    def test_who_goes_is_heard_before_it_is_asked(self) -> None:
        assert hear(said("我自己去", "budget"), WORDS).values == {"handler": "legal_person"}

    def test_phones_that_ring_are_counted_before_it_is_asked(self) -> None:
        assert hear(said("两个手机一个座机", "usage_scenario"), WORDS).values == {"bound_numbers": 3}

    def test_an_entity_counts_though_the_message_had_no_home(self) -> None:
        heard = hear(said("武汉", "budget", "out_of_scope", entities=[entity("region", "武汉市", "武汉")]))
        assert heard.values == {"region": "武汉市"}

    def test_an_answer_beside_a_question(self) -> None:
        heard = hear(said("两个，绑定要钱吗", "bound_numbers", "faq_number_binding"))
        assert heard.values == {"bound_numbers": 2}

    def test_calls_a_day_and_minutes_of_each_are_not_also_the_minutes_a_month(self) -> None:
        text = "一天二十个电话，每个说三四分钟"
        each = entity("call_minutes", {"from": 3, "to": 4}, "三四分钟", 11)
        heard = hear(said(text, "monthly_minutes", entities=[entity("daily_calls", 20, "一天二十个"), each]))
        assert heard.values == {"daily_calls": 20, "call_minutes": {"from": 3, "to": 4}}

    def test_of_two_phones_the_first_is_kept_unless_he_corrects_himself(self) -> None:
        phones = ["13800001111", "13900002222"]
        for text, kept in [("主要打{}，备用{}", 0), ("手机{} 座机{}", 0), ("不是{}，是{}", 1)]:
            whole = text.format(*phones)
            entities = [entity("phone", each, each, whole.index(each)) for each in phones]
            assert hear(said(whole, "phone", entities=entities)).values["phone"] == phones[kept]

    @pytest.mark.parametrize(
        "text", ["主要用来打电话推销产品", "群呼营销，一天打5000个", "做电销的", "往外打给老客户"]
    )
    def test_calling_out_is_no_use_of_the_number(self, text: str) -> None:
        heard = hear(said(text, "usage_scenario", entities=[entity("usage_scenario", "marketing", text)]))
        assert heard.outbound and "usage_scenario" not in heard.values

    @pytest.mark.parametrize("text", ["推广活动，客户打进来问", "广告上留的电话，接来电", "能打出去吗？"])
    def test_calls_that_come_in_are(self, text: str) -> None:
        heard = hear(said(text, "usage_scenario", entities=[entity("usage_scenario", "marketing", text)]))
        assert not heard.outbound

    def test_days_open_and_the_longest_contract_are_kept_though_never_asked(self) -> None:
        assert hear(said("一天20个，我们全年无休", "monthly_minutes")).values["working_days"] == 30
        text = "36个月太长了，我们最多签两年"
        assert hear(said(text, "plan", "faq_contract_period")).values == {"contract_months": 24}

    def test_a_figure_that_is_something_else_is_no_answer(self) -> None:
        heard = hear(said("预算500以内，三条线", "bound_numbers", entities=[entity("budget", 500, "500", 2)]))
        assert heard.values == {"budget": 500, "bound_numbers": 3}

    @pytest.mark.parametrize("text", ["没啥预算 便宜就行", "没预算限制", "我们预算不限", "预算没上限"])
    @pytest.mark.parametrize("requested", ["growth_rate", "budget", None])
    def test_no_budget_is_told_before_it_is_asked(self, text: str, requested: str | None) -> None:
        assert hear(said(text, requested), WORDS).skip == "budget"

    @pytest.mark.parametrize("text", ["预算没有的话怎么选？", "预算一个月五百"])
    def test_a_budget_or_a_question_of_it_is_not_none(self, text: str) -> None:
        assert hear(said(text, "growth_rate"), WORDS).skip is None

    def test_a_list_of_particulars_is_taken_item_by_item(self) -> None:
        choices = {
            "applicant_type": {"enterprise": ["公司"], "branch": ["分公司"]},
            "usage_scenario": {"after_sales": ["客服"]},
        }
        text = "我要办400电话,公司,客服热线,每月3000分钟"
        minutes = entity("monthly_minutes", 3000, "每月3000分钟", 16)
        heard = hear(said(text, None, entities=[minutes], choices=choices))
        assert heard.values == {
            "monthly_minutes": 3000,
            "applicant_type": "enterprise",
            "usage_scenario": "after_sales",
        }
        assert hear(said("我们公司的客服热线", None, choices=choices)).values == {}

    def test_loose_words_count_only_for_the_question_they_answer(self) -> None:
        words = {"enterprise": ["公司"], "branch": ["分公司"]}
        text = "分公司，要交什么材料？"
        assert hear(said(text, "applicant_type", "faq_materials_list", words=words)).values == {
            "applicant_type": "branch"
        }
        assert hear(said(text, "budget", "faq_materials_list")).values == {}

    @pytest.mark.parametrize("text", ["再说一遍", "第一次听说", "为什么要问这一项"])
    def test_a_figure_in_a_remark_is_no_number(self, text: str) -> None:
        assert hear(said(text, "monthly_minutes", "repeat")).values == {}


class TestChannel:
    online = entity("channel", "online", "网上")

    def test_a_choice_that_sounds_like_the_question(self) -> None:
        heard = hear(said("网上办吧", "budget", "faq_channel_online", entities=[self.online]))
        assert heard.values == {"channel": "online"}

    def test_a_question_chooses_nothing(self) -> None:
        assert hear(said("网上怎么办", "budget", "faq_channel_online", entities=[self.online])).values == {}


class TestFreeWords:
    @pytest.mark.parametrize("text", ["等我看一下执照", "我不知道叫什么", "晚点再说"])
    def test_a_remark_is_no_company(self, text: str) -> None:
        assert free_value("company_name", text) is None

    @pytest.mark.parametrize(("text", "name"), [("公司叫晴川商贸", "晴川商贸"), ("老王修理铺", "老王修理铺")])
    def test_a_name_is(self, text: str, name: str) -> None:
        assert free_value("company_name", text) == name

    @pytest.mark.parametrize(
        ("text", "name"),
        [("我叫李文静", "李文静"), ("叫我老张就行", "老张"), ("等一下", None), ("你猜", None)],
    )
    def test_how_somebody_is_called(self, text: str, name: str | None) -> None:
        assert free_value("contact_name", text) == name

    @pytest.mark.parametrize(("text", "time"), [("下午三点后", "下午三点后"), ("你们效率真高", None)])
    def test_a_time_to_call(self, text: str, time: str | None) -> None:
        assert free_value("contact_time", text) == time


class TestSuggestions:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            (None, "enterprise"),
            ("杭州晴川商贸有限公司", "enterprise"),
            ("晴川上海分公司", "branch"),
            ("老王面馆", "individual_business"),
        ],
    )
    def test_the_name_tells_what_he_is(self, name: str | None, kind: str) -> None:
        draft = Draft("d", "c", fields={"company_name": name} if name else {})
        assert suggestions.applicant_type(draft) == kind

    def test_the_name_tells_where(self) -> None:
        assert (
            suggestions.region(Draft("d", "c", fields={"company_name": "杭州晴川商贸有限公司"})) == "杭州市"
        )
        assert suggestions.region(Draft("d", "c")) is None

    def test_who_mends_things_wants_recordings(self) -> None:
        assert "recording" in suggestions.features(Draft("d", "c", fields={"usage_scenario": "after_sales"}))


@pytest.mark.parametrize("text", ["没涨", "不会涨", "没什么增长", "应该不会怎么变。"])
def test_not_growing_is_no_growth_and_no_passing_by(text: str) -> None:
    heard = hear(said(text, "growth_rate", "unsure"), WORDS)
    assert heard.values == {"growth_rate": 0} and heard.skip is None


def test_too_dear_with_a_limit_tells_the_budget() -> None:
    text = "太贵了，一个月最多200"
    assert hear(said(text, "plan")).yes is False
    limited = hear(said(text, "plan", entities=[entity("budget", 200, text, 4)]))
    assert limited.values == {"budget": 200} and limited.yes is None


def test_phones_to_be_bound_are_no_growth() -> None:
    assert free_value("growth_rate", "就我跟我老婆两个手机") is None
    assert free_value("growth_rate", "大概涨三成吧") == 0.3
    assert free_value("growth_rate", "20") == 0.2


class TestTrade:
    @pytest.mark.parametrize(
        ("text", "trade"),
        [
            ("装修的", "装修"),
            ("卖建材", "建材"),
            ("我们是做装修的", "装修"),
            ("修空调的", "修空调"),
            ("我开了家美容院", "开美容院"),
            ("火锅店", "火锅店"),
            ("汽修", "汽修"),
            ("接电话的", None),
            ("给客户打的", None),
            ("做客服的", None),
            ("不知道", None),
            ("公司用的", None),
        ],
    )
    def test_what_he_does(self, text: str, trade: str | None) -> None:
        assert free_trade(text) == trade

    def test_the_use_is_concluded_and_marked_so(self) -> None:
        heard = hear(said("修空调的", "usage_scenario"))
        assert heard.values == {"industry": "修空调", "usage_scenario": "after_sales"}
        assert heard.assumed == ("usage_scenario",)
        assert usage_of("装修") == "consult" and usage_of("招商加盟") == "marketing"

    def test_a_use_that_he_names_is_no_assumption(self) -> None:
        text = "卖建材的，做售后"
        heard = hear(
            said(text, "usage_scenario", entities=[entity("usage_scenario", "after_sales", "售后", 6)])
        )
        assert heard.values == {"usage_scenario": "after_sales"} and not heard.assumed


class TestResults:
    @pytest.mark.parametrize(
        ("text", "result"),
        [
            ("都能打通", "passed"),
            ("没问题", "passed"),
            ("有一个打不通", "failed"),
            ("听不清楚", "failed"),
            ("没有声音", "failed"),
            ("不正常", "failed"),
            ("测不了，跳过", "skipped"),
            ("没有座机", "skipped"),
            ("审核几天", None),
        ],
    )
    def test_of_one_item(self, text: str, result: str | None) -> None:
        assert result_of(text) == result

    def test_a_fault_is_an_answer_whatever_it_was_taken_for(self) -> None:
        heard = hear(said("有一个打不通", "test_result", "report_problem"))
        assert heard.values == {"test_result": "failed"} and heard.answered


class TestNotAnAnswer:
    @pytest.mark.parametrize(
        ("text", "field"),
        [("我不是说了吗一个人", "growth_rate"), ("太贵了吧", "feature"), ("太贵了", "growth_rate")],
    )
    def test_a_question_or_a_complaint_about_the_price_is_no_no(self, text: str, field: str) -> None:
        heard = hear(said(text, field, "deny"))
        assert heard.yes is None and heard.values == {} and heard.skip is None

    def test_digits_wished_of_the_number_are_no_count(self) -> None:
        text = "尾号要8的"
        wish = {**entity("number_digits", "8", "8", 3), "role": "suffix"}
        heard = hear(said(text, "bound_numbers", "search_number", entities=[wish]))
        assert heard.values == {}

    def test_a_loose_word_is_an_answer_whatever_the_recogniser_made_of_it(self) -> None:
        words = {"consult": ["外卖"]}
        heard = hear(said("接外卖电话", "usage_scenario", "out_of_scope", words=words))
        assert heard.values == {"usage_scenario": "consult"} and heard.answered

    @pytest.mark.parametrize("text", ["好的", "事业单位", "嗯", "随便"])
    def test_what_is_no_trade_is_not_taken_for_one(self, text: str) -> None:
        entities = [entity("applicant_type", "institution", text)] if text == "事业单位" else []
        heard = hear(
            said(text, "usage_scenario", "affirm" if text in "好的嗯" else "inform", entities=entities)
        )
        assert "industry" not in heard.values and not heard.assumed

    def test_an_ordinal_counts_nothing(self) -> None:
        assert hear(said("就第一个", "daily_calls")).values == {}

    @pytest.mark.parametrize("text", ["改预算", "我想换一下预算"])
    def test_a_field_named_with_change_is_to_be_said_anew(self, text: str) -> None:
        assert hear(said(text, "phone", "ask_capabilities"), WORDS).erase == "budget"
        assert hear(said("改天说", "phone"), WORDS).erase is None

    def test_who_goes_is_told_though_it_sounds_like_the_question_about_it(self) -> None:
        assert hear(said("经办人我去", "consent", "faq_authorized_agent")).values == {"handler": "agent"}
        assert hear(said("经办人去要带什么", "consent", "faq_authorized_agent")).values == {}


@pytest.mark.parametrize(
    "text", ["帮我检查一下材料", "一般般吧", "让我想一下", "张三", "<script>alert(1)</script>"]
)
@pytest.mark.parametrize("field", ["monthly_minutes", "budget", "bound_numbers"])
def test_numerals_inside_other_words_count_nothing(field: str, text: str) -> None:
    assert free_value(field, text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("大概三千多分钟吧", 3000), ("二十来个", 20), ("500块钱以内", 500), ("我们有5个客服", 5)],
)
def test_a_number_with_little_beside_it_counts(text: str, value: int) -> None:
    assert free_value("monthly_minutes", text) == value


def test_digits_alone_answer_the_question_for_a_number() -> None:
    assert hear(said("4000", "monthly_minutes", "faq_number_prefix")).values == {"monthly_minutes": 4000}


class TestAsides:
    """What asks, weighs or speaks of others states nothing about the customer."""

    @pytest.mark.parametrize(
        "text",
        [
            "隔壁王记饭店也办了",
            "我朋友是做个体的",
            "我们公司有三家分公司",
            "有的公司是个体户",
            "公司名字先不告诉你",
        ],
    )
    def test_of_others_or_branches_fills_no_field(self, text: str) -> None:
        told = [entity("applicant_type", "individual", text), entity("company_name", "王记饭店", text)]
        heard = hear(said(text, "applicant_type", entities=told, words={"enterprise": ["公司"]}))
        assert not heard.values and heard.beside

    @pytest.mark.parametrize("text", ["要是五千分钟呢", "五千分钟够不够"])
    def test_a_figure_that_is_weighed_is_not_kept(self, text: str) -> None:
        told = [entity("monthly_minutes", 5000, text, text.index("五"))]
        heard = hear(said(text, "plan", entities=told, known={"monthly_minutes": 3000}))
        assert heard.supposed == {"monthly_minutes": 5000} and not heard.values

    @pytest.mark.parametrize("text", ["这个有录音没", "贵不贵", "分公司要总公司授权不", "录音好不好"])
    def test_questions_without_a_mark(self, text: str) -> None:
        assert QUESTION.search(text)

    @pytest.mark.parametrize("text", ["授权书没有", "不不", "差不多", "还没", "我不"])
    def test_no_questions(self, text: str) -> None:
        assert not QUESTION.search(text)

    def test_a_told_name_stays_unless_it_is_called_one(self) -> None:
        known = {"company_name": "上海云帆科技有限公司"}
        name = [entity("company_name", "杭州云帆", "杭州云帆")]
        assert not hear(said("杭州云帆那边也要用", None, entities=name, known=known)).values
        assert hear(said("公司名改成杭州云帆", None, "correct_info", entities=name, known=known)).values

    def test_a_yes_with_a_reservation_is_none(self) -> None:
        assert hear(said("可以是可以，就是不大放心", "plan", "affirm")).yes is None

    @pytest.mark.parametrize("text", ["一天三是个", "二十个", "3000"])
    def test_a_count_is_no_trade(self, text: str) -> None:
        assert free_trade(text) is None and free_value("industry", text) is None

    @pytest.mark.parametrize("text", ["五金", "百货", "三农"])
    def test_trades_with_a_numeral(self, text: str) -> None:
        assert free_value("industry", text) == text

    @pytest.mark.parametrize(
        ("text", "field"), [("电话号码最后一位好像填错了", "phone"), ("400号码填错了", "hotline_number")]
    )
    def test_which_number_is_wrong(self, text: str, field: str) -> None:
        known = {"phone": "13800138000", "hotline_number": "4001234567"}
        wrong = [entity("field", "hotline_number", text)]
        assert hear(said(text, "email", "correct_info", entities=wrong, known=known)).erase == field

    def test_a_field_to_be_said_anew_answers_nothing_else(self) -> None:
        text = "我想改一下单位名称"
        named = [entity("field", "company_name", "单位名称", 5)]
        asked = said(text, "usage_scenario", "correct_info", entities=named, words={"consult": ["下单"]})
        assert hear(asked).erase == "company_name" and not hear(asked).values
