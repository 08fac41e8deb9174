"""Logs: one JSON line an event, with the turn's id, and without anybody's phone number, name or e-mail.

Of an exception they tell what `hotline.runtime.exceptions` lets pass.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import datetime, timezone
from typing import Any

import structlog

from hotline.runtime.exceptions import scrub, told, trace
from hotline.runtime.masking import mask, mask_text

NOISY = ("py.warnings", "rasa", "rasa_sdk", "jieba", "matplotlib", "apscheduler", "sanic.root")
SANIC = ("sanic.root", "sanic.error", "sanic.access")


class JsonLines(logging.Formatter):
    """What the standard library's loggers (Rasa's, Sanic's, SQLAlchemy's) write, masked, with the turn's id."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        error = record.exc_info[1] if record.exc_info else None
        line: dict[str, Any] = {
            **structlog.contextvars.get_contextvars(),
            # libraries put exceptions into their sentences, also without exc_info
            "event": mask_text(scrub(record.getMessage(), error, sys.exc_info()[1])),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
        }
        if error is not None:
            line["exception"] = mask_text(trace(error))
        return json.dumps(line, ensure_ascii=False, default=str)


class _ToStderr(logging.Handler):
    """Writes to what ``sys.stderr`` is at the moment (a StreamHandler keeps the one of its making)."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:  # not `handleError`, which prints the arguments
            line = json.dumps({"event": "log.failed", "logger": record.name, "error": type(error).__name__})
        sys.stderr.write(line + "\n")


def _exceptions(_: Any, __: str, event: Any) -> Any:
    """Exceptions as text, wherever they stand in an event of ours or of Rasa's."""
    given, active = event.pop("exc_info", None), sys.exc_info()[1]
    error = given[1] if isinstance(given, tuple) else given
    if not isinstance(error, BaseException):
        error = active if error else None  # exc_info=True
    for key, value in event.items():
        if isinstance(value, BaseException):
            event[key] = told(value)
        elif isinstance(value, str):
            event[key] = scrub(value, error, active)
    if error is not None:
        event["exception"] = trace(error)
    return event


def _mask_event(_: Any, __: str, event: Any) -> Any:
    return {key: mask(value, key=key) for key, value in event.items()}


def _thread_died(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        logging.getLogger("threading").error("thread.died", exc_info=args.exc_value)


def _not_raised(args: Any) -> None:
    """What a destructor or a callback from C raised."""
    logging.getLogger("python").error("exception.ignored", exc_info=args.exc_value)


def configure(level: int | str = logging.WARNING) -> None:
    """Set up both log systems once, before Rasa is imported. Raises ValueError for a level that does not exist."""
    number = logging.getLevelName(level.upper()) if isinstance(level, str) else level
    if not isinstance(number, int):
        raise ValueError(f"HOTLINE_LOG_LEVEL={level!r}：debug、info、warning 或 error")
    handler = _ToStderr()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=number, handlers=[handler], force=True)
    # Python's warnings are the libraries' own business (Sanic turns all of them on); failures are logged as such
    logging.captureWarnings(True)
    threading.excepthook, sys.unraisablehook = _thread_died, _not_raised  # Python's own print the text
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(number, logging.ERROR))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _exceptions,
            _mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # the one of this moment
        cache_logger_on_first_use=False,
    )


def adopt_sanics() -> None:
    """Sanic gives its loggers handlers and levels of its own when an application is made: they go, the lines come
    to us."""
    for name in SANIC:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(max(logging.getLogger().level, logging.ERROR))
        logger.propagate = True
