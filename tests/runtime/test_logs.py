"""Logs: JSON, one line an event, with the turn's id, and nothing personal in any of them."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from hotline.datafile import DataError
from hotline.runtime import logs
from hotline.runtime.actions import InProcessActions
from hotline.runtime.masking import mask, mask_text

NAME, COMPANY = "张伟", "武汉星辰装饰有限公司"


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = threading.excepthook, sys.unraisablehook
    logs.configure("info")
    yield
    threading.excepthook, sys.unraisablehook = hooks
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


# --- exceptions: no pattern knows a name, so their text is not told


def fail(error: BaseException | None = None) -> None:
    contact = NAME  # a local variable: never in a trace
    raise error or ValueError(f"no such customer: {contact} ({COMPANY})")


def missing() -> None:
    {}[NAME]


def linked() -> None:
    try:
        missing()
    except KeyError as error:
        raise RuntimeError(f"{COMPANY}: not found") from error


def in_sql() -> None:
    engine = create_engine("sqlite://")  # which, unlike ours, shows the parameters
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (name TEXT UNIQUE)"))
        for _ in range(2):
            connection.execute(text("INSERT INTO t VALUES (:name)"), {"name": NAME})


def one_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The only line, which tells of nobody."""
    captured = capsys.readouterr()
    told = captured.err + captured.out
    assert NAME not in told and COMPANY not in told, told
    (line,) = told.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def ours(error: Exception) -> None:
    structlog.get_logger("x").exception("failed", error=error, reason=str(error), all=[error])


def rasas(error: Exception) -> None:
    structlog.get_logger("x").error(f"could not do it: {error}", seen=repr(error))


def a_librarys(error: Exception) -> None:
    logging.getLogger("some.package").exception("could not do it: %s, that is %r", error, error)


def a_librarys_without_a_trace(error: Exception) -> None:
    logging.getLogger("some.package").error(f"could not do it: {error}")


@pytest.mark.parametrize("tell", [ours, rasas, a_librarys, a_librarys_without_a_trace])
@pytest.mark.parametrize("function", [fail, missing, linked, in_sql])
def test_nobodys_name_is_in_what_is_told_of_an_exception(
    capsys: pytest.CaptureFixture[str],
    configured: None,
    tell: Callable[[Exception], None],
    function: Callable[[], None],
) -> None:
    try:
        function()
    except Exception as error:
        tell(error)
        kind = type(error).__name__
    line = one_line(capsys)
    assert kind in json.dumps(line)
    if tell in (ours, a_librarys):
        assert f"in {function.__name__}\n" in line["exception"] and "test_logs.py" in line["exception"]
        if function is linked:  # the cause comes first
            assert line["exception"].index("KeyError") < line["exception"].index("RuntimeError")


async def test_an_action_that_fails_with_a_name_in_its_words_logs_none(
    capsys: pytest.CaptureFixture[str], configured: None
) -> None:
    class ActionFails(Action):
        def name(self) -> str:
            return "action_fails"

        async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
            linked()

    executor = ActionExecutor()
    executor.register_action(ActionFails())
    capsys.readouterr()
    actions = InProcessActions(executor=executor)
    tracker = {"sender_id": "c", "slots": {"contact_name": NAME}, "events": [], "latest_message": {}}
    done = await actions.call({"next_action": "action_fails", "tracker": tracker, "domain": {}})
    assert done["responses"] == [{"response": "utter_system_busy"}]
    line = one_line(capsys)
    assert line["event"] == "action.failed" and "in linked" in line["exception"]


async def test_a_task_that_nobody_asked_after_tells_no_name(
    capsys: pytest.CaptureFixture[str], configured: None
) -> None:
    async def work() -> None:
        fail()

    task = asyncio.create_task(work())
    await asyncio.wait([task])
    del task
    gc.collect()
    line = one_line(capsys)
    assert "never retrieved" in line["event"] and "in fail" in line["exception"]


def test_a_thread_that_dies_tells_no_name(capsys: pytest.CaptureFixture[str], configured: None) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "in fail" in one_line(capsys)["exception"]


def test_a_destructor_that_fails_tells_no_name(capsys: pytest.CaptureFixture[str], configured: None) -> None:
    class Failing:
        def __del__(self) -> None:
            fail()

    Failing()
    gc.collect()
    assert "in fail" in one_line(capsys)["exception"]


def test_a_line_that_cannot_be_made_tells_no_name(
    capsys: pytest.CaptureFixture[str], configured: None
) -> None:
    record = logging.LogRecord("some.package", logging.ERROR, "", 1, "%d customers", (NAME,), None)
    (ours,) = (each for each in logging.getLogger().handlers if isinstance(each.formatter, logs.JsonLines))
    ours.handle(record)  # pytest's own would raise
    assert one_line(capsys) == {"event": "log.failed", "logger": "some.package", "error": "TypeError"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DataError(Path("plans.yml"), 3, "月费要大于 0"), "月费要大于 0"),
        (OSError(28, "No space left on device", f"/srv/{NAME}.jpg"), "OSError: No space left on device"),
        (ModuleNotFoundError("No module named 'onnxruntime'"), "onnxruntime"),
        (OperationalError("INSERT", {}, Exception(f"disk is full\nDETAIL: {NAME}")), "disk is full"),
    ],
)
def test_what_operators_need_of_an_exception_is_told(
    capsys: pytest.CaptureFixture[str], configured: None, error: Exception, told: str
) -> None:
    try:
        fail(error)
    except Exception:
        structlog.get_logger("x").exception("failed")
    assert told in one_line(capsys)["exception"]
