"""What may stand in the environment: each setting says what it wants, and a password is never repeated."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hotline.settings import RANGES, SettingError, Settings, veiled

SECRET = "geheim7"


def refused(name: str, raw: str) -> str:
    with pytest.raises(SettingError) as caught:
        Settings.from_env({f"HOTLINE_{name}": raw})
    return str(caught.value)


def test_every_number_has_a_range_that_its_default_is_in() -> None:
    for name, field in Settings.__dataclass_fields__.items():
        if str(field.type) in ("int", "float", "Decimal"):
            least, most = RANGES[name]
            assert least <= getattr(Settings(), name) <= most


@pytest.mark.parametrize("name", sorted(RANGES))
@pytest.mark.parametrize("raw", ["-1", "nan", "inf", "-inf", "1e99", "viel", "99999999999"])
def test_a_number_that_cannot_be_meant_is_refused(name: str, raw: str) -> None:
    told = refused(name.upper(), raw)
    assert told.startswith(f"HOTLINE_{name.upper()}={raw!r}：要 ")


@pytest.mark.parametrize(
    "name",
    ["PORT", "MESSAGE_LIMIT", "ACTION_SECONDS", "RESERVATION_HOURS", "RECOVER_MINUTES", "DRAFT_DAYS"],
)
def test_nothing_at_all_is_refused_where_it_makes_no_sense(name: str) -> None:
    assert "要" in refused(name, "0")


def test_what_is_meant_is_taken() -> None:
    given = {
        "HOTLINE_HEADROOM": "0.3",
        "HOTLINE_SENDER_BURST": "0",
        "HOTLINE_SAMPLE_NUMBERS": "0",
        "HOTLINE_LOG_LEVEL": "INFO",
        "HOTLINE_DEV_API": "off",
        "HOTLINE_ENCODER": "",
        "HOTLINE_VAR": "/srv/hotline",
        "HOTLINE_DATABASE_URL": "postgresql+psycopg2://u:p%40w@[::1]:5432/hotline?sslmode=require",
        "HOTLINE_REDIS_URL": "rediss://:pw@redis.internal:6380/2",
    }
    settings = Settings.from_env(given)
    assert settings.headroom == Decimal("0.3") and settings.var == Path("/srv/hotline")
    assert (settings.dev_api, settings.encoder, settings.sample_numbers) == (False, True, 0)
    assert settings.database == "HOTLINE_DATABASE_URL=postgresql+psycopg2://***@[::1]:5432/hotline?***"


@pytest.mark.parametrize(("name", "raw"), [("LOG_LEVEL", "loud"), ("DEV_API", "vielleicht")])
def test_a_word_that_is_none_of_the_choices_is_refused(name: str, raw: str) -> None:
    assert f"HOTLINE_{name}={raw!r}：要 " in refused(name, raw)


@pytest.mark.parametrize(
    "raw",
    [
        f"mysql://u:{SECRET}@h/db",
        f"postgresql+asyncpg://u:{SECRET}@h/db",
        f"postgresql://u:{SECRET}@h:54x/db",
        f"postgresql://u:{SECRET}@h:54321099/db",
        f"postgresql://u:a@{SECRET}@h:x/db",
        f"postgresql://u:a/{SECRET}@h:x/db",
        f"postgres://h/db?password={SECRET}",
        f"postgres://h/db?password=a@{SECRET}",
        f"host=h password={SECRET}",
        f"u:{SECRET}@h/db",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(raw: str) -> None:
    told = refused("DATABASE_URL", raw)
    assert told.startswith("HOTLINE_DATABASE_URL=") and "要 postgresql+psycopg2://" in told
    assert SECRET not in told


@pytest.mark.parametrize(
    "raw", [f"http://:{SECRET}@h", "127.0.0.1:6379", f"redis://:{SECRET}@h:x", f"redis://h?db={SECRET}"]
)
def test_a_redis_that_cannot_be_used_is_refused_without_its_password(raw: str) -> None:
    told = refused("REDIS_URL", raw)
    assert told.startswith("HOTLINE_REDIS_URL=") and "要 redis://" in told
    assert SECRET not in told


@pytest.mark.parametrize(
    "raw",
    [
        "a.cn",
        "*",
        "null",
        "https://*.a.cn",
        "https://a.cn/page",
        "https://A.cn",
        "https://a.cn:443",
        "http://a.cn:80",
        "https://a.cn:99999",
        "https://a.cn:",
        "https://u:p@a.cn",
        "https://移动.cn",
        "ftp://a.cn",
        "https://",
        "https://a.cn https://b.cn",
        "https://a.cn;https://b.cn",
        "//a.cn",
    ],
)
@pytest.mark.parametrize("before", ["", "https://good.cn, "])
def test_an_origin_that_no_browser_sends_so_is_refused(raw: str, before: str) -> None:
    told = refused("WEB_ORIGINS", before + raw)
    assert told.startswith(f"HOTLINE_WEB_ORIGINS：{raw!r} ") and "要 https://主机" in told


@pytest.mark.parametrize(
    "raw",
    [
        "https://a.cn",
        "https://a.cn/, http://b.com.cn:8080,,",
        "http://localhost:3000",
        "http://[::1]:8080",
        "https://xn--6qq79v.cn",
        "https://a.cn:80",
    ],
)
def test_origins_as_browsers_send_them_are_taken(raw: str) -> None:
    assert Settings.from_env({"HOTLINE_WEB_ORIGINS": raw}).web_origins == raw


def test_where_a_server_is_stays_readable() -> None:
    assert veiled(f"redis://u:{SECRET}@127.0.0.1:6379/3") == "redis://***@127.0.0.1:6379/3"
    assert veiled("sqlite:////srv/hotline.db") == "sqlite:////srv/hotline.db"
