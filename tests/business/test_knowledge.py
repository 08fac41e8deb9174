"""The answers: complete, true to the fact sheet, and beginning with what was asked."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml

from hotline.business.knowledge import ACTIONS, Knowledge
from hotline.datafile import DATA

# the 48 topics of the vocabulary, by stage
STAGES = {
    "01_need": "what_is_400 difference eligibility usage_scenario estimate_volume process_overview "
    "process_duration",
    "02_number": "number_choice number_fee number_prefix number_binding number_transfer",
    "03_plan": "plan_overview plan_price caller_charge overage plan_change value_added ivr call_recording "
    "call_analytics",
    "04_materials": "materials_list business_license legal_person_id other_materials stamp authorized_agent",
    "05_channel": "channel_overview channel_hall channel_10086 channel_online",
    "06_review": "submit_how review_content review_time review_rejected review_progress",
    "07_contract": "contract_terms contract_period payment_methods payment_deadline invoice",
    "08_service": "activation setup_guide testing suspend_cancel outbound spam_fraud privacy",
}
TOPICS = [topic for stage in STAGES.values() for topic in stage.split()]

# every clause of the operator's own description (docs/process.md): topic, its number, what must be said
CLAUSES = [
    ("usage_scenario", "P01", "咨询 售后 营销"),
    ("usage_scenario", "P02", "用途 话务量"),
    ("estimate_volume", "P02", "每天来电数 每通分钟数 每月营业天数"),
    ("estimate_volume", "P03", "增长空间 不用经常改套餐"),
    ("plan_change", "P03", "增长空间 频繁改"),
    ("number_choice", "P04", "顺子号 叠号 谐音号"),
    ("number_choice", "P05", "品牌"),
    ("number_choice", "P06", "靓号要另外付费"),
    ("number_fee", "P06", "靓号 选号费 最低消费"),
    ("plan_overview", "P07", "通话分钟数 价格 增值功能"),
    ("plan_overview", "P08", "话务量大 分钟多 单价更低"),
    ("plan_overview", "P09", "服务质量 语音导航 通话录音 来电分析 贵一些但值得"),
    ("value_added", "P09", "语音导航 通话录音 来电分析 贵一些 值得"),
    ("business_license", "P10", "副本 有效期"),
    ("business_license", "P11", "经营范围 相关"),
    ("business_license", "P12", "复印件加盖公章"),
    ("legal_person_id", "P13", "正反两面"),
    ("legal_person_id", "P14", "复印件加盖公章"),
    ("legal_person_id", "P15", "清晰 一致 营业执照"),
    ("legal_person_id", "P16", "核实 联系"),
    ("other_materials", "P17", "地区或套餐 组织机构代码证 税务登记证 银行开户许可证 公司简介"),
    ("other_materials", "P18", "三证合一后已经不用"),
    ("channel_hall", "P19", "面对面 及时准确"),
    ("channel_hall", "P20", "跑一趟 排队"),
    ("channel_10086", "P21", "按语音提示选人工 电子邮件 传真 邮寄"),
    ("channel_10086", "P22", "跟进并反馈进度"),
    ("channel_10086", "P23", "快捷 不用出门 复杂"),
    ("channel_online", "P24", "登录 入口 登记企业信息 选号码和套餐 上传"),
    ("channel_online", "P25", "随时自助 进度可见 在线或打电话求助"),
    ("channel_online", "P26", "不熟悉操作 上传清晰"),
    ("channel_overview", "P19", "营业厅 面对面"),
    ("channel_overview", "P23", "10086 不用出门 复杂问题受限"),
    ("channel_overview", "P26", "网上营业厅 随时自助 必须清晰"),
    ("submit_how", "P27", "完整 被退回或延误"),
    ("review_content", "P28", "真实 合法 有效 法定代表人身份 经营范围 齐全 格式"),
    ("review_time", "P29", "3–7个工作日 地区和业务量"),
    ("review_progress", "P30", "在哪里办的 营业厅 10086 网上营业厅"),
    ("review_content", "P31", "打电话"),
    ("contract_terms", "P32", "使用规则 套餐内容 缴费方式 服务期限 违约责任"),
    ("contract_terms", "P33", "仔细看 问清 提出修改"),
    ("payment_methods", "P34", "银行转账 网上支付 营业厅缴费"),
    ("payment_deadline", "P35", "约定的时间内 首次费用"),
    ("payment_methods", "P36", "缴费凭证请保留"),
    ("activation", "P37", "缴费到账后开通 约定的时间 配置信息 使用指南"),
    ("setup_guide", "P38", "欢迎语 导航菜单 转接规则"),
    ("testing", "P39", "不同地区 不同运营商 接通 音质 导航 录音 来电显示"),
    ("testing", "P40", "联系客服"),
]

# what is true beyond the operator's description
REALITY = [
    ("eligibility", "F001", "只面向单位 个人不能办"),
    ("outbound", "F002", "默认不能 审批 白名单"),
    ("number_prefix", "F004", "4001和4007"),
    ("number_prefix", "F005", "10位 后六位"),
    ("number_binding", "F009", "实名核验 凭证"),
    ("channel_overview", "F095", "签约核验 柜台"),
    ("caller_charge", "F003", "市话费 企业付"),
    ("ivr", "F008", "一听到语音就开始计费 没接通也计"),
    ("number_transfer", "F006", "所有权在运营商"),
    ("plan_price", "F073", "最低消费 首次预存 合同期 到期余额"),
]

# where sources clash: the wording agreed in section 十 of the fact sheet
CLASHES = [
    ("outbound", "默认不能 省级 白名单"),
    ("number_fee", "普通号不另收 选号页"),
    ("review_time", "3–7个工作日"),
    ("number_binding", "看套餐 常见20个 分机 中继"),
    ("number_transfer", "改名 转人工"),
    ("overage", "看清合同 清零"),
    ("channel_overview", "预审 预约 签约核验"),
    ("call_recording", "自行下载"),
    ("other_materials", "18位统一代码"),
]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


def test_every_topic_of_the_vocabulary_has_its_answer_in_the_file_of_its_stage(knowledge: Knowledge) -> None:
    found: dict[str, list[str]] = {}
    for topic in knowledge.topics.values():
        found.setdefault(topic.stage, []).append(topic.name)
    assert found == {stage: topics.split() for stage, topics in STAGES.items()}
    assert len(knowledge.topics) == 48


@pytest.mark.parametrize(("topic", "fact", "phrases"), CLAUSES + REALITY)
def test_the_answer_carries_what_its_fact_says(
    knowledge: Knowledge, topic: str, fact: str, phrases: str
) -> None:
    answer = knowledge.answer(topic)
    assert fact in answer.facts
    text = answer.text.replace(" ", "")
    assert [phrase for phrase in phrases.split() if phrase not in text] == []


def test_no_clause_of_the_operators_description_is_left_out() -> None:
    source = (DATA.parent / "docs" / "process.md").read_text(encoding="utf-8")
    numbered = {line[2:5] for line in source.splitlines() if line.startswith("- P")}
    assert numbered == {fact for _, fact, _ in CLAUSES} | {"P00"}


@pytest.mark.parametrize(("topic", "phrases"), CLASHES)
def test_where_sources_clash_the_agreed_wording_is_given(
    knowledge: Knowledge, topic: str, phrases: str
) -> None:
    text = knowledge.answer(topic).text.replace(" ", "")
    assert [phrase for phrase in phrases.split() if phrase not in text] == []


def test_the_overview_lists_the_eight_stages_in_order(knowledge: Knowledge) -> None:
    stages = ["明确需求", "选号码", "选套餐", "备材料", "选渠道", "提交审核", "签合同", "开通"]
    answer = knowledge.answer("process_overview")
    steps = next(block for block in answer.rich if block.type == "steps")
    assert [step.split("：")[0].split("、")[0] for step in steps.items] == stages
    for rendition in (answer.text, answer.voice.replace("签约缴费", "签合同")):
        places = [rendition.index(stage) for stage in stages]
        assert places == sorted(places)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_wechat_answer_is_short_and_a_spoken_one_is_two_sentences(knowledge: Knowledge, topic: str) -> None:
    answer = knowledge.answer(topic)
    # the list of all plans and the list of all reasons for rejection may be longer
    assert len(answer.text) <= (480 if topic == "plan_overview" else 280)
    assert 1 <= answer.voice.count("。") + answer.voice.count("？") <= 2


@pytest.mark.parametrize("topic", TOPICS)
def test_asked_again_it_says_it_in_other_words_and_then_offers_a_person(
    knowledge: Knowledge, topic: str
) -> None:
    first, second, third = (knowledge.answer(topic, times=times) for times in (1, 2, 3))
    said = {line for line in first.text.splitlines() if len(line) > 12}
    assert not said & set(second.text.splitlines())
    assert (first.person, second.person, third.person) == (False, False, True)
    assert first.key == second.key


@pytest.mark.parametrize("topic", TOPICS)
def test_what_follows_an_answer_is_a_topic_or_something_to_do(knowledge: Knowledge, topic: str) -> None:
    following = knowledge.answer(topic).next
    assert 2 <= len(following) <= 4
    assert all(name in knowledge.topics or name in ACTIONS for name in following)


def test_every_topic_can_be_reached_from_another(knowledge: Knowledge) -> None:
    reached = {name for topic in knowledge.topics.values() for name in topic.next}
    assert set(knowledge.topics) - reached == set()


# what was asked is answered first


@cache
def questions() -> list[tuple[str, str, list[str]]]:
    path = Path(__file__).with_name("aspect_questions.yml")
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(topic, question, names) for topic, rows in table.items() for question, names in rows.items()]


@pytest.mark.parametrize(("topic", "question", "names"), questions())
def test_a_question_that_names_an_aspect_is_answered_by_it(
    knowledge: Knowledge, topic: str, question: str, names: list[str]
) -> None:
    assert list(knowledge.answer(topic, question).aspects) == names


def test_the_direct_sentence_comes_first_in_every_rendition(knowledge: Knowledge) -> None:
    answer = knowledge.answer("eligibility", "个人可以办吗")
    lead = "个人不能办理400电话，需要用企业、个体工商户等单位的名义申请。"
    assert answer.text.startswith(f"{lead}\n\n400 电话只面向单位")
    assert answer.rich[0].text == lead
    assert len(answer.rich) == 1 + len(knowledge.answer("eligibility").rich)
    assert answer.voice == lead
    assert answer.key == "eligibility#personal"


def test_an_aspect_that_stands_alone_leaves_the_rest_away(knowledge: Knowledge) -> None:
    answer = knowledge.answer("difference", "和 ８００ 有什么区别")
    assert answer.text.startswith("800由企业付")
    assert "95" not in answer.text
    assert [block.type for block in answer.rich] == ["text"]


def test_the_longer_word_decides_between_two_aspects(knowledge: Knowledge) -> None:
    assert knowledge.answer("eligibility", "个人独资企业可以吗").aspects == ("sole",)
    assert knowledge.answer("number_fee", "8888多少钱").aspects == ("quad",)


def test_at_most_two_aspects_are_answered_at_once(knowledge: Knowledge) -> None:
    answer = knowledge.answer("eligibility", "事业单位、协会、分公司、个体户分别能办吗")
    assert len(answer.aspects) == 2


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_knows_its_usual_sub_questions(knowledge: Knowledge, topic: str) -> None:
    aspects = {aspect.name for aspect in knowledge.topics[topic].aspects}
    asked = {name for row, _, names in questions() if row == topic for name in names}
    assert len(aspects) >= 5
    assert aspects == asked  # every aspect has a question that reaches it


def test_latin_words_count_only_as_words(knowledge: Knowledge) -> None:
    assert knowledge.answer("channel_overview", "where can I apply").aspects == ()
    assert knowledge.answer("channel_overview", "用 APP 办").aspects == ("app",)


def test_traditional_script_and_full_width_are_read_alike(knowledge: Knowledge) -> None:
    assert knowledge.answer("eligibility", "個人可以辦嗎").aspects == ("personal",)
    assert knowledge.answer("review_time", "能不能 加 急").aspects == ("urgent",)


def test_an_answer_with_its_leads_and_question_fits_one_wechat_message(knowledge: Knowledge) -> None:
    for topic in knowledge.topics.values():
        leads = sorted((aspect.text for aspect in topic.aspects), key=len, reverse=True)[:2]
        whole = "\n\n".join((*leads, topic.text, topic.ask or ""))
        assert len(whole.encode()) <= 2048, topic.name


# figures come from the catalogue


def test_a_changed_price_changes_the_answer_and_a_broken_file_does_not(tmp_path: Path) -> None:
    from hotline.business.catalog import CatalogSource

    shutil.copytree(DATA / "catalog", tmp_path / "catalog")
    source = CatalogSource(tmp_path / "catalog")
    knowledge = Knowledge.load(catalog=source.current)
    assert "每月最低消费 50–" in knowledge.answer("plan_price").text
    assert knowledge.reload_if_changed() is False

    plans = tmp_path / "catalog" / "plans.yml"
    plans.write_text(plans.read_text(encoding="utf-8").replace("fee: 50\n", "fee: 60\n"), encoding="utf-8")
    assert knowledge.reload_if_changed() is True
    assert "每月最低消费 60–" in knowledge.answer("plan_price").text
    assert "每月最低 60 元" in knowledge.answer("plan_overview").text
    assert "每月 60 元" in str(knowledge.answer("plan_overview").rich_json())
    assert "60元" in knowledge.answer("plan_price", "最便宜多少").text

    plans.write_text("nonsense", encoding="utf-8")
    assert knowledge.reload_if_changed() is False
    assert "每月最低消费 60–" in knowledge.answer("plan_price").text


def test_number_grades_are_priced_in_the_one_way_that_the_catalogue_sets(tmp_path: Path) -> None:
    from hotline.business.catalog import CatalogSource

    shutil.copytree(DATA / "catalog", tmp_path / "catalog")
    tiers = tmp_path / "catalog" / "number_tiers.yml"
    tiers.write_text(
        tiers.read_text(encoding="utf-8").replace("charge_by: minimum_spend", "charge_by: selection_fee"),
        encoding="utf-8",
    )
    by_spend = Knowledge.load().answer("number_fee")
    by_fee = Knowledge.load(catalog=CatalogSource(tmp_path / "catalog").current).answer("number_fee")
    assert "三连：每月最低消费200到500元，最短 24 个月" in by_spend.text
    assert "三连：选号费1000到3000元，最短 24 个月" in by_fee.text
    assert "极品：选号费面议" in by_fee.text


def test_an_unknown_topic_is_an_error_of_the_caller(knowledge: Knowledge) -> None:
    with pytest.raises(KeyError):
        knowledge.answer("faq_review_time")


@pytest.mark.parametrize("topic", TOPICS)
def test_asked_three_times_each_answer_has_other_words(knowledge: Knowledge, topic: str) -> None:
    answers = [knowledge.answer(topic, times=times) for times in (1, 2, 3)]
    assert len({answers[0].text, answers[1].text, answers[2].voice}) == 3


def test_the_third_time_the_aspect_is_not_repeated_word_for_word(knowledge: Knowledge) -> None:
    question = "客户打进来要钱吗"
    answers = [knowledge.answer("caller_charge", question, times, brief=True) for times in (1, 2, 3)]
    assert len({answers[0].text, answers[1].text, answers[2].voice}) == 3
