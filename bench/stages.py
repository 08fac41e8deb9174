"""Where each millisecond of a turn goes, from the product's own metrics before and after a run."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

_LINE = re.compile(r'^(hotline_[a-z_]+?)_(sum|count)(?:\{[a-z]+="([^"]*)"\})? ([0-9.e+-]+)$')
Counts = dict[tuple[str, str, str], float]


def read(base: str) -> Counts:
    """(metric, label, sum or count) → value."""
    with urllib.request.urlopen(f"{base}/metrics", timeout=30) as answer:  # noqa: S310 - loopback
        text = answer.read().decode()
    found: Counts = {}
    for line in text.splitlines():
        if match := _LINE.match(line):
            metric, part, label, value = match.groups()
            found[metric, label or "", part] = float(value)
    return found


def between(before: Counts, after: Counts, client_ms: float) -> dict[str, Any]:
    """Milliseconds per turn by stage. `client_ms`: the mean that the client saw."""

    def grown(metric: str, label: str, part: str) -> float:
        key = (metric, label, part)
        return after.get(key, 0.0) - before.get(key, 0.0)

    turns = grown("hotline_turn_seconds", "rest", "count")
    stages = sorted({label for metric, label, _ in after if metric == "hotline_turn_stage_seconds"})
    each = {name: grown("hotline_turn_stage_seconds", name, "sum") / turns * 1000 for name in stages}
    whole = grown("hotline_turn_seconds", "rest", "sum") / turns * 1000
    inner = sum(each.get(name, 0.0) for name in ("parse", "predict", "action"))
    outer = sum(each.get(name, 0.0) for name in ("lock", "begin", "dialogue", "commit"))
    shown = {
        "waiting for the turn before (lock)": each.get("lock", 0.0),
        "journal and tracker read (begin)": each.get("begin", 0.0),
        "understanding (parse)": each.get("parse", 0.0),
        "choosing the next action (predict)": each.get("predict", 0.0),
        "custom actions with their SQL (action)": each.get("action", 0.0),
        "the rest of Rasa's turn": each.get("dialogue", 0.0) - inner,
        "one commit to disk (commit)": each.get("commit", 0.0),
        "the rest of the turn": whole - outer,
        "HTTP, there and back": client_ms - whole,
    }
    actions = {
        label: {
            "calls": int(grown("hotline_action_seconds", label, "count")),
            "ms": round(
                grown("hotline_action_seconds", label, "sum")
                / max(1.0, grown("hotline_action_seconds", label, "count"))
                * 1000,
                2,
            ),
        }
        for metric, label, part in after
        if metric == "hotline_action_seconds" and part == "count"
        if grown("hotline_action_seconds", label, "count")
    }
    return {
        "turns": int(turns),
        "milliseconds": {name: round(ms, 2) for name, ms in shown.items()},
        "actions": actions,
    }
