"""What the report makes of figures: a target that was not reached is never told as reached."""

from __future__ import annotations

import json
from typing import Any

from bench import report
from hotline.datafile import ROOT


def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))
    return found


def test_every_target_is_judged_by_the_run_on_record() -> None:
    assert set(report.ratios(kept())) == set(report.TARGETS)


def test_a_slower_product_does_not_reach_the_targets() -> None:
    results = kept()
    for side in ("product", "unread"):
        results[side]["latency"]["all"] = dict.fromkeys(("p50", "p95", "p99"), 1000.0)
        for each in results[side]["throughput"]:
            each["turns_per_second"] = 1.0
    judged = report.ratios(results)
    missed = {name for name, each in judged.items() if not each["met"]}
    assert {"p50", "p99", "p99_unread", "throughput", "throughput_unread"} <= missed
    page = report._page(results, judged)
    assert page.count("没有达到") == len(missed)
