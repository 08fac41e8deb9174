"""What a start does with data, settings or surroundings that are wrong: one sentence, no service."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotline import model
from hotline.datafile import ROOT

SECRET = "geheim7"
REFUSED = b'SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0'


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of the product that can be spoilt."""
    for name in ("hotline", "data", "docs", "actions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "nlu"))
    shutil.copytree(ROOT / "hotline" / "nlu", tmp_path / "hotline" / "nlu")
    shutil.copy(ROOT / "domain.yml", tmp_path)
    return tmp_path


def environment(var: Path, env: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "HOTLINE_VAR": str(var), "HOTLINE_SAMPLE_NUMBERS": "100", **env}


def start(folder: Path, command: str = "run", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hotline", *command.split()],
        cwd=folder,
        env=environment(folder / "var", env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """What the operator reads: one line, on stderr, and the command has failed."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2 and len(lines) == 1, done.stderr
    assert SECRET not in done.stderr + done.stdout
    return lines[0]


@contextlib.contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of something that is no PostgreSQL and no Redis, and treats each connection as `answer` does."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                kept.append(listening.accept()[0])
                answer(kept[-1])

    threading.Thread(target=serve, daemon=True).start()
    yield int(listening.getsockname()[1])
    for each in (listening, *kept):
        each.close()


def silent(_: socket.socket) -> None:
    """Takes connections and never says a word, as a stopped server does."""


def refusing(connection: socket.socket) -> None:
    """What PostgreSQL tells who comes with a wrong password."""
    connection.recv(1000)
    connection.sendall(b"E" + (len(REFUSED) + 4).to_bytes(4, "big") + REFUSED)


def nobody() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


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
    assert only_line(start(installation)).startswith(f"不能启动：{told}")


def test_a_setting_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    assert only_line(start(ROOT, HOTLINE_PORT="abc", HOTLINE_VAR=str(tmp_path))) == (
        "不能启动：HOTLINE_PORT='abc'：要 1 到 65535 之间的整数"
    )


@pytest.mark.parametrize("command", ["run", "setup", "chat", "handoffs list"])
def test_a_database_that_is_away_is_told_by_every_command(tmp_path: Path, command: str) -> None:
    url = f"postgresql+psycopg2://u:{SECRET}@127.0.0.1:{nobody()}/hotline"
    line = only_line(start(ROOT, command, HOTLINE_DATABASE_URL=url, HOTLINE_VAR=str(tmp_path)))
    assert f"HOTLINE_DATABASE_URL={url.replace('u:' + SECRET, '***')}：" in line and "refused" in line


@pytest.mark.parametrize(
    ("answer", "told"), [(silent, "no answer from the server"), (refusing, "password authentication failed")]
)
@pytest.mark.parametrize("keyed", [True, False])
def test_a_database_that_is_silent_or_refuses_us_is_told(
    tmp_path: Path, answer: Callable[[socket.socket], None], told: str, keyed: bool
) -> None:
    if keyed:  # as after the first start: then another way leads to the database
        (tmp_path / "data.key").write_text("00" * 32)
    with server(answer) as port:
        url = f"postgresql+psycopg2://u:{SECRET}@127.0.0.1:{port}/hotline?sslmode=disable"
        line = only_line(start(ROOT, HOTLINE_DATABASE_URL=url, HOTLINE_VAR=str(tmp_path)))
    assert "HOTLINE_DATABASE_URL=" in line and told in line


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["postgres", f"nobody:{SECRET}"])
def test_a_postgresql_without_that_user_or_database_is_told(tmp_path: Path, who: str) -> None:
    url = f"postgresql+psycopg2://{who}@127.0.0.1/no_such_place"
    line = only_line(start(ROOT, HOTLINE_DATABASE_URL=url, HOTLINE_VAR=str(tmp_path)))
    assert "does not exist" in line


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").write_bytes(b"no database at all " * 100)
    line = only_line(start(ROOT, HOTLINE_VAR=str(tmp_path)))
    assert f"HOTLINE_VAR={str(tmp_path)!r}：" in line and "not a database" in line


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_redis_that_is_away_is_told(tmp_path: Path, command: str) -> None:
    url = f"redis://:{SECRET}@127.0.0.1:{nobody()}/0"
    line = only_line(start(ROOT, command, HOTLINE_REDIS_URL=url, HOTLINE_VAR=str(tmp_path)))
    assert f"HOTLINE_REDIS_URL={url.replace(':' + SECRET, '***')}：" in line


def test_a_redis_that_is_silent_is_told(tmp_path: Path) -> None:
    with server(silent) as port:
        url = f"redis://127.0.0.1:{port}/0"
        assert url in only_line(start(ROOT, HOTLINE_REDIS_URL=url, HOTLINE_VAR=str(tmp_path)))


@pytest.mark.parametrize("command", ["run", "numbers make"])
@pytest.mark.parametrize("var", ["/proc", __file__])
def test_a_place_where_nothing_can_be_kept_is_told(command: str, var: str) -> None:
    line = only_line(start(ROOT, command, HOTLINE_VAR=var))
    assert line.startswith(f"不能启动：HOTLINE_VAR={var!r}：要一个能写的目录")


def test_an_address_that_is_not_ours_is_told(tmp_path: Path) -> None:
    env = {"HOTLINE_HOST": "203.0.113.7", "HOTLINE_DEV_API": "0", "HOTLINE_VAR": str(tmp_path)}
    assert (
        "HOTLINE_HOST='203.0.113.7'" in (line := only_line(start(ROOT, **env))) and "不是本机的地址" in line
    )


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with server(silent) as port:
        line = only_line(start(ROOT, HOTLINE_PORT=str(port), HOTLINE_VAR=str(tmp_path / "var")))
    assert f"HOTLINE_PORT={port}：已被别的程序占用" in line
    assert not (tmp_path / "var").exists()


@contextlib.contextmanager
def loading(command: str, until: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """A second process of ours, as soon as it has said so much; killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "hotline", command],
        cwd=ROOT,
        env={**os.environ, "HOTLINE_SAMPLE_NUMBERS": "100", **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        try:
            while until not in (line := running.stdout.readline()):
                assert line, "it ended"
            yield running
        finally:
            running.kill()


@pytest.mark.model
def test_a_second_server_on_the_same_sqlite_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    model.ensure()
    var, url = tmp_path / "var", f"sqlite:///{tmp_path}/link/hotline.db"
    (tmp_path / "link").symlink_to(var)
    with loading("run", "已启动", HOTLINE_VAR=str(var), HOTLINE_PORT=str(nobody())) as first:
        same = {"HOTLINE_VAR": str(var), "HOTLINE_PORT": str(nobody())}
        line = only_line(start(ROOT, **same))
        assert (
            line.startswith(f"不能启动：HOTLINE_VAR={str(var)!r}：已有进程（{first.pid}）")
            and "PostgreSQL" in line
        )
        by_address = {**same, "HOTLINE_VAR": str(tmp_path / "other"), "HOTLINE_DATABASE_URL": url}
        assert f"已有进程（{first.pid}）" in only_line(start(ROOT, **by_address))
        assert start(ROOT, "handoffs list", **same).returncode == 0
        assert "助手：" in start(ROOT, "chat", **same).stdout
        first.kill()
        first.wait()
        with loading("run", "正在载入模型", **same):
            pass


@pytest.mark.model
def test_a_second_terminal_of_the_same_conversation_is_refused(tmp_path: Path) -> None:
    model.ensure()
    with loading("chat", "正在载入模型", HOTLINE_VAR=str(tmp_path)) as first:
        line = only_line(start(ROOT, "chat", HOTLINE_VAR=str(tmp_path)))
        assert f"已有终端（进程 {first.pid}）" in line


@pytest.mark.model
def test_a_port_that_is_lost_while_the_model_is_loaded_is_told(tmp_path: Path) -> None:
    model.ensure()
    port = nobody()
    env = environment(tmp_path, {"HOTLINE_PORT": str(port)})
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "hotline", "run"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        while "载入模型" not in (line := running.stdout.readline()):
            assert line, "it ended"
        with socket.create_server(("127.0.0.1", port)):
            out, err = running.communicate(timeout=120)
    line = only_line(subprocess.CompletedProcess("", running.returncode, out, err))
    assert f"HOTLINE_PORT={port}：已被别的程序占用" in line and "已启动" not in out


@pytest.mark.model
@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_model_that_cannot_be_loaded_is_told(installation: Path, command: str) -> None:
    shutil.copytree(ROOT / "data" / "nlu", installation / "data" / "nlu")
    for name in ("config.yml", "requirements.lock"):
        shutil.copy(ROOT / name, installation)
    (installation / "models").mkdir()
    (installation / "models" / model.MODEL.name).write_bytes(b"no archive")
    (installation / "models" / model.STAMP.name).write_text(model.fingerprint())
    assert only_line(start(installation, command, HOTLINE_PORT=str(nobody()))).startswith(
        "不能启动：载入没有完成（"
    )


@pytest.mark.parametrize("name", ["HOTLINE_DATA_KEY", "HOTLINE_TOKEN_KEY"])
def test_a_key_that_is_none_is_told_by_its_name_only(tmp_path: Path, name: str) -> None:
    line = only_line(start(ROOT, **{name: SECRET, "HOTLINE_VAR": str(tmp_path)}))
    assert line == f"不能启动：{name}：密钥应为 32 字节的 base64 或十六进制"
