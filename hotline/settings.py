"""The only reader of the environment. Every setting has a name, a meaning and a default that is safe."""

from __future__ import annotations

import os
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
    metrics_token: str = ""  # empty: /metrics and the reasons of /health are for this machine only

    @property
    def db_url(self) -> str:
        """The database in use, as an SQLAlchemy address."""
        return self.database_url or f"sqlite:///{self.var / 'hotline.db'}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read ``HOTLINE_*``. Raises SettingError for a value of the wrong kind."""
        source = os.environ if env is None else env
        values: dict[str, object] = {}
        for name, field in cls.__dataclass_fields__.items():
            raw = source.get("HOTLINE_" + name.upper())
            if raw is None or raw == "":
                continue
            values[name] = _convert("HOTLINE_" + name.upper(), raw, str(field.type))
        return cls(**values)  # type: ignore[arg-type]


def _convert(name: str, raw: str, kind: str) -> object:
    try:
        if kind == "bool":
            return {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}[
                raw.lower()
            ]
        return {"int": int, "float": float, "Decimal": Decimal, "Path": Path, "str": str}[kind](raw)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise SettingError(f"{name}={raw!r}：这里要的是 {kind}") from error
