"""What a customer answers to one question, and texts that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.values import contact_time, counts, digits, growth, minutes, money, names, regions
from hotline.values.folding import fold
from hotline.values.periods import PER_MONTH

SPAN = {"from": 2, "to": 3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千", 3000),
        ("3000分钟左右", 3000),
        ("每天100分钟", 2200),
        ("一周五百分钟", 2200),
        ("一年三万六千分钟", 3000),
        ("五十个小时", 3000),
        ("两三千吧", {"from": 2000, "to": 3000}),
        ("不知道", None),
    ],
)
def test_minutes_a_month(text: str, value: object) -> None:
    assert minutes.parse_monthly_minutes(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一分半", 1.5),
        ("90秒", 1.5),
        ("三分钟", 3),
        ("两三分钟", SPAN),
        ("三", 3),
        ("1分30秒", 1.5),
        ("半分钟", 0.5),
        ("很久", None),
    ],
)
def test_minutes_a_call(text: str, value: object) -> None:
    assert minutes.parse_call_minutes(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("50", 50),
        ("五十来个", 50),
        ("三四十通", {"from": 30, "to": 40}),
        ("一个月六百六十个电话", 30),
        ("一周一百个电话", 20),
        ("没数过", None),
    ],
)
def test_calls_a_day(text: str, value: object) -> None:
    assert counts.parse_daily_calls(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("三个人", 3), ("5", 5), ("俩", 2), ("就我一个", 1), ("两三个客服", SPAN), ("没有", None)],
)
def test_people_who_answer(text: str, value: object) -> None:
    assert counts.parse_seats(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("三个", 3), ("绑5个手机", 5), ("两个手机一个座机，都绑上", 3), ("随便", None)]
)
def test_phones_to_be_bound(text: str, value: object) -> None:
    assert counts.parse_bound_numbers(text) == value


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("翻一番", 1.0),
        ("翻两番", 3.0),
        ("涨三成", 0.3),
        ("20%", 0.2),
        ("二十", 0.2),
        ("增加一半", 0.5),
        ("不变", 0.0),
        ("没有", 0.0),
        ("百分之十五", 0.15),
        ("下降两成", -0.2),
        ("是现在的两倍", 1.0),
        ("说不准", None),
    ],
)
def test_growth(text: str, rate: float | None) -> None:
    assert growth.parse_growth(text) == rate


@pytest.mark.parametrize("text", ["打八折能便宜20%吗", "违约金是30%吗", "接通率有百分之九十"])
def test_a_percentage_of_something_else_is_no_growth(text: str) -> None:
    assert growth.find(text) == []


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("三百", 300),
        ("一年一万二", 1000),
        ("每月两三百", {"from": 200, "to": 300}),
        ("五百以内", 500),
        ("半年三千块", 500),
        ("¥200", 200),
        ("一千二一年", 100),
        ("无所谓", None),
    ],
)
def test_budget_is_yuan_a_month(text: str, yuan: object) -> None:
    assert money.parse_budget(text) == yuan


@pytest.mark.parametrize(
    "text", ["电话13812345678", "4001234567", "每月500分钟", "一天五十个电话", "一毛二一分钟"]
)
def test_what_is_no_money(text: str) -> None:
    assert money.find(text) == []


@given(
    st.integers(1, 20_000),
    st.sampled_from([("一年", "year"), ("每月", "month"), ("半年", "half_year"), ("一季度", "quarter")]),
)
def test_money_of_any_period_is_brought_to_a_month(amount: int, period: tuple[str, str]) -> None:
    expected = amount * PER_MONTH[period[1]]
    value = money.parse_budget(f"{period[0]}{amount}块钱")
    assert value is None or abs(float(value) - expected) <= 0.5  # type: ignore[arg-type]
    assert value is not None or expected < money.SMALLEST


@pytest.mark.parametrize(
    ("text", "value"),
    [("三个8", "888"), ("六六八", "668"), ("尾号1234", "1234"), ("168的", "168"), ("好记的", None)],
)
def test_digits_wanted(text: str, value: str | None) -> None:
    assert digits.parse_digits(text) == value


@pytest.mark.parametrize(
    "text",
    ["不要三个月", "没有4个客服", "不要一般的", "能不能带", "有3000分钟", "要三个坐席", "不要两年合同"],
)
def test_a_count_is_no_wanted_or_unwanted_digit(text: str) -> None:
    assert digits.find(text) == [] and digits.find_excluded(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("上海", "上海市"),
        ("魔都", "上海市"),
        ("沪", "上海市"),
        ("浙江杭州", "杭州市"),
        ("内蒙", "内蒙古自治区"),
        ("吉林", "吉林省"),
        ("通化", "通化市"),
        ("海南", "海南省"),
        ("廣東", "广东省"),
        ("北京和上海", None),
        ("火星", None),
    ],
)
def test_region(text: str, name: str | None) -> None:
    assert regions.parse_region(text) == name


def test_every_standard_name_is_its_own_normal_form_and_has_a_province() -> None:
    table = regions.regions()
    assert len(table.provinces) > 350
    for name, province in table.provinces.items():
        assert regions.parse_region(name) == name
        assert table.provinces[province] == province


@pytest.mark.parametrize(
    "text", ["北京路", "换成都行", "山东营业厅里的东营业务", "马上海报就印好了", "通化录音"]
)
def test_a_place_name_inside_other_words_is_no_region(text: str) -> None:
    assert [f.value for f in regions.find(text)] in ([], ["山东省"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("明天下午三点以后吧", "明天下午三点以后"),
        ("工作日上午", "工作日上午"),
        ("随时都行", "随时"),
        ("周三9点到11点", "周三9点到11点"),
        ("下班后", "下班后"),
        ("上午", "上午"),
        ("什么意思", None),
    ],
)
def test_time_to_call_is_in_the_customers_words(text: str, said: str | None) -> None:
    assert contact_time.parse_contact_time(text) == said


@pytest.mark.parametrize(
    "text", ["今天能办吗", "每天五十个电话", "一天要几点", "三天能好吗", "上班时间怎么设置"]
)
def test_a_time_that_is_not_for_calling(text: str) -> None:
    assert contact_time.find(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫张伟先生", "张伟"),
        ("免贵姓王，王建国", "王建国"),
        ("联系人是李娜女士", "李娜"),
        ("叫我李强就行", "李强"),
        ("13812345678", None),
    ],
)
def test_a_person_without_titles(text: str, name: str | None) -> None:
    assert names.clean_person(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我们公司叫杭州云栖科技有限公司。", "杭州云栖科技有限公司"),
        ("公司全称是上海（中国）贸易有限公司", "上海（中国）贸易有限公司"),
        ("叫王记包子铺", "王记包子铺"),
        ("老王五金店", "老王五金店"),
    ],
)
def test_a_company_in_full(text: str, name: str) -> None:
    assert names.clean_company(text) == name


FINDERS = [
    minutes.find,
    minutes.find_per_call,
    counts.find_daily_calls,
    counts.find_seats,
    counts.find_bound_numbers,
    growth.find,
    money.find,
    digits.find,
    digits.find_excluded,
    regions.find,
    contact_time.find,
]
_ALPHABET = "一二两三四五六七八九十百千万半每天月年周个通分钟秒元块以内不要带尾号结尾开头增长翻番成%上海北京下午点后打联系绑客服手机0123456789，。 -"


@given(st.text(_ALPHABET, max_size=40), st.sampled_from(FINDERS))
@settings(max_examples=600)
def test_every_finder_points_into_the_text_it_was_given(text: str, find: object) -> None:
    for item in find(text):  # type: ignore[operator]
        assert 0 <= item.start < item.end <= len(text)
        if isinstance(item.value, dict):
            assert item.value["from"] < item.value["to"]


@given(st.text(max_size=60))
def test_folding_never_moves_a_character(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("就我跟我老婆两个手机", [2]),
        ("老板和会计两部手机轮流接", [2]),
        ("店里一部座机接", [1]),
        ("座机一台手机两台", [3]),
        ("手机两部，座机一部", [3]),
        ("给我推荐一部手机", []),
        ("家里一个座机坏了", []),
        ("我手机两个月没用了", []),
        ("我们每天两个电话", []),
    ],
)
def test_phones_are_counted_where_it_is_said_whose_they_are(text: str, value: list[int]) -> None:
    assert [found.value for found in counts.find_bound_numbers(text)] == value
