"""What loading needed and left goes back to the machine; what stays is out of the collector's rounds."""

from __future__ import annotations

import json
import subprocess
import sys

CODE = """
import gc, json
from pathlib import Path
from hotline.runtime.memory import settle

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

heap = [bytes(1000) for _ in range(100_000)]
last = bytes(1000)  # at the top of the heap: it keeps the C library from giving back by itself
stays = [{"n": n} for n in range(1000)]
del heap
before = resident()
settle()
print(json.dumps({"given": before - resident(), "frozen": gc.get_freeze_count()}))
"""


def test_memory_is_given_back_and_what_stays_is_frozen() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["given"] > 50, "of some 100 MB"
    assert found["frozen"] > 1000
