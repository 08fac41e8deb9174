"""What a start does with data that is wrong: one sentence, no service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.datafile import ROOT


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of the product that can be spoilt."""
    for name in ("hotline", "data", "docs", "actions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "nlu"))
    shutil.copytree(ROOT / "hotline" / "nlu", tmp_path / "hotline" / "nlu")
    shutil.copy(ROOT / "domain.yml", tmp_path)
    return tmp_path


def start(installation: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hotline", "run"],
        cwd=installation,
        env={**os.environ, "HOTLINE_VAR": str(installation / "var"), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("data/catalog/plans.yml", "fee: 200", "fee: -200", "data/catalog/plans.yml:"),
        ("data/knowledge/06_review.yml", "label: 审核要几天", "label: ''", "data/knowledge/06_review.yml:"),
    ],
)
def test_wrong_data_is_told_with_its_place_and_nothing_starts(
    installation: Path, file: str, old: str, new: str, told: str
) -> None:
    path = installation / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = start(installation)
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"不能启动：{told}"), done.stderr


def test_a_setting_of_the_wrong_kind_is_named(installation: Path) -> None:
    done = start(installation, HOTLINE_PORT="abc")
    assert done.returncode == 2
    assert done.stderr.strip() == "不能启动：HOTLINE_PORT='abc'：这里要的是 int"
