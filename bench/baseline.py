"""Builds the baseline: a stock Rasa project of the same data, trained once for each state of the data.

The project lies under ``.cache/baseline/<digest>/`` and is never committed; its model is kept there with the
seconds that the training took.

All the sentences would take the default configuration many hours on two cores, so that it is given a sample of so
many of each intent unless all are asked for. How fast the server answers does not hang on the number of epochs, and
fewer sentences mean a smaller vocabulary and smaller matrices: a sample is in the baseline's favour.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import yaml

from bench import sample
from bench.machine import cpu_seconds, describe, load_average, peak_of
from hotline.datafile import ROOT, digest

SOURCE = ROOT / "bench" / "baseline"
CACHE = ROOT / ".cache" / "baseline"


def key() -> str:
    """A digest of everything that the baseline is trained on; the wording of responses is not among it."""
    names = {part: _read(ROOT / "domain.yml")[part] for part in ("intents", "entities")}
    own = [SOURCE / name for name in ("config.yml", "domain.yml", "rules.yml", "stories.yml")]
    contents = digest([*own, *language()])
    return hashlib.sha256((json.dumps(names) + contents).encode()).hexdigest()[:16]


def language() -> list[Path]:
    """The files with the sentences."""
    return sorted((ROOT / "data" / "nlu").glob("*.yml"))


def _folder(per_intent: int | None) -> Path:
    return CACHE / (f"{key()}-{per_intent}" if per_intent else key())


def project(per_intent: int | None) -> Path:
    """The project's folder, written anew (the model in it stays). None: all sentences."""
    folder = _folder(per_intent)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "domain").mkdir(exist_ok=True)
    _own_files(folder)
    shutil.copy(SOURCE / "stories.yml", folder / "data" / "stories.yml")
    if per_intent:
        sample.write(language(), folder / "data", per_intent)
    else:
        for file in language():
            shutil.copy(file, folder / "data" / file.name)
    shared = _read(ROOT / "domain.yml")
    questions = [name for name in shared["intents"] if str(name).startswith("faq_")]
    own, rules = _read(SOURCE / "domain.yml"), _read(SOURCE / "rules.yml")
    own["forms"]["need_form"]["ignored_intents"] = questions
    rules["rules"][0]["steps"][0]["or"] = [{"intent": name} for name in questions]
    _write(folder / "domain" / "own.yml", own)
    kept = {name: shared[name] for name in ("version", "intents", "entities", "responses", "session_config")}
    kept["session_config"] = {
        "session_expiration_time": 60,
        "carry_over_slots_to_new_session": True,
    }  # Rasa's own
    _write(folder / "domain" / "shared.yml", kept)
    _write(folder / "data" / "rules.yml", rules)
    return folder


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _own_files(folder: Path) -> None:
    """What its two processes read beside the model."""
    for name in ("config.yml", "endpoints.yml", "credentials.yml", "stock_actions.py"):
        shutil.copy(SOURCE / name, folder / name)


def trained(per_intent: int | None, cached: bool = False) -> tuple[Path, dict[str, Any]]:
    """The project with its model, and what its training took (from when it was done).

    `cached`: take the newest model there is of as many sentences, though it may be one of earlier data (the record
    says of which).
    """
    if cached and not (_folder(per_intent) / "training.json").exists():
        records = [json.loads(file.read_text()) for file in CACHE.glob("*/training.json")]
        ready = [each for each in records if each["per_intent"] == per_intent]
        if ready:
            newest = max(ready, key=lambda each: float(each["when"]))
            folder = CACHE / newest["folder"]
            _own_files(folder)
            return folder, newest
    folder = project(per_intent)
    record = folder / "training.json"
    if not record.exists():
        _train(folder, record, per_intent)
    return folder, json.loads(record.read_text())


def sentences(folder: Path) -> int:
    """How many example sentences lie in a folder of training data."""
    blocks = (block for file in folder.glob("*.yml") for block in _read(file).get("nlu", []))
    return sum(len(sample.lines_of(block["examples"])) for block in blocks if "intent" in block)


def endpoints(port: int, trackers: Path) -> dict[str, str]:
    """The environment that the project's ``endpoints.yml`` reads."""
    return {"BASELINE_ACTION_PORT": str(port), "BASELINE_TRACKERS": str(trackers)}


def _start(folder: Path, log: TextIO) -> subprocess.Popen[bytes]:
    """Training as a process of its own."""
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "baseline", "--domain", "domain"]
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT
    )


def _train(folder: Path, record: Path, per_intent: int | None) -> None:
    count = sentences(folder / "data")
    print(f"训练对照模型（Rasa 默认配置，{count} 句）：在两个核上要半小时以上…", flush=True)
    started, before = time.time(), load_average()
    with (folder / "training.log").open("w") as log:
        running = _start(folder, log)
        peak = peak_of(running.pid, running.poll)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if running.returncode:
        raise RuntimeError(f"the baseline did not train: see {folder / 'training.log'}")
    result = {
        "seconds": round(time.time() - started, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(peak),
        "folder": folder.name,
        "data": folder.name.partition("-")[0],
        "per_intent": per_intent,
        "sentences": count,
        "when": started,
        "load_before": before,
        "load_after": load_average(),
        "machine": describe(),
    }
    record.write_text(json.dumps(result, ensure_ascii=False, indent=1))


def pace(epochs: int = 3) -> dict[str, Any]:
    """How long DIET takes for an epoch of all sentences: so many are measured, then the training is ended.

    The first epoch, in which TensorFlow builds its graph, counts only as the time before the others. What 100 epochs
    would take is worked out from it: an extrapolation, on the high side, as Rasa's batches grow from 64 to 256.
    """
    folder = project(None)
    before, started = load_average(), time.monotonic()
    ends: list[tuple[float, float]] = []  # wall and CPU seconds at the end of each epoch
    with (folder / "pace.log").open("w") as log:
        running = _start(folder, log)
        try:
            while len(ends) <= epochs:
                if running.poll() is not None:
                    raise RuntimeError(f"the training ended by itself: see {folder / 'pace.log'}")
                done = _EPOCHS.findall((folder / "pace.log").read_text(errors="replace"))
                if done and int(done[-1]) > len(ends):
                    ends.append((time.monotonic() - started, cpu_seconds(running.pid)))
                    print(f"epoch {len(ends)}: {ends[-1]}", flush=True)
                time.sleep(0.5)
        finally:
            running.kill()
            running.wait()
    wall, cpu = ((ends[-1][n] - ends[0][n]) / epochs for n in (0, 1))
    found = {
        "epochs": epochs,
        "seconds_before": round(ends[0][0], 1),
        "cpu_seconds_before": round(ends[0][1], 1),
        "epoch_seconds": round(wall, 1),
        "epoch_cpu_seconds": round(cpu, 1),
        "extrapolated_seconds": round(ends[0][0] + 99 * wall),
        "extrapolated_cpu_seconds": round(ends[0][1] + 99 * cpu),
        "sentences": sentences(folder / "data"),
        "data": key(),
        "load_before": before,
        "load_after": load_average(),
    }
    return found


_EPOCHS = re.compile(r"\b(\d+)/100 \[")


if __name__ == "__main__":
    print(*trained(int(sys.argv[1]) if sys.argv[1:] else None))
