"""Logs: JSON, one line an event, with the turn's id, and nothing personal in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hotline.runtime import logs
from hotline.runtime.masking import mask, mask_text


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("info")
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def test_our_events_and_the_librarys_are_json_lines_with_the_turn(
    capsys: pytest.CaptureFixture[str], configured: None
) -> None:
    structlog.contextvars.bind_contextvars(turn="t-1")
    structlog.get_logger("x").info("turn.ended", ms=3.2, phone="13800138000")
    logging.getLogger("some.package").warning("called %s", "13800138000")
    try:
        raise ValueError("bad phone 13800138000")
    except ValueError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("some.package").exception("failed")
    captured = capsys.readouterr()
    lines = [json.loads(line) for line in (captured.out + captured.err).splitlines() if line.startswith("{")]
    assert len(lines) == 4
    assert all(line["turn"] == "t-1" and line["level"] and line["timestamp"] for line in lines)
    assert "13800138000" not in captured.out + captured.err
    assert sum("ValueError" in line.get("exception", "") for line in lines) == 2


def test_a_level_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="loud"):
        logs.configure("loud")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("电话 13871234567", "13871234567"),
        ("电话+86 138 0013 8000", "0013"),
        ("座机0571-88886666", "88886666"),
        ("身份证11010519491231002X", "11010519491231002X"),
        ("卡号 6222 0212 3456 7890 123", "3456"),
        ("邮箱 li.wenjing@example.com", "wenjing"),
        ("我叫李文静", "文静"),
        ("联系人：王小明", "小明"),
    ],
)
def test_what_is_personal_is_masked_wherever_it_stands(text: str, gone: str) -> None:
    assert gone not in mask_text(text)
    assert gone not in json.dumps(mask({"a": [text, {"b": text}]}), ensure_ascii=False)


@pytest.mark.parametrize("text", ["4001234567", "每月3000分钟", "审核3到7天", "2026-11-24 10:00", "turn 42"])
def test_what_is_not_personal_stays_readable(text: str) -> None:
    assert mask_text(text) == text


def test_values_are_masked_by_the_name_they_stand_under() -> None:
    assert mask({"contact_name": "王德发"}) == {"contact_name": "王**"}
    assert mask({"event": "slot", "name": "phone", "value": "123"})["value"] != "123"
    assert mask({"entity": "contact_name", "value": "王德发"})["value"] == "王**"
    assert mask(13800138000) != 13800138000
    assert mask(3000) == 3000
