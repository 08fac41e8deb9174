"""What the operator reads on the terminal for plans and numbers."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.cli import catalog, numbers
from hotline.datafile import DATA, DataError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("HOTLINE_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    catalog.register(commands)
    numbers.register(commands)

    def command(*words: str) -> tuple[int, str, str]:
        options = parser.parse_args(words)
        status = options.handler(options) or 0
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_a_sound_catalogue_passes_and_is_called_a_sample(run: Run) -> None:
    status, out, _ = run("catalog", "check")
    assert status == 0
    assert "检查通过" in out and "示例数据" in out


def test_a_broken_catalogue_is_an_error_with_its_line(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(DATA / "catalog", folder)
    plans = folder / "plans.yml"
    plans.write_text(plans.read_text("utf-8").replace("fee: 200", "fee: -200"), "utf-8")
    with pytest.raises(DataError, match=r"plans\.yml:\d+: fee 不能是负数"):
        run("catalog", "check", "--folder", str(folder))


@pytest.mark.parametrize("file", sorted(path.name for path in (DATA / "catalog").glob("*.yml")))
@pytest.mark.parametrize("text", ["nonsense\n", "unheard_of: 1\n", "a: [\n"])
def test_every_file_of_the_catalogue_is_checked(run: Run, tmp_path: Path, file: str, text: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(DATA / "catalog", folder)
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(DataError, match=rf"{file}:\d+: ."):
        run("catalog", "check", "--folder", str(folder))


def test_a_plan_that_an_answer_quotes_cannot_be_dropped_unnoticed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(DATA / "catalog", folder)
    plans = folder / "plans.yml"
    plans.write_text(plans.read_text("utf-8").replace("id: callcenter", "id: renamed"), "utf-8")
    with pytest.raises(DataError, match=r"knowledge/03_plan\.yml:\d+: .*callcenter"):
        run("catalog", "check", "--folder", str(folder))


def test_a_recommendation_shows_its_working(run: Run, tmp_path: Path) -> None:
    svg = tmp_path / "curve.svg"
    status, out, _ = run("recommend", "--calls", "30", "--each", "2.5", "--svg", str(svg))
    assert status == 0
    assert "30 通/天 × 3 分钟" in out and "1980 分钟/月" in out and "2376 分钟/月" in out
    assert "客服版：200 + 376 × 0.1 = 237.60 元/月" in out
    assert svg.read_text("utf-8").startswith("<svg")


def test_a_recommendation_for_a_range_with_a_feature(run: Run) -> None:
    _, out, _ = run("recommend", "--minutes", "2000-3000", "--feature", "recording=30", "--contract", "24")
    assert "售后版" in out and "话量取低端时 300.00 元" in out and "合同 24 个月，至少共付 7200.00 元" in out


def test_senseless_volumes_and_unknown_features_are_refused(run: Run) -> None:
    status, out, _ = run("recommend", "--calls", "99999999")
    assert (status, "daily_calls_absurd" in out) == (1, True)
    status, _, err = run("recommend", "--minutes", "100", "--feature", "fax")
    assert (status, "fax" in err) == (2, True)


def test_numbers_are_made_searched_imported_and_filed(run: Run, tmp_path: Path) -> None:
    assert run("numbers", "search")[0] == 1, "an empty inventory says so"
    status, out, _ = run("numbers", "make", "--count", "2000")
    assert status == 0 and "新增 2000 个示例号码，共 2000 个" in out
    status, out, _ = run("numbers", "search", "--suffix", "8", "--excluded", "4")
    assert status == 0 and len([line for line in out.splitlines() if line.startswith("400")]) == 6
    file = tmp_path / "more.csv"
    file.write_text("4001302888\n4008302888\n", "utf-8")
    status, out, err = run("numbers", "import", str(file))
    assert status == 1 and "跳过 1 行" in out and "more.csv:2: 不是 4001、4007 号段" in err
    assert run("numbers", "import", str(tmp_path / "none.csv"))[0] == 2
    assert run("numbers", "make", "--count", "-1")[0] == 2
    assert "重新定级 200" in run("numbers", "regrade")[1]


def test_what_had_to_be_relaxed_is_said(run: Run) -> None:
    run("numbers", "make", "--count", "500")
    _, out, _ = run("numbers", "search", "--suffix", "168", "--pattern", "sequence")
    assert "没有完全符合的；放宽 " in out
