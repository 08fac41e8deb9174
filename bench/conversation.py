"""What is said in the benchmark, to both sides alike: typed text only, so that nothing depends on buttons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One message. `kind` groups the turns in the report."""

    kind: str  # opening, faq, form, recommendation, number
    text: str


OPENING = [Line("opening", "您好"), Line("opening", "400电话是什么")]
#: turns 3 to 20
BODY = [
    Line("faq", "办理400电话需要什么材料"),
    Line("form", "我要办400电话"),
    Line("form", "企业"),
    Line("form", "客户咨询"),
    Line("faq", "审核要多久"),
    Line("form", "每月三千分钟"),
    Line("form", "增长三成"),
    Line("form", "要语音导航"),
    Line("form", "五个"),
    Line("form", "杭州"),
    Line("recommendation", "没有预算上限"),
    Line("number", "找个尾号 668 的号码"),
    Line("faq", "怎么开发票"),
    Line("number", "尾号 88 的有吗"),
    Line("recommendation", "推荐一个套餐"),
    Line("faq", "400 能打出去吗"),
    Line("number", "想要尾号 123 的号码"),
    Line("faq", "合同一般签几年"),
]
#: what a long conversation goes on with, over and over
ROUND = [
    Line("faq", "审核要多久"),
    Line("number", "找个尾号 668 的号码"),
    Line("faq", "怎么收费"),
    Line("faq", "需要营业执照吗"),
    Line("recommendation", "推荐一个套餐"),
    Line("faq", "怎么开发票"),
    Line("number", "尾号 88 的有吗"),
    Line("faq", "在哪里办理"),
    Line("faq", "号码可以自己选吗"),
    Line("faq", "套餐可以换吗"),
]


def short() -> list[Line]:
    """One customer's twenty turns."""
    return [*OPENING, *BODY]


def steady(turns: int) -> list[Line]:
    """A conversation of so many turns whose turns from the fifth on are the same ten over and over: any ten that follow
    each other are all of them, so that what a turn costs early and late in a conversation can be compared.
    """
    lines = [*OPENING, *BODY[1:3]]
    while len(lines) < turns:
        lines += ROUND
    return lines[:turns]


def long(turns: int) -> list[Line]:
    """A conversation of so many turns that begins like the short one."""
    lines = short()
    while len(lines) < turns:
        lines += ROUND
    return lines[:turns]
