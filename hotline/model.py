"""The trained model: when it must be made anew, and how. Judged by contents, never by time stamps."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hotline import progress
from hotline.datafile import DATA, ROOT, digest

MODEL = ROOT / "models" / "hotline.tar.gz"
STAMP = ROOT / "models" / "hotline.fingerprint"
RECORD = ROOT / "models" / "hotline.training.json"
_PARTS = {
    "RulePolicy": "对话规则",
    "HotlineIntentClassifier": "意图识别",
    "HotlineEntities": "信息提取",
}
_INPUTS = (
    "data/nlu/*.yml",
    "data/rules/*.yml",
    "data/stories/*.yml",
    "data/lexicon/*",
    "data/catalog/regions.yml",
)
_CODE = ("hotline/nlu/**/*.py", "hotline/values/**/*.py", "hotline/runtime/policies.py")


def fingerprint() -> str:
    """A digest of everything that the model is made from."""
    single = [ROOT / name for name in ("config.yml", "domain.yml", "requirements.lock")]
    found = [path for pattern in (*_INPUTS, *_CODE) for path in ROOT.glob(pattern) if path.is_file()]
    return digest([*(path for path in single if path.exists()), *found])


def fresh() -> bool:
    """Whether the model on disk is the one that the present data gives."""
    return MODEL.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def ensure() -> None:
    """Train in a process of its own if the data changed: what training loads does not stay in the server.

    Of several processes that want it, one trains and the others wait. Raises RuntimeError when training fails
    (its own messages are above).
    """
    if fresh():
        return
    MODEL.parent.mkdir(exist_ok=True)
    with (MODEL.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fresh():
            return
        print("数据有变化，正在训练模型（约两三分钟）…", flush=True)
        done = subprocess.run([sys.executable, "-m", "hotline", "train"], cwd=ROOT, check=False)
        if done.returncode != 0 or not fresh():
            raise RuntimeError("模型没有训练成功，原因见上。")


def training_record() -> dict[str, Any] | None:
    """What the last training took: ``seconds``, ``cpu_seconds``, ``stages`` (name, seconds) and the names of those
    that were ``restored`` from an earlier one instead; None when unknown.
    """
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else None


def train() -> Path:
    """Train now and stamp the result. Shows each stage with its seconds; what Rasa prints only if it fails."""
    wanted, used = fingerprint(), time.process_time()
    MODEL.parent.mkdir(exist_ok=True)
    said, stages = io.StringIO(), _Stages()
    _hush(stages)
    print("正在训练：", flush=True)
    try:
        with contextlib.redirect_stdout(said), progress.listening(stages.tell_part):
            result = _run()
    except Exception:
        print(said.getvalue(), file=sys.stderr)
        raise
    if result.code != 0 or not result.model:
        print(said.getvalue(), file=sys.stderr)
        raise RuntimeError("训练没有产生模型。")
    unpack(MODEL)
    seconds = round(time.monotonic() - stages.began, 1)
    spent = round(time.process_time() - used, 1)
    record = {
        "seconds": seconds,
        "cpu_seconds": spent,
        "stages": stages.done,
        "restored": stages.restored,
    }
    RECORD.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    STAMP.write_text(wanted)
    print(f"模型已训练好，用时 {seconds:.0f} 秒。", flush=True)
    return Path(result.model)


def _run() -> Any:
    from hotline.runtime import no_tensorflow

    no_tensorflow.step_in()
    from rasa import model_training

    return model_training.train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(DATA / "nlu"), str(DATA / "rules"), str(DATA / "stories")],
        output=str(MODEL.parent),
        fixed_model_name=MODEL.stem.removesuffix(".tar"),
    )


def unpack(archive: Path) -> None:
    """Store what a model's archive holds without compression, in the same format.

    At each start Rasa reads it through twice. Half-precision weights hardly get smaller: 104 instead of 71 MB on
    disk for 0.2 instead of 1.3 s.
    """
    beside = archive.with_suffix(".part")
    with gzip.open(archive, "rb") as packed, gzip.open(beside, "wb", compresslevel=0) as stored:
        shutil.copyfileobj(packed, stored, 1 << 20)
    os.replace(beside, archive)


class _Stages(logging.Handler):
    """One line for each stage that is done: parts of which Rasa's log tells, and ours inside them."""

    _TOLD = re.compile(r"(?P<what>Starting to train|Finished training|Restored) component '(?P<name>\w+)'")

    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic()
        self.started: dict[str, float] = {}
        self.done: list[tuple[str, float]] = []
        self.restored: list[str] = []

    def _tell(self, name: str, seconds: float) -> None:
        self.done.append((name, round(seconds, 1)))
        print(f"  {name}  {seconds:.1f} 秒", file=sys.__stdout__, flush=True)

    def tell_part(self, name: str, seconds: float) -> None:
        """A stage inside one of Rasa's parts."""
        self._tell(f"  {name}", seconds)

    def emit(self, record: logging.LogRecord) -> None:
        """Understand what Rasa says of its components."""
        match = self._TOLD.search(record.getMessage())
        if match is None:
            return
        name = _PARTS.get(match["name"], match["name"])
        if match["what"] == "Starting to train":
            if not self.started:
                self._tell("读语料和配置", time.monotonic() - self.began)
            self.started[name] = time.monotonic()
        elif match["what"] == "Restored":
            self.restored.append(name)
            print(f"  {name}  没有变化，用上次的", file=sys.__stdout__, flush=True)
        else:
            self._tell(name, time.monotonic() - self.started.get(name, self.began))


def _hush(stages: logging.Handler) -> None:
    """Rasa without its progress bars, debug lines and warnings: these are for us (`rasa data validate` shows
    them), not for who starts a service."""
    from hotline.runtime import logs

    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's bars look at it
    logs.configure()
    steps = logging.getLogger("rasa.engine.training.hooks")
    steps.handlers, steps.propagate = [stages], False
    steps.setLevel(logging.INFO)
