"""Logs: one JSON line an event, with the turn's id, and without anybody's phone number, name or e-mail."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone
from typing import Any

import structlog

from hotline.runtime.masking import mask, mask_text

NOISY = ("py.warnings", "rasa", "rasa_sdk", "jieba", "matplotlib", "apscheduler", "sanic.root")
SANIC = ("sanic.root", "sanic.error", "sanic.access")


class JsonLines(logging.Formatter):
    """What the standard library's loggers (Rasa's, Sanic's, SQLAlchemy's) write, masked, with the turn's id."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        line: dict[str, Any] = {
            **structlog.contextvars.get_contextvars(),
            "event": mask_text(record.getMessage()),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
        }
        if record.exc_info:
            line["exception"] = mask_text(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class _ToStderr(logging.Handler):
    """Writes to what ``sys.stderr`` is at the moment (a StreamHandler keeps the one of its making)."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def _mask_event(_: Any, __: str, event: Any) -> Any:
    return {key: mask(value, key=key) for key, value in event.items()}


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
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(number, logging.ERROR))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
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
