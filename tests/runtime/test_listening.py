"""What is made of a message around the understanding: typed choices, fixed phrases, clauses; and of the replies."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.runtime.listening import act_of, chosen, clauses, load_acts
from hotline.runtime.output import at_most, with_choices

ACTS = load_acts()
BUTTONS = [{"title": "同意", "payload": "/affirm"}, {"title": "不同意", "payload": "/deny"}]


class TestClauses:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("要什么材料，多久能办好？", ["要什么材料，", "多久能办好？"]),
            ("五个，录音要钱吗", ["录音要钱吗"]),
            ("录音要 导航不用", ["录音要", "导航不用"]),
            ("推荐个套餐顺便问下审核几天", ["推荐个套餐", "顺便问下审核几天"]),
            ("你好", []),
            ("1.5分钟", []),
            ("可以。", []),
            ("？？？", []),
        ],
    )
    def test_clauses(self, text: str, found: list[str]) -> None:
        assert clauses(text) == found

    def test_a_long_message_is_not_read_without_end(self) -> None:
        assert len(clauses("，".join(["这是一个分句"] * 300))) <= 5


class TestActs:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("上一步", "go_back"),
            ("我要返回上一步", "go_back"),
            ("我都填了啥", "recap"),
            ("啥意思啊", "unclear"),
            ("接着办吧", "go_on"),
            ("等我看看", "wait"),
            ("你等下 我看看", "wait"),
            ("我去拿一下", "wait"),
            ("等我拿一下营业执照", "wait"),
            ("我问一下老板再说", "wait"),
            ("我问一下多少钱", None),
            ("我看看套餐", None),
            ("要等几天", None),
            ("不继续了", None),
            ("不用继续了", None),
            ("算了不用人工了,继续", "go_on"),
            ("不用了继续办", "go_on"),
            ("不等了,继续", "go_on"),
            ("我查一下再告诉你", "wait"),
            ("我说一下我们情况", "wait"),
            ("我查一下审核进度", None),
            ("推倒重来", "start_over"),
            ("换个套餐", "other_plan"),
            ("开通以后能换套餐吗", None),
            ("我换微信继续", "move_on"),
            ("能换到手机上接着办吗", "move_on"),
            ("我去营业厅办", None),
            ("继续办理 ABC123", "continue_here"),
            ("继续办 4001668888", None),
            ("号码开通了，帮我测试一下", "guided_test"),
            ("开通以后怎么测试", None),
            ("再退", "go_back"),
            ("再往回", "go_back"),
            ("还要往前退", "go_back"),
            ("退款", None),
            ("退订", None),
            ("我都说了啥", "recap"),
            ("我都告诉你什么了", "recap"),
            ("回顾一下", "recap"),
            ("我前面填了些什么", "recap"),
            ("你都记了些啥", "recap"),
            ("你那边都记了什么", "recap"),
            ("我都填了神马", "recap"),
            ("把我说的念一遍", "recap"),
            ("看看我填的内容", "recap"),
            ("我要填什么", None),
            ("我都填什么", None),
            ("你们登记什么信息", None),
            ("总结400的好处", None),
            ("麻烦你快一点", "hurry"),
            ("搞快点", "hurry"),
            ("急死了", "hurry"),
            ("快递公司", None),
            ("审核能不能快点", None),
            ("你是猪吗", "insult"),
            ("你是朱吗", "insult"),
            ("你怎么这么笨", "insult"),
            ("什么垃圾机器人", "insult"),
            ("你脑子进水了", "insult"),
            ("我们是养猪的", None),
            ("木头", None),
            ("靠谱吗", None),
            ("滚动播放", None),
            ("不用人工了", "no_person"),
            ("取消转人工", "no_person"),
            ("人工不用了", "no_person"),
            ("把转人工取消了", "no_person"),
            ("人工怎么收费", None),
            ("转人工", None),
            ("400什么意思", None),
            ("顺子号是什么意思", None),
            ("我不懂怎么选套餐", None),
            ("", None),
        ],
    )
    def test_whole_sentences_only(self, text: str, name: str | None) -> None:
        acted = act_of(text, ACTS)
        assert (acted.act.name if acted else None) == name

    def test_what_a_phrase_is_about(self) -> None:
        acted = act_of("继续办理 123456", ACTS)
        assert acted is not None and acted.about == "123456"


class TestChoices:
    @pytest.mark.parametrize(
        ("text", "numbered", "meaning"),
        [
            ("同意", False, "/affirm"),
            ("不同意。", False, "/deny"),
            ("1", True, "/affirm"),
            ("２", True, "/deny"),
            ("选第二个", True, "/deny"),
            ("第二个", False, "/deny"),
            ("1", False, None),
            ("3", True, None),
            ("我同意你的看法", True, None),
            ("", True, None),
        ],
    )
    def test_typed_choice(self, text: str, numbered: bool, meaning: str | None) -> None:
        assert chosen(text, BUTTONS, numbered) == meaning

    @pytest.mark.parametrize(
        ("text", "payloads", "meaning"),
        [
            ("可以", ['/inform{"call_minutes": 3}'], '/inform{"call_minutes": 3}'),
            ("嗯，就这个", ['/inform{"call_minutes": 3}'], '/inform{"call_minutes": 3}'),
            ("好", ["/unsure"], "/unsure"),
            ("好", ["/deny"], None),
            ("好", ['/inform{"a": 1}', '/inform{"a": 2}'], None),
            ("好", ['/inform{"a": 1}', "/affirm"], None),
            ("三分半", ['/inform{"call_minutes": 3}'], None),
        ],
    )
    def test_a_yes_to_the_one_value_offered(
        self, text: str, payloads: list[str], meaning: str | None
    ) -> None:
        buttons = [{"title": str(n), "payload": each} for n, each in enumerate(payloads)]
        assert chosen(text, buttons, numbered=False) == meaning

    def test_numbers_run_through_the_turn(self) -> None:
        bubbles = [{"text": "一", "buttons": BUTTONS[:1]}, {"text": "二", "buttons": BUTTONS[1:]}]
        told = with_choices(bubbles, lambda rows: rows, numbered=True)
        assert [each["text"] for each in told] == ["一\n1. 同意", "二\n2. 不同意"]

    def test_titles_without_numbers_while_a_number_is_asked(self) -> None:
        told = with_choices([{"text": "几个？", "buttons": BUTTONS}], lambda rows: rows, numbered=False)
        assert told[0]["text"] == "几个？\n“同意”、“不同意”"


class TestBubbles:
    def test_plain_texts_join_the_next(self) -> None:
        said: list[dict[str, Any]] = [{"text": each} for each in ("记下了", "谢谢", "答案很长很长很长")]
        said.append({"text": "问题", "buttons": BUTTONS})
        joined = at_most(said)
        assert len(joined) == 3 and joined[0]["text"] == "记下了\n谢谢" and joined[-1]["buttons"] == BUTTONS

    def test_nothing_is_lost(self) -> None:
        said = [{"text": str(n)} for n in range(9)]
        assert "".join(each["text"] for each in at_most(said)).replace("\n", "") == "012345678"

    def test_three_stay_as_they_are(self) -> None:
        said = [{"text": "一"}, {"text": "二"}, {"text": "三"}]
        assert at_most(said) == said

    def test_a_card_keeps_its_bubble(self) -> None:
        cards = [{"text": str(n), "custom": {"type": "answer"}} for n in range(4)]
        assert at_most(cards) == cards
