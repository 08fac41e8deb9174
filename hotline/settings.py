"""The only reader of the environment. Every setting has a name, a meaning and a default that is safe."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hotline.datafile import ROOT


class SettingError(ValueError):
    """A setting that cannot be used; the message names the variable and what is expected."""


@dataclass(frozen=True)
class Settings:
    """What can be set from outside. Times in the unit that the name bears."""

    # --- where things lie
    var: Path = ROOT / "var"  # databases, keys, uploads: everything that must survive a restart
    database_url: str = ""  # HOTLINE_DATABASE_URL; empty: SQLite in var/
    redis_url: str = ""  # HOTLINE_REDIS_URL; only for more than one process
    # --- the server
    host: str = "127.0.0.1"
    port: int = 5005
    dev_api: bool = True  # REST channel and HTTP API, loopback only; off in deployment
    web_origins: str = ""  # pages of other origins that may embed the widget: https://a.cn,https://b.cn
    # --- secrets (empty: made on the first local run, kept in var/ with mode 0600)
    data_key: str = ""
    token_key: str = ""
    # --- the business
    headroom: Decimal = Decimal("0.20")  # growth assumed when the customer names none (F018)
    working_days_per_month: int = 22  # F019
    reservation_hours: int = 24
    draft_days: int = 30  # an unfinished draft and its conversation are kept so long
    volunteered_minutes: int = 30  # contact details said before consent are kept so long
    # --- understanding
    readings_kept: int = 4096  # texts typed before whose meaning is kept in memory; 0: each is read anew
    encoder: bool = True  # off: the light model alone, without the sentence encoder
    # --- limits
    message_limit: int = 2000  # characters
    action_seconds: float = 5.0
    sender_burst: int = 20  # messages of one sender at once; 0: no limit (load tests)
    sender_per_minute: float = 60.0
    address_burst: int = 120  # of one network address: a company's office has one; 0: no limit
    address_per_minute: float = 600.0
    sample_numbers: int = 200_000
    # --- operations
    # an acknowledged message is still carried out by a restart so much later (a process is back in seconds, a machine
    # in two or three minutes); whoever waited longer has gone on, and is asked to say it again
    recover_minutes: float = 3.0
    log_level: str = "warning"  # "info" adds a line for each turn
    # for /metrics and the reasons of /health; empty: for nobody in deployment, while developing for this machine only
    metrics_token: str = ""

    @property
    def db_url(self) -> str:
        """The database in use, as an SQLAlchemy address."""
        return self.database_url or f"sqlite:///{self.var / 'hotline.db'}"

    @property
    def database(self) -> str:
        """Which setting names the database, and what it says, without the password: for messages."""
        if self.database_url:
            return f"HOTLINE_DATABASE_URL={veiled(self.database_url)}"
        return f"HOTLINE_VAR={str(self.var)!r}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read ``HOTLINE_*``. Raises SettingError for a value that cannot be meant."""
        source = os.environ if env is None else env
        values: dict[str, object] = {}
        for name, field in cls.__dataclass_fields__.items():
            raw = source.get("HOTLINE_" + name.upper())
            if raw is None or raw == "":
                continue
            values[name] = _convert(name, raw, str(field.type))
        return cls(**values)  # type: ignore[arg-type]

    def make_var(self) -> None:
        """Make HOTLINE_VAR if need be. Raises SettingError when nothing can be written there."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.var).close()
        except OSError as error:
            raise SettingError(
                f"HOTLINE_VAR={str(self.var)!r}：要一个能写的目录（{error.strerror}）"
            ) from error


#: the least and the most that a number may be; what is 0 "for none" says so above
RANGES: dict[str, tuple[float, float]] = {
    "port": (1, 65535),
    "headroom": (0, 1),  # 0.2: a fifth more
    "working_days_per_month": (1, 31),
    "reservation_hours": (1, 24 * 90),
    "draft_days": (1, 3650),
    "volunteered_minutes": (1, 24 * 60),
    "readings_kept": (0, 10_000_000),
    "message_limit": (1, 20_000),  # three bytes each: a request has 64 KB
    "action_seconds": (0.1, 120),
    "sender_burst": (0, 1_000_000),
    "sender_per_minute": (0.1, 1_000_000),
    "address_burst": (0, 1_000_000),
    "address_per_minute": (0.1, 1_000_000),
    "sample_numbers": (0, 2_000_000),  # so many numbers the segments have
    "recover_minutes": (0.1, 24 * 60),
}
_SWITCH = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
_LEVELS = ("debug", "info", "warning", "error")
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2"}
_DATABASE = "postgresql+psycopg2://用户:密码@主机:端口/库名 或 sqlite:////目录/文件.db"
_REDIS = "redis://:密码@主机:端口/编号（加密的写 rediss://）"
_NO_PORT = (("http", "80"), ("https", "443"))  # browsers leave it out
_ORIGIN = (
    "https://主机 或 https://主机:端口（也可以是 http；几个用逗号隔开；小写，中文域名写成 xn--…；"
    "不带路径、不写 * 和默认端口）"
)
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z0-9+]+://)(?P<who>[^/?#@]*@)?(?P<place>(?:[\w.-]*|\[[\da-fA-F:.]+\])(?::\d*)?(?:/[^?#@]*)?)"
    r"(?P<more>\?.*)?",
    re.DOTALL,
)


def veiled(address: str) -> str:
    """The address of a server without user, password and options; less, where it is not clear which part is which."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        scheme = re.match(r"[a-z0-9+]+://", address)
        return f"{scheme.group() if scheme else ''}***"
    who, more = "***@" if match["who"] else "", "?***" if match["more"] else ""
    return f"{match['scheme']}{who}{match['place']}{more}"


def _convert(field: str, raw: str, kind: str) -> object:
    name = f"HOTLINE_{field.upper()}"
    if kind == "bool":
        if raw.lower() not in _SWITCH:
            raise SettingError(f"{name}={raw!r}：要 1（开）或 0（关）")
        return _SWITCH[raw.lower()]
    if kind == "Path":
        return Path(raw)
    if kind == "str":
        return _text(field, name, raw)
    least, most = RANGES[field]
    try:
        value = {"int": int, "float": float, "Decimal": Decimal}[kind](raw)
        if not least <= value <= most:  # also for what is no number (nan)
            raise ValueError
    except (ValueError, ArithmeticError):
        wanted = "整数" if kind == "int" else "数"
        raise SettingError(f"{name}={raw!r}：要 {least} 到 {most} 之间的{wanted}") from None
    return value


def _text(field: str, name: str, raw: str) -> str:
    if field == "log_level":
        if raw.lower() not in _LEVELS:
            raise SettingError(f"{name}={raw!r}：要 {'、'.join(_LEVELS)} 之一")
    elif field == "database_url" and not _names_a_database(raw):
        raise SettingError(f"{name}={veiled(raw)}：要 {_DATABASE}")
    elif field == "redis_url" and not _names_a_redis(raw):
        raise SettingError(f"{name}={veiled(raw)}：要 {_REDIS}")
    elif field == "web_origins":
        for origin in filter(None, map(str.strip, raw.split(","))):
            if not _names_an_origin(origin):
                raise SettingError(f"{name}：{origin!r} 不是网页的来源，要 {_ORIGIN}")
    return raw


def _names_a_database(address: str) -> bool:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return False
    if url.drivername not in _DRIVERS or not 0 < (url.port or 1) <= 65535:
        return False
    return url.get_backend_name() != "sqlite" or bool(url.database and url.database != ":memory:")


def _names_a_redis(address: str) -> bool:
    from redis.connection import parse_url

    try:
        parse_url(address)
    except ValueError:
        return False
    return True


def _names_an_origin(given: str) -> bool:
    """Whether a browser could send it so: an origin is compared letter by letter, and another spelling never met it."""
    match = re.fullmatch(
        r"(https?)://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?/?", given
    )
    if match is None:
        return False
    return match[2] is None or ((match[1], match[2]) not in _NO_PORT and int(match[2]) <= 65535)
