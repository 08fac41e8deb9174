"""Logs: one line an event, with the turn's id, and without anybody's phone number, name or e-mail."""

from __future__ import annotations

import logging
from typing import Any

import structlog

from hotline.runtime.masking import mask, mask_text


class _Masked(logging.Filter):
    """Masks what the standard library's loggers (Rasa's, Sanic's) are about to write."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(record.getMessage()), None
        return True


def _mask_event(_: Any, __: str, event: Any) -> Any:
    return {key: mask(value, key=key) for key, value in event.items()}


def configure(level: int = logging.WARNING) -> None:
    """Set up both log systems once, before Rasa is imported."""
    handler = logging.StreamHandler()
    handler.addFilter(_Masked())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Python's warnings are the libraries' own business (Sanic turns all of them on); failures are logged as such
    logging.captureWarnings(True)
    for noisy in ("py.warnings", "rasa", "jieba", "matplotlib", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
