"""The trained model: when it must be made anew, and how. Judged by contents, never by time stamps."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hotline.datafile import DATA, ROOT, digest

MODEL = ROOT / "models" / "hotline.tar.gz"
STAMP = ROOT / "models" / "hotline.fingerprint"
RECORD = ROOT / "models" / "hotline.training.json"  # what the training took
_PARTS = {
    "RulePolicy": "对话规则",
    "HotlineIntentClassifier": "意图识别（最久的一步）",
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

    Raises RuntimeError when training fails (its own messages are above).
    """
    if fresh():
        return
    print("数据有变化，正在训练模型（第一次约两三分钟）…", flush=True)
    done = subprocess.run([sys.executable, "-m", "hotline", "train"], cwd=ROOT, check=False)
    if done.returncode != 0 or not fresh():
        raise RuntimeError("模型没有训练成功，原因见上。")


def train() -> Path:
    """Train now and stamp the result. Shows which part is being trained; what Rasa prints only if it fails."""
    started, used, wanted = time.monotonic(), time.process_time(), fingerprint()
    MODEL.parent.mkdir(exist_ok=True)
    said = io.StringIO()
    _hush()
    try:
        with contextlib.redirect_stdout(said):
            result = _run()
    except Exception:
        print(said.getvalue(), file=sys.stderr)
        raise
    if result.code != 0 or not result.model:
        print(said.getvalue(), file=sys.stderr)
        raise RuntimeError("训练没有产生模型。")
    STAMP.write_text(wanted)
    spent = {
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }
    RECORD.write_text(json.dumps(spent))
    print(f"模型已训练好，用时 {time.monotonic() - started:.0f} 秒。", flush=True)
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


class _Progress(logging.Handler):
    """One line for each component that Rasa begins to train."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Starting to train"):
            component = message.split("'")[1]
            print(f"  正在训练{_PARTS.get(component, component)} …", file=sys.__stdout__, flush=True)


def _hush() -> None:
    """Rasa without its progress bars, debug lines and warnings: these are for us (`rasa data validate` shows
    them), not for who starts a service."""
    from hotline.runtime import logs

    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's bars look at it
    logs.configure()
    steps = logging.getLogger("rasa.engine.training.hooks")
    steps.handlers, steps.propagate = [_Progress()], False
    steps.setLevel(logging.INFO)
