"""What is said about numbers on show or kept, in many wordings; and what is not about them."""

from __future__ import annotations

import pytest

from hotline.business.number_talk import (
    ABOUT,
    CEILING,
    CHANGE,
    CHEAPER,
    KEPT,
    MORE,
    PICK,
    RELEASE,
    Scene,
    ceiling,
    read,
)

SHOWN = ("4001216888", "4001931188", "4001799688", "4001102888", "4007621988", "4007635588")
LIST = Scene(SHOWN, fresh=True)
OWN = Scene(kept="4001216888", just_kept=True)


def kind(text: str, scene: Scene = LIST) -> str | None:
    talk = read(text, scene)
    return talk.kind if talk else None


class TestOneOfTheList:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            *((text, 1) for text in ("1", "选1", "一号", "1号", "预占第一个", "就第1个吧", "我要第一个")),
            *((text, 2) for text in ("第二个", "就第二个", "第2个", "能预占第二个吗", "给我留第二个", "二")),
            *((text, 2) for text in ("就188那个", "931188", "4001-931-188", "第二个，审核要多久")),
            *((text, 3) for text in ("3", "第三个吧", "我觉得第三个挺顺口的，就它了")),
            *((text, 6) for text in ("最后那个吧", "就要最后一个")),
        ],
    )
    def test_taken(self, text: str, place: int) -> None:
        talk = read(text, LIST)
        assert talk is not None and (talk.kind, talk.numbers) == (PICK, (SHOWN[place - 1],))

    @pytest.mark.parametrize(
        ("text", "places"),
        [
            ("第二个咋卖的", [2]),
            ("第2个一个月要多少", [2]),
            ("第一个多少钱", [1]),
            ("1号怎么收费", [1]),
            ("那个188的多少钱", [2]),
            ("第四个怎么样", [4]),
            ("第一个和第三个有什么区别", [1, 3]),
        ],
    )
    def test_asked_about(self, text: str, places: list[int]) -> None:
        talk = read(text, LIST)
        assert talk is not None and (talk.kind, [SHOWN.index(n) + 1 for n in talk.numbers]) == (ABOUT, places)

    def test_the_cheapest(self) -> None:
        asked, taken = read("哪个最便宜", LIST), read("就要最便宜的那个", LIST)
        assert asked and taken
        assert (asked.kind, asked.cheapest, taken.kind, taken.cheapest) == (ABOUT, True, PICK, True)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "第7个",
                "2个",
                "两个",
                "第一个月多少钱",
                "第二个套餐多少钱",
                "第二个问题",
                "要3个座席",
                "三号联系我",
            ),
            *(
                "不要第二个",
                "第二个不好看",
                "尾号888的还有吗",
                "有没有888的",
                "审核要多久",
                "好的",
                "转人工",
                "",
            ),
        ],
    )
    def test_is_none_of_it(self, text: str) -> None:
        assert kind(text) is None

    def test_a_bare_number_is_no_choice_while_a_number_is_asked(self) -> None:
        asked = Scene(SHOWN, fresh=True, bare=False)
        assert [kind(text, asked) for text in ("2", "二", "二号", "第二个")] == [None, None, PICK, PICK]

    def test_the_one_just_spoken_of(self) -> None:
        spoken = Scene(SHOWN, fresh=True, pointed=SHOWN[2])
        for text, wanted in (("那就它吧", PICK), ("就要这个", PICK), ("这个合同几年", ABOUT)):
            talk = read(text, spoken)
            assert talk is not None and (talk.kind, talk.numbers) == (wanted, (SHOWN[2],))
        assert kind("那就它吧") is None, "six are on show"

    def test_nothing_on_show_nothing_to_choose(self) -> None:
        assert [kind(text, Scene()) for text in ("1", "第二个", "换一批", "便宜点的")] == [None] * 4


class TestTheList:
    @pytest.mark.parametrize(
        "text",
        ["换一批", "再看看别的", "还有吗", "换几个", "还有别的吗", "都不喜欢", "换个别的", "再找几个好记的"],
    )
    def test_others(self, text: str) -> None:
        assert kind(text) == MORE

    @pytest.mark.parametrize("text", ["便宜点的", "有没有便宜的", "太贵了", "第二个有点贵"])
    def test_cheaper_ones(self, text: str) -> None:
        assert kind(text) == CHEAPER

    @pytest.mark.parametrize(
        ("text", "most"), [("不要超过100块一个月的", 100), ("200以内的", 200), ("最多每月三百元", 300)]
    )
    def test_a_ceiling(self, text: str, most: int) -> None:
        assert (kind(text), ceiling(text)) == (CEILING, most)

    @pytest.mark.parametrize(
        "text", ["预算100块", "有没有更便宜的套餐", "换个套餐", "还有别的优惠吗", "再来一次"]
    )
    def test_not_the_list(self, text: str) -> None:
        assert kind(text) is None

    def test_others_though_another_choice_is_newer(self) -> None:
        taken = Scene(listed=True)
        assert [kind(text, taken) for text in ("换一批", "第二个", "还有吗")] == [MORE, None, None]

    def test_an_old_list_is_not_meant_by_a_bare_anything_else(self) -> None:
        old = Scene(SHOWN)
        assert [kind(text, old) for text in ("还有吗", "便宜点", "换一批", "第二个")] == [
            None,
            None,
            MORE,
            PICK,
        ]


class TestTheNumberKept:
    @pytest.mark.parametrize(
        "text",
        [
            *(
                "取消预占",
                "不要这个号了",
                "那我不要了",
                "算了，那我不要了",
                "这个号码不要了，放掉",
                "这个号我不要了",
            ),
            *("帮我把预占取消了吧", "不用给我留这个号", "哎这个不要了换成4007开头的", "这个号不要了 重新选"),
        ],
    )
    def test_let_go(self, text: str) -> None:
        assert kind(text, OWN) == RELEASE

    @pytest.mark.parametrize(
        ("text", "again"),
        [("取消预占", False), ("这个号不要了 重新选", True), ("我不想要这个号码了，帮我换个便宜的", True)],
    )
    def test_and_another_one(self, text: str, again: bool) -> None:
        talk = read(text, OWN)
        assert talk is not None and (talk.kind, talk.again) == (RELEASE, again)

    @pytest.mark.parametrize("text", ["换一个号码", "换号", "能换号吗", "重新选号", "换个便宜的", "另选一个"])
    def test_changed(self, text: str) -> None:
        assert kind(text, OWN) == CHANGE

    @pytest.mark.parametrize(
        "text", ["我预占了哪个号", "我的号码多少钱", "预占到什么时候", "预占能取消吗", "怎么取消预占"]
    )
    def test_told(self, text: str) -> None:
        assert kind(text, OWN) == KEPT

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "公司换号码怎么过户",
                "换个接听号码",
                "换手机号",
                "不要录音了",
                "不要",
                "取消申请",
                "换个套餐",
                "换个联系人",
            ),
            *("这个号码能过户吗", "换个城市"),
        ],
    )
    def test_something_else(self, text: str) -> None:
        assert kind(text, OWN) is None

    def test_without_a_word_for_it_only_right_after_it_was_reserved(self) -> None:
        later = Scene(kept="4001216888")
        assert [kind(text, later) for text in ("那我不要了", "不要这个号了")] == [None, RELEASE]

    def test_nothing_kept(self) -> None:
        assert [kind(text, Scene()) for text in ("取消预占", "换一个号码", "不要这个号了")] == [
            RELEASE,
            None,
            None,
        ]


class TestWhileAQuantityIsAsked:
    ASKING = Scene(SHOWN, fresh=True, bare=False)

    @pytest.mark.parametrize("text", ["我选2", "选2", "就选二", "2号", "要2", "我要2号", "就2号吧"])
    def test_a_word_for_choosing_makes_it_one_of_the_list(self, text: str) -> None:
        talk = read(text, self.ASKING)
        assert talk is not None and (talk.kind, talk.numbers) == (PICK, (SHOWN[1],))

    @pytest.mark.parametrize("text", ["1", "2", "要2个", "要20", "选9", "2号线", "要2分钟"])
    def test_a_quantity_stays_one(self, text: str) -> None:
        assert kind(text, self.ASKING) is None

    def test_a_day_is_no_number(self) -> None:
        dated = Scene(SHOWN, fresh=True, bare=False, dated=True)
        assert kind("2号", dated) is None and kind("选2", dated) == PICK

    def test_of_an_older_list_only_with_choosing(self) -> None:
        older = Scene(SHOWN, bare=False)
        assert kind("要2", older) is None and kind("我选2", older) == PICK
