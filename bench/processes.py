"""The product as a real server process: started, asked, killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from hotline.datafile import ROOT

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPATH": str(ROOT),
}


class Process:
    """A server that is a child of ours. Its output goes to `log`."""

    def __init__(
        self, command: list[str], folder: Path, env: Mapping[str, str], log: Path, ready: str
    ) -> None:
        self.command, self.folder, self.log, self.ready = command, folder, log, ready
        self.env = {**os.environ, **QUIET, **env}
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the child. Raises RuntimeError when there is none."""
        if self.running is None:
            raise RuntimeError("not started")
        return self.running.pid

    def start(self) -> None:
        """Start it; does not wait."""
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(  # noqa: S603 - our own command
                self.command, cwd=self.folder, env=self.env, stdout=out, stderr=subprocess.STDOUT
            )

    def wait_ready(self, seconds: float = 120.0) -> float:
        """Until `ready` answers 200; the seconds that it took. Raises RuntimeError if it never does."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.running is None or self.running.poll() is not None:
                raise RuntimeError(f"the server ended: {self.tail()}")
            if self.answers():
                return time.monotonic() - started
            time.sleep(0.05)
        raise RuntimeError(f"not ready after {seconds} s: {self.tail()}")

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        try:
            with urllib.request.urlopen(self.ready, timeout=5) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        if self.running is not None and self.running.poll() is None:
            os.kill(self.running.pid, signal.SIGKILL)
            self.running.wait()

    def stop(self, seconds: float = 15.0) -> None:
        """Ask it to end; kill it when it does not."""
        if self.running is None or self.running.poll() is not None:
            return
        self.running.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running.wait(seconds)
        self.kill()

    def tail(self, characters: int = 2000) -> str:
        """The end of its output."""
        return (
            self.log.read_text(encoding="utf-8", errors="replace")[-characters:] if self.log.exists() else ""
        )


def product(var: Path, port: int, **settings: str) -> Process:
    """``python -m hotline run`` on this data. `settings` are ``HOTLINE_*`` in lower case."""
    var.mkdir(parents=True, exist_ok=True)
    env = {f"HOTLINE_{name.upper()}": value for name, value in settings.items()}
    env.update(HOTLINE_VAR=str(var), HOTLINE_PORT=str(port))
    ready = f"http://127.0.0.1:{port}/health/ready"
    return Process([sys.executable, "-m", "hotline", "run"], ROOT, env, var / "server.log", ready)
