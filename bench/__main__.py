"""``make bench``: the product beside the baseline on this machine, in one run or piece by piece.

python -m bench                     everything, then the report
python -m bench product search      only these pieces; the others keep their last figures
python -m bench --baseline cached   the newest baseline model there is, if that of the present data is missing
python -m bench --baseline-sentences 0   the baseline of all sentences (hours); otherwise a sample of each intent
python -m bench pace                how long an epoch of all sentences takes the baseline (minutes; not in "everything")
python -m bench report              the report from the figures there are
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from bench import baseline, drive, report, search, stages
from bench.machine import Others, describe, load_average
from bench.sides import WORK, Side, fill_numbers, misses, our_side, their_side
from hotline import model
from hotline.datafile import DATA, ROOT

RESULTS = WORK / "results.json"
POINTS = (5, 50, 100, 200, 500, 1000)
PIECES = ("search", "product", "unread", "baseline", "cpu", "report")
SAMPLE = 25  # sentences of each intent for the baseline


def main() -> None:
    """Measure the pieces that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pieces", nargs="*", choices=[*_PIECES, []], help=", ".join(_PIECES))
    parser.add_argument("--baseline", choices=["cached"], help="take an earlier model of the baseline")
    parser.add_argument("--baseline-sentences", type=int, default=SAMPLE, help="of each intent; 0: all")
    parser.add_argument("--port", type=int, default=5310)
    parser.add_argument("--conversations", type=int, default=20, help="of 20 turns, for the latency")
    parser.add_argument("--turns", type=int, default=1000, help="of the long conversation")
    parser.add_argument("--seconds", type=float, default=30, help="for each throughput")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    for piece in options.pieces or PIECES:
        _PIECES[piece](options)


def _search(_: argparse.Namespace) -> None:
    _keep("search", search.measure())


def _train_whole() -> None:
    """See that there is a model and the record of a training in which nothing was restored from an earlier one."""
    record = model.training_record() or {}
    if model.fresh() and record.get("restored") == []:
        return
    model.STAMP.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as empty:
        command = [sys.executable, "-m", "hotline", "train"]
        env = {**os.environ, "RASA_CACHE_DIRECTORY": empty}
        subprocess.run(command, cwd=ROOT, env=env, check=True)  # noqa: S603 - our own command


def _product(options: argparse.Namespace) -> None:
    _train_whole()
    fill_numbers("product")
    side = our_side(options.port)
    side.start()  # the first start makes what is missing; the second one is measured
    side.stop()
    training = model.training_record()
    found = _measure(side, options)
    data = {"sentences": baseline.sentences(DATA / "nlu"), "data": baseline.key()}
    _keep("product", {**found, "training": {**(training or {}), **data}})


def _unread(options: argparse.Namespace) -> None:
    """The product when no text was ever typed before: the benchmark repeats its thirty sentences, customers do less."""
    model.ensure()
    fill_numbers("product")
    side = our_side(options.port, readings_kept="0")
    found: dict[str, Any] = {"load_before": load_average()}
    try:
        side.start()
        others = Others(side.pids)
        asyncio.run(drive.latency(side.url, 2))
        found["latency"] = _say(side, "unread", asyncio.run(drive.latency(side.url, options.conversations)))
        crowd = drive.throughput(side.url, 20, options.seconds)
        found["throughput"] = [_say(side, "unread", asyncio.run(crowd))]
        found["others_cores"] = others.cores()
    finally:
        side.stop()
    _keep("unread", found)


def _baseline(options: argparse.Namespace) -> None:
    folder, training = baseline.trained(options.baseline_sentences or None, options.baseline == "cached")
    fill_numbers("baseline")
    side = their_side(options.port, folder)
    found = _measure(side, options)
    _keep("baseline", {**found, "training": training})


def _cpu(options: argparse.Namespace) -> None:
    """What a turn costs the processor on either side: for a machine that is never quiet."""
    folder, _ = baseline.trained(options.baseline_sentences or None, options.baseline == "cached")
    model.ensure()
    found = {"late": (late := options.turns // 10 * 10 - 9)}
    for side in (our_side(options.port), their_side(options.port, folder)):
        fill_numbers(side.name)
        try:
            side.start()
            measured = drive.processor(side.url, side.cpu_seconds, 5, late)
            found[side.name] = _say(side, "processor", asyncio.run(measured))
        finally:
            side.stop()
    _keep("cpu", found)


def _pace(_: argparse.Namespace) -> None:
    _keep("pace", baseline.pace())


def _measure(side: Side, options: argparse.Namespace) -> dict[str, Any]:
    """All that is asked of either side, in the same order."""
    found: dict[str, Any] = {"load_before": load_average()}
    try:
        found["start_seconds"] = _say(side, "start", side.start())
        others = Others(side.pids)
        asyncio.run(drive.latency(side.url, 2))  # both may warm up
        found["answers"] = asyncio.run(drive.transcript(side.url, misses()))
        _say(side, "not answered", found["answers"]["missed"])
        base, own = side.url.partition("/webhooks")[0], side.name == "product"
        before = stages.read(base) if own else {}
        found["latency"] = _say(side, "latency", asyncio.run(drive.latency(side.url, options.conversations)))
        if own:
            found["stages"] = stages.between(before, stages.read(base), found["latency"]["all"]["mean"])
        found["memory_after_latency"] = side.memory()
        found["growth"] = asyncio.run(drive.growth(side.url, options.turns, POINTS))
        _say(side, "growth", found["growth"]["points"])
        found["throughput"] = [
            _say(side, "throughput", asyncio.run(drive.throughput(side.url, users, options.seconds)))
            for users in (1, 20, 100)
        ]
        found["memory"] = _say(side, "memory", side.memory())
        found["others_cores"] = _say(side, "cores taken by others", others.cores())
    finally:
        side.stop()
    return {**found, "load_after": load_average(), "when": time.strftime("%Y-%m-%d %H:%M")}


def _say(side: Side, what: str, value: Any) -> Any:
    print(f"{side.name:9} {what}: {json.dumps(value, ensure_ascii=False)}", flush=True)
    return value


def _keep(name: str, found: dict[str, Any]) -> None:
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results.update({name: found, "machine": describe()})
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1))


def _report(_: argparse.Namespace) -> None:
    report.write(json.loads(RESULTS.read_text()))


_PIECES: dict[str, Callable[[argparse.Namespace], None]] = {
    "search": _search,
    "product": _product,
    "unread": _unread,
    "baseline": _baseline,
    "cpu": _cpu,
    "pace": _pace,
    "report": _report,
}

if __name__ == "__main__":
    main()
