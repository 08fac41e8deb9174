"""What the report says of other work on the machine."""

from __future__ import annotations

import subprocess
import sys
import time

from bench.machine import Others, cpu_seconds

BUSY = "import time; end = time.time() + 60\nwhile time.time() < end: pass"


def test_a_process_that_is_measured_is_none_of_the_others_and_a_strange_one_is() -> None:
    worker = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        ours, strange = Others(lambda: [worker.pid]), Others(lambda: [])
        before = cpu_seconds(worker.pid)
        time.sleep(1.0)
        used = cpu_seconds(worker.pid) - before
        assert used > 0.1, "the worker did not work"
        # the same moment for both but for some milliseconds, whatever else the machine does
        assert strange.cores() - ours.cores() > used / 2
    finally:
        worker.kill()
        worker.wait()
