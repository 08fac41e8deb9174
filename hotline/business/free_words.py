"""The value of a field in a customer's own words, where the recogniser found none. Pure; None: there is none in them."""

from __future__ import annotations

import re
from typing import Any

from hotline.values import numerals
from hotline.values.growth import parse_growth

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


def free_value(name: str, text: str) -> Any:
    """The value of a field in a customer's own words; None when there is none in them."""
    text = text.strip(" ，,。.!！~～")
    if name == "growth_rate":
        return parse_growth(text)  # "我们两个手机" grows by nothing
    if name in NUMERIC:
        number = numerals.parse_numeral(text)
        if number is None:
            found = numerals.find(text)
            number = found[0].value if len(found) == 1 else None
        return number
    reader = _READERS.get(name)
    return reader(text) if reader else text or None


def _company(text: str) -> str | None:
    """A name, not a remark ("等我看一下执照"): it ends like one, or has nothing of a sentence in it."""
    name = re.sub(
        r"^(?:我们|我)?(?:公司|单位|店|全称|名称)?(?:的全称|的名称|名称)?(?:是|叫做|叫|就叫)", "", text
    )
    return name if _FIRM.search(name) or not _REMARK.search(name) else None


def _person(text: str) -> str | None:
    """ "我姓王", "叫我小李就行", "王经理": how somebody is called."""
    name = re.sub(
        r"^(?:就?叫我|我的?名字[是叫]|联系人[是叫]?|我免贵姓|免贵姓|我姓|姓|我叫|我是|叫|找)", "", text
    )
    name = re.sub(r"(?:就行|就好|就可以|就成|吧|哈|的)+$", "", name)
    if re.fullmatch(r"[\u4e00-\u9fff·]{1,8}|[A-Za-z][A-Za-z .'-]{1,29}", name) and not _REMARK.search(name):
        return name
    return None


def _time(text: str) -> str | None:
    """A time to call, in his words."""
    return text if len(text) <= 30 and re.search(r"[点午天周日时早晚随号月半]|上班|下班|饭", text) else None


def _place(text: str) -> str | None:
    return text if len(text) <= 12 and not _REMARK.search(text) else None


def handler(text: str) -> str | None:
    """Who brings the papers, in a customer's words."""
    if re.search(r"经办|代办|员工|同事|财务|助理|别人|委托", text):
        return "agent"
    return "legal_person" if re.search(r"法人|本人|老板|自己|我去|我来", text) else None


_READERS: dict[str, Any] = {
    "company_name": _company,
    "contact_name": _person,
    "contact_time": _time,
    "region": _place,
    "industry": _place,
    "handler": handler,
}
