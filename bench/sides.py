"""The two sides: the product in its one process, and the baseline with its action server."""

from __future__ import annotations

import json
import shutil
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import baseline
from bench.machine import cpu_seconds, family, memory_mb
from bench.processes import Process, product
from hotline.datafile import ROOT, load

WORK = ROOT / ".cache" / "bench"
NUMBERS = "200000"


@dataclass
class Side:
    """One of the two, as processes that answer at `url`."""

    name: str
    processes: list[Process]
    url: str

    def start(self) -> float:
        """Start everything; the seconds from there to the first answer."""
        started = time.monotonic()
        for process in self.processes:
            process.start()
        for process in self.processes:
            process.wait_ready(600)
        body = json.dumps({"sender": f"start-{time.time_ns()}", "message": "400电话是什么"}).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.url, body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            if not json.loads(answer.read()):
                raise RuntimeError(f"{self.name} gave no answer: {self.processes[0].tail()}")
        return time.monotonic() - started

    def stop(self) -> None:
        """End everything."""
        for process in self.processes:
            process.stop()

    def pids(self) -> list[int]:
        """Of its processes."""
        return [process.pid for process in self.processes]

    def cpu_seconds(self) -> float:
        """Used by all processes so far."""
        return sum(cpu_seconds(pid) for root in self.pids() for pid in family(root))

    def memory(self) -> dict[str, float]:
        """Of all processes together."""
        return memory_mb(self.pids())


def our_side(port: int, **settings: str) -> Side:
    """The product as `make run` starts it, with limits that a load test does not run into."""
    process = product(
        WORK / "product",
        port,
        sender_burst="0",
        address_burst="0",
        sample_numbers=NUMBERS,
        action_seconds="20",
        **settings,
    )
    return Side("product", [process], f"http://127.0.0.1:{port}/webhooks/rest/webhook")


def their_side(port: int, folder: Path) -> Side:
    """The baseline: `rasa run` and `rasa run actions`. Its trackers begin empty, as the product's do."""
    var = WORK / "baseline"
    var.mkdir(parents=True, exist_ok=True)
    trackers = var / "trackers.db"
    trackers.unlink(missing_ok=True)
    actions_port = port + 1
    env = {
        **baseline.endpoints(actions_port, trackers),
        "HOTLINE_VAR": str(var),
        "HOTLINE_SAMPLE_NUMBERS": NUMBERS,
    }
    rasa = [sys.executable, "-m", "rasa", "run"]
    serve = [*rasa, "--port", str(port), "--interface", "127.0.0.1", "--model", "models/baseline.tar.gz"]
    server = Process(
        [*serve, "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"],
        folder,
        env,
        var / "server.log",
        f"http://127.0.0.1:{port}/",
    )
    actions = Process(
        [*rasa, "actions", "--actions", "stock_actions", "--port", str(actions_port)],
        folder,
        env,
        var / "actions.log",
        f"http://127.0.0.1:{actions_port}/health",
    )
    return Side("baseline", [actions, server], f"http://127.0.0.1:{port}/webhooks/rest/webhook")


def misses() -> list[str]:
    """What either side says when it did not understand, or when something failed."""
    responses = load(ROOT / "domain.yml")["responses"]
    names = [name for name in responses if name.startswith(("utter_not_understood", "utter_system_busy"))]
    return [str(each["text"]).partition("{")[0] for name in names for each in responses[name]]


def fill_numbers(name: str) -> None:
    """The same 200,000 sample numbers for both, made once."""
    from hotline import services
    from hotline.settings import Settings

    sv = services.build(Settings(var=WORK / name, sample_numbers=int(NUMBERS)))
    sv.database.upgrade()
    services.fill_sample_numbers(sv)
    sv.close()


def forget(name: str) -> None:
    """Begin with an empty database (the next start fills in the numbers)."""
    shutil.rmtree(WORK / name, ignore_errors=True)
