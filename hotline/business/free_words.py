"""The value of a field in a customer's own words, where the recogniser found none. Pure; None: there is none in them."""

from __future__ import annotations

import re
from typing import Any

from hotline.business.surnames import is_surname
from hotline.values import numerals
from hotline.values.growth import parse_growth
from hotline.values.oops import settled

NUMERIC = frozenset(
    {"monthly_minutes", "daily_calls", "call_minutes", "seats", "growth_rate", "bound_numbers", "budget"}
)

#: how the name of an organisation ends; what makes a text a remark rather than a name
_FIRM = re.compile(
    r"(?:公司|集团|厂|店|行|部|中心|所|院|社|馆|厅|坊|铺|校|园|协会|学会|商会|基金会|工作室|超市|委员会|局|站|庄|楼|吧|屋|堂|轩|网点|酒店|银行|商行)$"
)
_REMARK = re.compile(
    r"[我你吗呢么您]|[?？]|一下|等|怎|什么|啥|为何|不知|不清|没有|还没|再说|看看|晚点|待会|不想|不要|不用|不方便|暂时|先"
)


#: numerals that count nothing, and what may stand beside a number that does
_NO_NUMBER = re.compile(r"[一两]下|一[般样些点直起定切共会旦时]|统一|唯一|万一|一方面|第一|[一三]天到晚|九选")
_COUNTING = re.compile(
    r"大概|大约|差不多|左右|上下|估计|可能|应该|也就|就是|就|有|是|要|我们|我|咱们?|每个?月|一个月|月|每天|一天|一年|年|天|分钟?|钟"
    r"|小时|个|部|台|条|路|根|线|人|名|位|块钱?|元|钱|以内|以下|以上|不超过|最多|至少|顶多|预算|涨|增长|增加|多|来|几|成|倍|通|次"
    r"|电话|来电|号码|手机|座机|固话|接听|客服|座席|坐席|绑定?|[的吧啊呀呢哦了嘛样子]|\W"
)
LONGEST = 200  # characters of an answer that is a value and nothing else
ORDINAL = re.compile(r"第\s*[一二三四五六七八九\d]|头一?[个家]")
#: what the answer to these questions must at least show
_FIGURES = {
    name: re.compile(r"[\d零〇一二两三四五六七八九十幺洞拐]")
    for name in ("phone", "phone_tail", "application_id")
} | {"email": re.compile(r"[@＠a-zA-Z\d艾]|爱特|圈")}


def free_value(name: str, text: str) -> Any:
    """The value of a field in a customer's own words; None when there is none in them."""
    text = text.strip(" ，,。.!！~～")
    if len(text) > LONGEST:
        return None
    if name == "growth_rate":
        return parse_growth(text)  # "我们两个手机" grows by nothing
    if name in _FIGURES:
        return text if _FIGURES[name].search(text) else None  # "我老婆也在" is no telephone
    if name in NUMERIC and ORDINAL.search(text):
        return None  # "第二个" chooses, and counts nothing
    if name in NUMERIC:
        text = settled(text)
        number = numerals.parse_numeral(text)
        return number if number is not None else _counted(text)
    reader = _READERS.get(name)
    return reader(text) if reader else text or None


def _counted(text: str) -> Any:
    """The one number of a text that says little besides ("大概二十个吧"), not that in "检查一下", "张三"."""
    found = numerals.find(_NO_NUMBER.sub("", text))
    if len(found) != 1:
        return None
    bare = _NO_NUMBER.sub("", text)
    rest = _COUNTING.sub("", bare[: found[0].start] + bare[found[0].end :])
    figures = bool(re.search(r"\d", text))
    return found[0].value if not rest or (figures and not re.search(r"[A-Za-z<>=*]{2}", text)) else None


def _company(text: str) -> str | None:
    """A name, not a remark ("等我看一下执照"): it ends like one, or has nothing of a sentence in it."""
    name = re.sub(
        r"^(?:我们|我)?(?:公司|单位|店|全称|名称)?(?:的全称|的名称|名称)?(?:是|叫做|叫|就叫)", "", text
    )
    if _PEOPLE.fullmatch(name):
        return None
    return name if _FIRM.search(name) or not _REMARK.search(name) else None


_PEOPLE = re.compile(r"(?:法人|老板|经办|代办|负责|本|员工|自己|去|办|来|人|代表|我|的|就)+")

_NAMED = re.compile(
    r"^(?:就?(?:写|填|留|登记)(?:我|成|上)?|(?:写|填)的?是)*(?:你?就?叫我|我的?(?:名字|全名|大名)(?:是|叫)?|联系人(?:就?是|叫|就?写|填|留)?|我?免贵姓?|我姓|姓|我叫|我是|我就是|叫|找)?"
)
#: what somebody is, not how he is called
_ROLE = re.compile(
    r"(?:公司|我们|店里?|单位|的|本|总|一个|[是个])*(?:经办人?|代办人?|办事的?|法人(?:代表)?|法定代表人|负责人|老板娘?|员工|财务|会计|出纳|前台|行政|人事|文员|秘书|助理"
    r"|经理|主管|店长|股东|合伙人|本人|自己|客服|采购|销售|业务员?|先生|女士|小姐|联系人|提交)+"
)
_BEFORE_NAME = re.compile(r"^(?:老板娘?|经理|法人|负责人|会计|财务|经办人?|店长)(?=[\u4e00-\u9fff]{2,3}$)")


def _person(text: str) -> str | None:
    """ "我姓王", "叫我小李就行", "王经理", "法人是王五，我是赵六": how somebody is called, not what he is."""
    spoken = bool(re.search(r"[\u4e00-\u9fff]", text))
    parts = re.split(r"[，,。；;\s]+|(?=我(?:是|叫|姓))|(?=不是)", text) if spoken else [text]
    for part in reversed([each for each in parts if each]):
        name = re.sub(r"(?:就行|就好|就可以|就成|[吧哈的啊呀哦呢嘛])+$", "", part)
        name = _BEFORE_NAME.sub("", _NAMED.sub("", name, count=1))
        if not re.fullmatch(r"[\u4e00-\u9fff·]{2,8}|[A-Za-z][A-Za-z .'-]{1,29}", name) and not is_surname(
            name
        ):
            continue
        if not (_REMARK.search(name) or _ROLE.fullmatch(name) or re.search(r"不是|提交", name)):
            return name
    return None


def _time(text: str) -> str | None:
    """A time to call, in his words."""
    return text if len(text) <= 30 and re.search(r"[点午天周日时早晚随号月半]|上班|下班|饭", text) else None


def _place(text: str) -> str | None:
    return text if len(text) <= 12 and not _REMARK.search(text) else None


def _where(text: str) -> str | None:
    return None if re.match(r"(?:我们?|公司|也|又)*(?:不|没)(?:是|在|属)", text) else _place(text)


def _industry(text: str) -> str | None:
    return None if _NO_INDUSTRY.search(text) or _COUNTS.search(text) else _place(text)


#: a number of something is no trade ("一天三是个", misheard); "五金" and "百货" are
_COUNTS = re.compile(
    r"[一二两三四五六七八九十几百千万半\d]+(?:天|个|年|次(?!性)|通|分|块|元|点|部|条|人(?!才)|位|是)|是个$|^[一二两三四五六七八九十几百千万\d]+$|\d{2}"
)


_NO_INDUSTRY = re.compile(r"提交|都有|都齐|贵|同意|确认|取消|人工|电话|号码|录音|导航|随便|套餐|跳过|下一")
_TRADE = re.compile(
    r"^(?:我们?|咱们?|俺们?|这边|这里|公司|店里|单位|主要|主营|就是|平时|专门|自己|家里|是|在|一个|一家|个|家)*"
    r"(?:(?P<verb>做|搞|干|卖|开|修|弄|跑|经营|从事|搞的是|做的是|干的是)(?P<what>[\u4e00-\u9fffA-Za-z]{2,10}?)"
    r"|(?P<bare>[\u4e00-\u9fffA-Za-z]{2,8}?)(?=的|行业|生意|这行|这一行|这块)|(?P<place>[\u4e00-\u9fff]{1,7}(?:店|院|馆|厂|铺|工作室|中心|超市|酒楼|民宿)))"
    r"(?:的|行业|生意|这一?行|这块|公司|店|厂|批发|零售|呢|啊|呀|吧|嘛)*[。.!！]*$"
)
_NO_TRADE = re.compile(
    r"不|没|贵|提交|录音|露音|导航|都有|同意|确认|取消|人工|[科商]?[技贸]$|客服|咨询|生意|电话|号码|随便|什么|办|用|接听|客户|400|看|说|问|套餐|分钟|这个|那个|主要|公司$|企业$"
)
_VERB_SAID = frozenset("修跑开")  # part of what he does ("修空调")
_REPAIR = re.compile(r"修|售后|安装|保养|维护|装空调|疏通")
_SELL = re.compile(r"招商|加盟|招生|推广|广告|直播|代理")


def free_trade(text: str) -> str | None:
    """What somebody does, if the text tells just that: "装修的", "我们是卖建材的", "修空调的"."""
    if len(text) > LONGEST:
        return None
    bare = text.strip(" 。.!！")
    if _COUNTS.search(bare):
        return None
    match = _TRADE.match(text.strip())
    if match is None:
        alone = re.fullmatch(r"[\u4e00-\u9fff]{2,6}", bare) and not _REMARK.search(bare)
        return bare if alone and not _NO_TRADE.search(bare) else None
    what = re.sub(r"^(?:了|过|个|家|间)+", "", match["what"] or match["bare"] or match["place"])
    if match["verb"] in _VERB_SAID:
        what = f"{match['verb']}{what}"
    return None if _NO_TRADE.search(what) else what


def usage_of(trade: str) -> str:
    """What firms of a trade mostly use the number for: repairers to be called for repairs, others to be asked."""
    if _SELL.search(trade):
        return "marketing"
    return "after_sales" if _REPAIR.search(trade.replace("装修", "")) else "consult"


_FAILED = re.compile(
    r"不通|打不|接不|不行|失败|听不|没(?:有)?(?:声|反应|录|显示|转|提示|响|接|收到|通)|断断续续|不正常|不对|有问题|有点问题|出问题|占线|忙音|空号|错|杂音|回声|卡|不清|不好使|没过|不成功|不能|没成"
)
_PASSED = re.compile(
    r"正常|通了|能通|打通|接通|没(?:有)?问题|没毛病|通过|清楚|好使|都能|都行|都可以|可以|测过|测好|好了|没事|对的|成功|ok",
    re.IGNORECASE,
)
_UNTESTED = re.compile(
    r"跳过|没法测|测不了|先不测(?!了)|不测(?!了)|没条件|没有(?:这个|这项)?(?:功能|手机|座机|固话|电话)|下一[项个]|不想测|回头再?测|略过"
)


def test_result(text: str) -> str | None:
    """What came of one item of the test: passed, failed, skipped."""
    for pattern, result in ((_UNTESTED, "skipped"), (_FAILED, "failed"), (_PASSED, "passed")):
        if pattern.search(text):
            return result
    return None


_KIN = "老婆|老公|爱人|媳妇|对象|丈夫|妻子|太太|爸|妈|父亲|母亲|哥|弟|姐|妹|儿子|女儿|朋友|合伙人|亲戚|老板|领导|别人|另外|他|她"
_NO_LEGAL_PERSON = re.compile(
    rf"(?:法人|法定代表人)(?:代表)?(?:上)?(?:写的|登记的)?是(?:我们?)?(?:的)?(?:{_KIN})|(?:{_KIN})才?是(?:法人|法定代表人)|"
    r"(?:不是|并非|非)(?:公司|我们)?的?(?:法人|法定代表人|老板|本人)|(?:法人|老板|法定代表人)(?:本人|他|那边)?(?:不|没|来不|去不|在外|出差)"
)


def handler(text: str) -> str | None:
    """Who brings the papers, in a customer's words."""
    text = re.sub(r"(?:不是|并非|非)(?:公司|我们)?的?(?:经办|代办|员工)人?", "", text)
    if _NO_LEGAL_PERSON.search(text):
        return "agent"
    if re.search(r"经办|代办|员工|同事|财务|会计|助理|前台|行政|秘书|文员|客服|店长|别人|委托", text):
        return "agent"
    return "legal_person" if re.search(r"法人|本人|老板|自己|我去|我来", text) else None


_READERS: dict[str, Any] = {
    "company_name": _company,
    "contact_name": _person,
    "contact_time": _time,
    "region": _where,
    "industry": _industry,
    "handler": handler,
}
