"""What must be right before the first message, and in what words an operator hears of it when it is not."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from hotline.settings import Settings, veiled

REDIS_SECONDS = 3.0  # to connect, and to answer
_ADDRESS_ERRORS = {
    errno.EADDRINUSE: "已被别的程序占用：换一个 HOTLINE_PORT，或先停掉那个程序",
    errno.EADDRNOTAVAIL: "不是本机的地址：HOTLINE_HOST 要写本机的地址，例如 127.0.0.1 或 0.0.0.0",
    errno.EACCES: "没有权限用这个端口：换一个 1024 以上的 HOTLINE_PORT",
}


class NotReady(RuntimeError):
    """Why the service cannot start, in one sentence for the operator."""


def ask_address(settings: Settings) -> None:
    """Whether we could listen where we are told to, as the server will. Raises NotReady."""
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except (OSError, UnicodeError) as error:
        raise NotReady(address_words(error, settings)) from error


def address_words(error: BaseException, settings: Settings) -> str:
    """Why nothing can listen at HOTLINE_HOST and HOTLINE_PORT."""
    where = f"HOTLINE_HOST={settings.host!r}、HOTLINE_PORT={settings.port}："
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return where + _ADDRESS_ERRORS[errno.EADDRNOTAVAIL]
    return where + _ADDRESS_ERRORS.get(getattr(error, "errno", 0) or 0, f"不能监听（{_first_line(error)}）")


def ask_redis(settings: Settings) -> None:
    """Whether Redis answers, if there is to be one: without it no message could be handled. Raises NotReady."""
    if not settings.redis_url:
        return
    import redis

    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    try:
        client.ping()
    except Exception as error:  # a wrong option of the address is a TypeError
        raise NotReady(
            f"HOTLINE_REDIS_URL={veiled(settings.redis_url)}：Redis 连不上（{type(error).__name__}）。"
            "请看它是否在运行、地址和密码对不对；只有一个进程就不用设"
        ) from error
    finally:
        client.close()


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Inside, no other process serves on this SQLite: turns are kept in order by locks in the memory of one process.

    The kernel gives the lock back however the process ends. Commands and `chat` do not take it: what they do is put in
    order by the database. Nothing to do with a server for a database. Raises NotReady.
    """
    url = make_url(settings.db_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    settings.make_var()
    with _only_one(Path(f"{os.path.realpath(url.database)}.serving")) as other:
        if other is not None:
            raise NotReady(
                f"{settings.database}：已有进程（{other}）在这个 SQLite 数据库上服务。SQLite 只能由一个进程服务："
                "要几个进程，请用 PostgreSQL（HOTLINE_DATABASE_URL）和 Redis（HOTLINE_REDIS_URL）；"
                "要另起一套，请换一个 HOTLINE_VAR"
            )
        yield


@contextlib.contextmanager
def one_terminal(settings: Settings) -> Iterator[None]:
    """Inside, nobody else chats in a terminal of this HOTLINE_VAR: it is one conversation. Raises NotReady."""
    with _only_one(settings.var / "terminal.lock") as other:
        if other is not None:
            raise NotReady(
                f"HOTLINE_VAR={str(settings.var)!r}：已有终端（进程 {other}）在对话，先在那边结束，或换一个 HOTLINE_VAR"
            )
        yield


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[str | None]:
    """Lock a file as long as the block lasts. Gives None, or the number of the process that has locked it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NotReady(f"{path}：{error.strerror}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(held, 20).decode(errors="replace").strip()
        os.close(held)
        yield other or "?"
        return
    except OSError as error:  # a file system that knows no locks
        os.close(held)
        raise NotReady(f"{path}：不能加锁（{error.strerror}）") from error
    try:
        os.ftruncate(held, 0)
        os.write(held, f"{os.getpid()}\n".encode())
        yield None
    finally:
        os.close(held)  # and not the file: who has just opened it would lock one that is no longer there


def why(error: BaseException, settings: Settings) -> str:
    """A failure of the start in one line. Nothing secret stands in it."""
    if isinstance(error, SQLAlchemyError):
        told = _first_line(getattr(error, "orig", None) or error)
        password = make_url(settings.db_url).password
        if password:
            told = told.replace(str(password), "***")
        asked = (
            "请看服务器是否在运行，主机、端口、用户、密码和库名对不对"
            if settings.database_url
            else "请看目录和磁盘"
        )
        return f"{settings.database}：数据库不能用（{told}）。{asked}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}：{error.strerror}"
    return _first_line(error)


def not_loaded(error: Exception, settings: Settings) -> NotReady:
    """What to raise for a model that could not be put to work."""
    return NotReady(f"载入没有完成（{type(error).__name__}）：{why(error, settings)}")


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Failures(logging.Filter):
    """Put on Sanic's logger until the server runs: keeps what it would tell of with a stack trace, for one sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.first: BaseException | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and self.first is None:
            self.first = record.exc_info[1]
        return False
