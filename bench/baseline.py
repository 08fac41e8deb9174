"""Builds the baseline: a stock Rasa project of the same data, trained once for each state of the data.

The project lies under ``.cache/baseline/<digest>/`` and is never committed; its model is kept there with the
seconds that the training took.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from bench.machine import describe, load_average, peak_of
from hotline.datafile import ROOT, digest

SOURCE = ROOT / "bench" / "baseline"
CACHE = ROOT / ".cache" / "baseline"


def key() -> str:
    """A digest of everything that the baseline is trained on; the wording of responses is not among it."""
    names = {part: _read(ROOT / "domain.yml")[part] for part in ("intents", "entities")}
    own = [SOURCE / name for name in ("config.yml", "domain.yml", "rules.yml", "stories.yml")]
    contents = digest([*own, *(ROOT / "data" / "nlu").glob("*.yml")])
    return hashlib.sha256((json.dumps(names) + contents).encode()).hexdigest()[:16]


def project() -> Path:
    """The project's folder, written anew (the model in it stays)."""
    folder = CACHE / key()
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "domain").mkdir(exist_ok=True)
    for name in ("config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(SOURCE / name, folder / name)
    shutil.copy(SOURCE / "stories.yml", folder / "data" / "stories.yml")
    shutil.copy(SOURCE / "stock_actions.py", folder / "stock_actions.py")
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
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
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def trained(cached: bool = False) -> tuple[Path, dict[str, Any]]:
    """The project with its model, and what its training took (from when it was done).

    `cached`: take the newest model there is, though it may be one of earlier data (the record says of which).
    """
    ready = sorted(CACHE.glob("*/training.json"), key=lambda file: file.stat().st_mtime)
    if cached and ready and not (CACHE / key() / "training.json").exists():
        return ready[-1].parent, json.loads(ready[-1].read_text())
    folder = project()
    record = folder / "training.json"
    if not record.exists():
        _train(folder, record)
    return folder, json.loads(record.read_text())


def sentences(folder: Path) -> int:
    """How many example sentences lie in a folder of training data."""
    lines = (line for file in folder.glob("*.yml") for line in file.read_text(encoding="utf-8").splitlines())
    return sum(line.strip().startswith("- ") and not line.strip().endswith("|") for line in lines)


def endpoints(port: int, trackers: Path) -> dict[str, str]:
    """The environment that the project's ``endpoints.yml`` reads."""
    return {"BASELINE_ACTION_PORT": str(port), "BASELINE_TRACKERS": str(trackers)}


def _train(folder: Path, record: Path) -> None:
    print("训练对照模型（Rasa 默认配置）：在两个核上要半小时左右…", flush=True)
    started, before = time.time(), load_average()
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", "baseline", "--domain", "domain"]
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    log = (folder / "training.log").open("w")
    with log:
        running = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        peak = peak_of(running.pid, running.poll)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if running.returncode:
        raise RuntimeError(f"the baseline did not train: see {folder / 'training.log'}")
    result = {
        "seconds": round(time.time() - started, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(peak),
        "data": folder.name,
        "sentences": sentences(folder / "data"),
        "load_before": before,
        "load_after": load_average(),
        "machine": describe(),
    }
    record.write_text(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    print(*trained())
