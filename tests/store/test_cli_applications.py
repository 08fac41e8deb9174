"""The operator's commands over a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.__main__ import main
from hotline.business import reviewing
from hotline.services import build
from hotline.settings import Settings
from tests.store.world import CHOICES, CONTACT, NEED


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One submitted application in a fresh installation."""
    monkeypatch.setenv("HOTLINE_VAR", str(tmp_path))
    services = build(Settings.from_env())
    services.database.upgrade()
    applications = services.applications
    applications.record("c1", {**NEED, **CHOICES}, "t1", "web")
    applications.consent("c1", "granted", "t2", "web")
    applications.record("c1", CONTACT, "t3", "web")
    done = applications.submit("c1", "web", seen=reviewing.seen(applications.draft("c1"), ""))
    services.close()
    return done.application.reference  # type: ignore[union-attr]


def test_an_application_is_shown_masked_unless_asked(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["application", "show", reference.lower()]) == 0
    shown = capsys.readouterr().out
    assert "13800138000" not in shown and "王小明" not in shown and "杭州晨星" in shown
    main(["application", "show", reference, "--personal"])
    assert "13800138000" in capsys.readouterr().out


def test_it_is_advanced_and_the_step_is_in_its_history(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["application", "advance", reference, "reviewing", "--by", "李工"]) == 0
    assert main(["application", "advance", reference, "paid"]) == 1
    assert main(["application", "advance", "AAAA-AAAA", "paid"]) == 1
    capsys.readouterr()
    main(["application", "show", reference])
    shown = capsys.readouterr().out
    assert "submitted → reviewing" in shown and "李工" in shown
    main(["application", "list", "--status", "reviewing"])
    assert reference[:4] in capsys.readouterr().out


def test_a_person_is_deleted_by_phone(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["application", "erase", "1380013"]) == 1
    assert main(["application", "erase", "138 0013 8000"]) == 0
    assert "applications 1" in capsys.readouterr().out
    assert main(["application", "show", reference]) == 1


def test_unanswered_messages_are_listed(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    services = build(Settings.from_env())
    services.gaps.note("c1", "t1", "能开视频会议吗", [("ivr", 0.4)])
    services.close()
    assert main(["gaps"]) == 0
    assert "能开视频会议吗" in capsys.readouterr().out
