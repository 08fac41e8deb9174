"""Rasa's own commands go on working with this project: data validate, test, and run beside run actions."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bench.processes import QUIET, Process
from hotline import model
from hotline.datafile import ROOT

RASA = [sys.executable, "-W", "ignore", "-m", "rasa"]


def ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def test_rasa_data_validate_finds_nothing_to_warn_of() -> None:
    done = subprocess.run(
        [*RASA, "data", "validate", "--fail-on-warnings"],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "not used in any story" not in line]
    assert done.returncode == 0, "\n".join(told[-40:])


def rasa_test(kind: str, *options: str, out: Path) -> None:
    model.ensure()
    done = subprocess.run(
        [*RASA, "test", kind, *options, "--model", str(model.MODEL), "--out", str(out), "--no-plot"],
        cwd=ROOT,
        env={**os.environ, **QUIET, "HOTLINE_VAR": str(out / "var")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.model
def test_rasa_test_core_predicts_the_actions_of_the_stories(tmp_path: Path) -> None:
    rasa_test("core", "--stories", "tests/rasa", "--fail-on-prediction-errors", out=tmp_path)
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1 and report["macro avg"]["support"] > 15, "it read no stories"


@pytest.mark.model
def test_rasa_test_nlu_reads_an_exam(tmp_path: Path) -> None:
    rasa_test("nlu", "--nlu", "tests/nlu/dev/01_need.yml", out=tmp_path)
    report = json.loads((tmp_path / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] > 0.9 and report["weighted avg"]["support"] > 20


def ask(port: int, sender: str, text: str) -> str:
    body = json.dumps({"sender": sender, "message": text}).encode()
    address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return "\n".join(reply.get("text", "") for reply in json.loads(answer.read()))


@pytest.mark.model
def test_rasa_run_beside_rasa_run_actions_answers_with_our_store_and_actions(tmp_path: Path) -> None:
    model.ensure()
    serving, acting = ports(2)
    endpoints = (ROOT / "endpoints.yml").read_text(encoding="utf-8").replace(":5055", f":{acting}")
    (tmp_path / "endpoints.yml").write_text(endpoints, encoding="utf-8")
    (tmp_path / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    env = {"HOTLINE_VAR": str(tmp_path / "var"), "HOTLINE_SAMPLE_NUMBERS": "2000"}
    rest = [
        "--endpoints",
        str(tmp_path / "endpoints.yml"),
        "--credentials",
        str(tmp_path / "credentials.yml"),
    ]
    server = Process(
        [
            *RASA,
            "run",
            "--port",
            str(serving),
            "--interface",
            "127.0.0.1",
            "--model",
            str(model.MODEL),
            *rest,
        ],
        ROOT,
        env,
        tmp_path / "server.log",
        f"http://127.0.0.1:{serving}/",
    )
    actions = Process(
        [*RASA, "run", "actions", "--port", str(acting)],
        ROOT,
        env,
        tmp_path / "actions.log",
        f"http://127.0.0.1:{acting}/health",
    )
    try:
        actions.start()
        actions.wait_ready(180)  # it makes the database and the key
        server.start()
        server.wait_ready(180)
        assert "营业执照" in ask(serving, "rasa-run", "办理400电话需要什么材料")
        assert "主体" in ask(serving, "rasa-run", "我要办400电话")
    finally:
        server.stop()
        actions.stop()
    assert "InMemoryTrackerStore" not in server.tail(100_000)


STORE = "hotline.runtime.tracker.SnapshotTrackerStore"
LOCKS = "hotline.runtime.locks.ConversationLocks"


@pytest.mark.parametrize(
    ("stores", "credentials"),
    [
        ({"tracker_store": STORE[:-1], "lock_store": LOCKS}, "rest:\n"),
        ({"tracker_store": STORE.replace("tracker", "traker"), "lock_store": LOCKS}, "rest:\n"),
        ({"lock_store": LOCKS}, "rest:\n"),
        ({"tracker_store": STORE.replace("hotline", "hotlin")}, None),
    ],
)
@pytest.mark.model
def test_rasa_run_ends_with_one_line_when_its_tracker_store_is_not_ours(
    tmp_path: Path, stores: dict[str, str], credentials: str | None
) -> None:
    """Rasa would take one in memory and go on, with a warning."""
    model.ensure()
    endpoints = "".join(f"{name}:\n  type: {kind}\n" for name, kind in stores.items())
    (tmp_path / "endpoints.yml").write_text(endpoints, encoding="utf-8")
    own = credentials or (ROOT / "credentials.yml").read_text(encoding="utf-8")
    (tmp_path / "credentials.yml").write_text(own, encoding="utf-8")
    files = [f"--{name}={tmp_path / name}.yml" for name in ("endpoints", "credentials")]
    done = subprocess.run(
        [*RASA, "run", f"--port={ports(1)[0]}", "--interface=127.0.0.1", f"--model={model.MODEL}", *files],
        cwd=ROOT,
        env={**os.environ, **QUIET, "HOTLINE_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "不能启动：" in last and "InMemoryTrackerStore" in last and STORE in last
    assert done.stderr.count("不能启动") == 1
