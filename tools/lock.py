"""Write requirements.lock from pyproject.toml, or (--check) say whether it still fits.

Hashes are recorded, addresses are not. Versions already locked are kept where they still fit.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bootstrap

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"


def compile_to(target: Path) -> None:
    """Resolve pyproject.toml into `target`, preferring the versions that stand there."""
    command = [
        *bootstrap.find_uv(), "pip", "compile", "pyproject.toml", "--group", "dev", "--quiet",
        "--python", str(ROOT / ".venv/bin/python"), "--generate-hashes", "--no-emit-index-url",
        "--no-annotate", "--no-header", "--output-file", str(target),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - a fixed command


def main() -> int:
    if "--check" not in sys.argv:
        compile_to(LOCK)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / LOCK.name
        shutil.copy(LOCK, again)
        compile_to(again)
        if _pins(again) == _pins(LOCK):
            return 0
    print("requirements.lock 与 pyproject.toml 不一致：请运行 make lock 并提交结果。", file=sys.stderr)
    return 1


def _pins(lock: Path) -> list[str]:
    """The pinned versions, without hashes: a newly uploaded wheel of a pinned version is no change."""
    return [line.split()[0] for line in lock.read_text().splitlines() if "==" in line]


if __name__ == "__main__":
    sys.exit(main())
