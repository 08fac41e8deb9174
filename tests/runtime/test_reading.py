"""Texts are read once, the anonymous ones only, and nobody's change reaches another's."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from hotline.runtime.reading import Readings, anonymous


class Reader:
    """Counts what it reads; a name is a name."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.threads: set[int] = set()

    def __call__(self, text: str) -> dict[str, Any]:
        self.read.append(text)
        self.threads.add(threading.get_ident())
        entities = [{"entity": "contact_name", "value": text}] if "张" in text else []
        return {
            "text": text,
            "intent": {"name": "faq"},
            "intent_ranking": [{"name": "faq"}],
            "entities": entities,
        }


async def test_the_third_time_nothing_is_read() -> None:
    reader = Reader()
    readings = Readings(reader)
    for _ in range(4):
        assert (await readings.of(["怎么收费"]))["怎么收费"]["intent"] == {"name": "faq"}
    assert reader.read == ["怎么收费"] * 2
    assert threading.get_ident() not in reader.threads


async def test_what_came_once_is_not_kept() -> None:
    readings = Readings(Reader())
    await readings.of(["怎么收费", "多少钱"])
    assert len(readings) == 0


async def test_the_text_itself_is_not_kept() -> None:
    reader = Reader()
    readings = Readings(reader)
    for _ in range(3):
        found = await readings.of(["云帆科技"])  # nobody's name to the model: no entity, no number
        assert found["云帆科技"]["text"] == "云帆科技"
    assert reader.read == ["云帆科技"] * 2
    assert "云帆科技" not in repr(vars(readings))


async def test_a_name_is_never_kept() -> None:
    reader = Reader()
    readings = Readings(reader)
    for _ in range(3):
        await readings.of(["我姓张"])
    assert len(reader.read) == 3
    assert len(readings) == 0


async def test_a_change_reaches_nobody_else() -> None:
    readings = Readings(Reader())
    for _ in range(4):
        parsed = (await readings.of(["怎么收费"]))["怎么收费"]
        assert "parts" not in parsed
        assert parsed["intent_ranking"] == [{"name": "faq"}]
        parsed["parts"] = [1]
        parsed["intent"]["name"] = "changed"
        parsed["intent_ranking"].clear()


async def test_the_oldest_goes_first() -> None:
    reader = Reader()
    readings = Readings(reader, most=2)
    for text in "aabbacc":
        await readings.of([text])
    assert len(readings) == 2
    await readings.of(["a"])
    assert reader.read.count("a") == 2  # kept, for it was asked for after b
    await readings.of(["b"])
    assert reader.read.count("b") == 3


async def test_several_texts_are_read_together_and_each_once() -> None:
    reader = Reader()
    readings = Readings(reader)
    found = await readings.of(["a", "b", "a"])
    assert list(found) == ["a", "b"]
    assert reader.read == ["a", "b"]


async def test_a_reader_that_fails_fails_the_turn_only() -> None:
    def broken(_: str) -> dict[str, Any]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await Readings(broken).of(["x"])


async def test_the_loop_goes_on_meanwhile() -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(text: str) -> dict[str, Any]:
        began.set()
        go_on.wait(10)
        return {"text": text, "entities": []}

    task = asyncio.create_task(Readings(slow).of(["x"]))
    assert await asyncio.to_thread(began.wait, 10)
    go_on.set()
    assert (await task)["x"]["text"] == "x"


@pytest.mark.parametrize("text", ["我的电话是 138 0013 8000", "a@b.cn", "尾号 12345 行吗", "长" * 41])
def test_what_may_tell_of_somebody_is_not_anonymous(text: str) -> None:
    assert not anonymous(text, {"entities": []})


@pytest.mark.parametrize("text", ["怎么收费", "找个尾号 668 的号码", "400 能打出去吗", "每月 3000 分钟"])
def test_questions_are_anonymous(text: str) -> None:
    assert anonymous(text, {"entities": [{"entity": "monthly_minutes", "value": 3000}]})


async def test_nothing_is_kept_when_the_setting_says_so() -> None:
    reader = Reader()
    readings = Readings(reader, most=0)
    for _ in range(3):
        await readings.of(["怎么收费"])
    assert len(readings) == 0
    assert len(reader.read) == 3
