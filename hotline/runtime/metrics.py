"""What is counted, in one Prometheus registry of our own. Labels are names from the model, never user data."""

from __future__ import annotations

import functools
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

M = TypeVar("M", Counter, Histogram)

REGISTRY = CollectorRegistry()
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

TURN_SECONDS = Histogram(
    "hotline_turn_seconds",
    "One turn, from its lock to its commit",
    ["channel"],
    buckets=_FAST,
    registry=REGISTRY,
)
STAGE_SECONDS = Histogram(
    "hotline_turn_stage_seconds",
    "A part of a turn: lock, begin, dialogue (in it parse, predict, action), commit",
    ["stage"],
    buckets=_FAST,
    registry=REGISTRY,
)
TURNS = Counter(
    "hotline_turns",
    "Turns by outcome: done, repeated, failed, closed, limited, refused",
    ["channel", "outcome"],
    registry=REGISTRY,
)
INTENTS = Counter("hotline_intents", "Messages by recognised intent", ["intent"], registry=REGISTRY)
FALLBACKS = Counter("hotline_fallbacks", "Messages that were not understood", ["channel"], registry=REGISTRY)
HANDOFFS = Gauge(
    "hotline_handoffs", "Hand-offs on record, by reason code", ["reason"], registry=REGISTRY
)  # read from the database when asked, so that it survives a restart and is the same from each process
ACTION_SECONDS = Histogram(
    "hotline_action_seconds", "One custom action", ["action"], buckets=_FAST, registry=REGISTRY
)
ACTION_FAILURES = Counter(
    "hotline_action_failures", "Custom actions that apologised", ["action", "reason"], registry=REGISTRY
)
ERRORS = Counter("hotline_errors", "Failures by place", ["place"], registry=REGISTRY)
HANGING = Gauge(
    "hotline_threads_hanging",
    "Threads whose work was given up and that have not come back",
    ["pool"],
    registry=REGISTRY,
)
WAITING = Gauge("hotline_turns_waiting", "Turns that hold a conversation or wait for one", registry=REGISTRY)
DESK_QUEUE = Gauge("hotline_desk_queue", "Conversations that wait for a person", registry=REGISTRY)
PERSONAL = Counter(
    "hotline_personal_numbers_dropped", "ID-card and bank-card numbers dropped", ["kind"], registry=REGISTRY
)
RATINGS = Counter("hotline_ratings", "Ratings that visitors gave, by stars", ["stars"], registry=REGISTRY)
SUBSCRIBERS = Gauge("hotline_subscribers", "Clients that listen to a conversation", registry=REGISTRY)


@functools.lru_cache(maxsize=4096)
def of(metric: M, *labels: str) -> M:
    """A metric with its labels, looked up once: a turn counts at twenty places."""
    return metric.labels(*labels)


def render() -> bytes:
    """The registry in Prometheus' text format."""
    return generate_latest(REGISTRY)
