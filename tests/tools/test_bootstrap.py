"""Set-up on machines of all kinds: what is on PATH may be a shim that fails, or nothing at all."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hotline.datafile import ROOT

REAL = sys.executable


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script over an empty project, on a machine without any Python, uv or pyenv of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project, bare = tmp_path / "project", str(tmp_path / "bare-python")
    project.mkdir()
    (project / "requirements.lock").write_text("nothing==1 --hash=sha256:00\n")
    for name, place in (
        ("VENV", project / ".venv"),
        ("LOCK", project / "requirements.lock"),
        ("STAMP", project / ".venv" / ".lock-sha256"),
        ("UV_HOME", project / ".cache" / "uv"),
    ):
        monkeypatch.setattr(module, name, str(place))
    monkeypatch.setattr(module.sys, "executable", bare)
    monkeypatch.setattr(module, "SYSTEM_PYTHON", bare)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("PYTHON", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    return module


def program(path: Path, script: str) -> Path:
    """An executable shell script; what it was called with is noted beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$*" >> "{path}.calls"\n{script}\n')
    path.chmod(0o755)
    return path


def calls(path: Path) -> str:
    """Everything a program was called with."""
    noted = Path(f"{path}.calls")
    return noted.read_text() if noted.exists() else ""


def real_python(path: Path) -> Path:
    """A Python 3.10 that runs."""
    return program(path, f'exec "{REAL}" "$@"')


SHIM = "echo 'pyenv: python3.10: command not found' >&2; exit 127"


def test_a_shim_that_fails_is_passed_over_for_an_installed_version(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "python3.10", SHIM)
    real_python(tmp_path / "home" / ".pyenv" / "versions" / "3.10.13" / "bin" / "python")
    assert bootstrap.find_python(["uv"]) == REAL


@pytest.mark.parametrize(
    "answer",
    ["echo 3.11'|'/usr/bin/python3", "echo Welcome", "exit 0", "echo 3.10'|'/x; exit 3"],
)
def test_another_version_and_nonsense_are_no_python(
    bootstrap: ModuleType, tmp_path: Path, answer: str
) -> None:
    assert bootstrap.probe([str(program(tmp_path / "bin" / "python3.10", answer))]) is None


def test_the_one_that_is_named_comes_first(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = real_python(tmp_path / "elsewhere" / "python")
    other = real_python(tmp_path / "bin" / "python3.10")
    monkeypatch.setenv("PYTHON", str(named))
    assert bootstrap.find_python(["uv"]) == REAL
    assert calls(named) and not calls(other)


def test_without_any_python_uv_fetches_one(bootstrap: ModuleType, tmp_path: Path) -> None:
    fetched = real_python(tmp_path / "uv-python" / "python3.10")
    uv = program(tmp_path / "bin" / "uv", f'case "$2" in find) echo "{fetched}";; esac')
    assert bootstrap.find_python([str(uv)]) == str(fetched)
    assert "python install 3.10" in calls(uv)


def test_where_no_python_can_be_had_one_sentence_says_what_to_install(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    uv = program(tmp_path / "bin" / "uv", "exit 1")
    with pytest.raises(SystemExit) as ended:
        bootstrap.find_python([str(uv)])
    assert "需要 Python 3.10" in str(ended.value) and "\n" not in str(ended.value)


def test_uv_comes_from_pip_where_there_is_none(
    bootstrap: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Path(bootstrap.UV_HOME) / "bin" / "uv"
    makes = f'mkdir -p "{place.parent}"; printf "#!/bin/sh\\necho uv 1\\n" > "{place}"; chmod +x "{place}"'
    python = program(
        tmp_path / "bin" / "python3",
        f'[ "$3" = "--version" ] && echo pip 23 && exit 0\n[ "$2" = pip ] || exit 1\n{makes}',
    )
    os.symlink("/bin/mkdir", tmp_path / "bin" / "mkdir")
    os.symlink("/bin/chmod", tmp_path / "bin" / "chmod")
    assert bootstrap.find_uv() == [str(place)]
    assert "-m pip install -qq --target" in calls(python)
    assert capsys.readouterr().out == "正在取得安装工具 uv …\n"
    assert bootstrap.find_uv() == [str(place)], "the second time it is there"


def test_without_pip_and_uv_one_sentence_says_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "run_quietly", lambda command, **_: None)
    with pytest.raises(SystemExit) as ended:
        bootstrap.find_uv()
    assert "先安装 pip" in str(ended.value) and "\n" not in str(ended.value)


@pytest.fixture
def uv(tmp_path: Path) -> Path:
    """A uv that makes environments and pretends to install."""
    made = program(
        tmp_path / "bin" / "uv",
        f"""case "$1" in
  --version) echo uv 1 ;;
  venv) mkdir -p "$6/bin"; ln -sf "{REAL}" "$6/bin/python" ;;
  pip) echo 'Resolved 208 packages'; echo ' + numpy==1.23.5' ;;
esac""",
    )
    for tool in ("mkdir", "ln"):
        os.symlink(f"/bin/{tool}", tmp_path / "bin" / tool)
    real_python(tmp_path / "bin" / "python3.10")
    return made


def test_the_first_run_installs_with_hashes_and_the_second_does_nothing(
    bootstrap: ModuleType, uv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.main()
    shown = capsys.readouterr().out
    assert "Resolved 208 packages" in shown and "numpy" not in shown, "progress, but no list of names"
    assert shown.endswith("环境已就绪。\n")
    assert f"--require-hashes --compile-bytecode {bootstrap.LOCK}" in calls(uv)
    before = calls(uv)
    bootstrap.main()
    assert calls(uv) == before and capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_anew(bootstrap: ModuleType, uv: Path) -> None:
    bootstrap.main()
    Path(bootstrap.LOCK).write_text("other==2 --hash=sha256:11\n")
    bootstrap.main()
    assert calls(uv).count("--require-hashes") == 2
    wanted = hashlib.sha256(Path(bootstrap.LOCK).read_bytes()).hexdigest()
    assert Path(bootstrap.STAMP).read_text() == wanted


def test_an_installation_that_fails_is_not_taken_for_done(
    bootstrap: ModuleType, uv: Path, tmp_path: Path
) -> None:
    uv.write_text(uv.read_text().replace("echo 'Resolved 208 packages'", "echo 'no network'; exit 2"))
    with pytest.raises(subprocess.CalledProcessError):
        bootstrap.main()
    assert not Path(bootstrap.STAMP).exists()


class TestMake:
    """`make setup` itself needs a Python before it has found one."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        (tmp_path / "tools").mkdir()
        (tmp_path / "tools" / "bootstrap.py").write_text("print('set up')\n")
        shutil.copy(ROOT / "Makefile", tmp_path)
        return tmp_path

    def make(self, project: Path, path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [shutil.which("make") or "make", "setup", "SHELL=/bin/sh"],
            cwd=project,
            env={"PATH": path, "HOME": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_a_python3_that_fails_is_passed_over(self, project: Path) -> None:
        program(project / "shims" / "python3", SHIM)
        done = self.make(project, f"{project / 'shims'}:/usr/bin:/bin")
        assert (done.returncode, done.stdout) == (0, "set up\n")

    def test_without_any_python3_one_sentence_says_what_to_install(self, project: Path) -> None:
        text = (project / "Makefile").read_text().replace("/usr/bin/python3 /usr/local/bin/python3", "")
        (project / "Makefile").write_text(text)
        done = self.make(project, str(project / "nothing"))
        assert done.returncode != 0
        assert "需要先安装 python3" in done.stderr and "command not found" not in done.stderr
