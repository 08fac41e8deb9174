"""Stages of long work, for whoever waits: who works says ``stage``, who listens decides what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float], None]

_listeners: list[Listener] = []


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A piece of work; its seconds are told when it is done. Without a listener nothing happens."""
    began = time.monotonic()
    yield
    for listener in _listeners:
        listener(name, time.monotonic() - began)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` of every stage that ends meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
