"""The examination of the trained model: everything that ``docs/nlu.md`` reports, as one plain object."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from hotline import model as trained
from hotline.datafile import ROOT
from hotline.examine import exams, report, scores, speed
from hotline.examine.scores import Answer, Rates
from hotline.nlu import noise
from hotline.nlu.cli import load_intents, load_names, read
from hotline.nlu.encoder import unseen
from hotline.nlu.entities_extract import NameTagger, extract
from hotline.nlu.examples import read_all
from hotline.nlu.model import OUT_OF_SCOPE, IntentModel, Lessons, Options, Told
from hotline.nlu.normalise import normalise

DOCUMENT, FIGURES, PICTURE = (ROOT / "docs" / name for name in ("nlu.md", "nlu.json", "nlu-confusions.svg"))
NOISE_SEED = 7
FOLDS = 5
STEPS = tuple(round(0.05 * step, 2) for step in range(1, 20))
EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
_NOISE: dict[str, Callable[[str, int], str]] = {exams.TYPED: noise.typed, exams.SPOKEN: noise.spoken}


def answer(model: IntentModel, text: str, wanted: str, tagger: NameTagger | None = None) -> Answer:
    """What the pipeline says of one sentence."""
    ranking = read(text, model, tagger)["intent_ranking"]
    foreign = next((one["confidence"] for one in ranking if one["name"] == OUT_OF_SCOPE), 0.0)
    return Answer(wanted, ranking[0]["name"], ranking[0]["confidence"], foreign)


def sit(
    model: IntentModel, tagger: NameTagger | None, exam: str, mode: str, noisy: bool = False
) -> list[Answer]:
    """The answers to one exam; ``noisy`` spoils each sentence first, with a fixed seed."""
    change = _NOISE[mode] if noisy else lambda text, seed: text
    return [
        answer(model, change(one.text, NOISE_SEED), one.intent, tagger) for one in exams.questions(exam, mode)
    ]


def values(exam: str, tagger: NameTagger | None) -> dict[str, dict[str, Rates]]:
    """Per mode: the table of entities."""
    found: dict[str, list[dict[str, Rates]]] = {mode: [] for mode in exams.MODES}
    for case in exams.value_cases(exam):
        said = [(e["entity"], e["value"], e.get("role")) for e in extract(case.text, tagger)]
        found[case.mode].append(scores.entity_rates(case.wanted, said))
    return {mode: scores.merged(tables) for mode, tables in found.items()}


def cross_validate(options: Options, folds: int = FOLDS) -> list[Answer]:
    """Every hand-written sentence, answered by a light reader that was trained on the other folds.

    The cheap variant: one changed copy of each sentence, no calibration (accuracy does not need it), and no
    encoder, which has seen most of the sentences while it was adapted and would flatter itself. A lower bound.
    """
    light = Options.of({**vars(options), "encoder": False, "copies": 1})
    examples = read_all()
    fold = np.random.default_rng(options.seed).permutation(len(examples)) % folds
    found = []
    for number in range(folds):
        shown = [e for e, part in zip(examples, fold, strict=True) if part != number]
        lessons = Lessons.gather([e.text for e in shown], [e.intent for e in shown], light)
        nothing = Told(lessons.part(np.zeros(len(lessons.texts), bool)), np.zeros((0, 0), np.float32))
        model = IntentModel._fit(lessons, nothing, light)
        asked = [e for e, part in zip(examples, fold, strict=True) if part == number]
        found += [answer(model, e.text, e.intent) for e in asked]
    return found


def held_out(options: Options) -> list[Answer]:
    """The eighth of the sentences that the encoder never saw, answered by readers that never saw them either."""
    examples = read_all()
    new = [unseen(normalise(example.text).text) for example in examples]
    shown = [e for e, hidden in zip(examples, new, strict=True) if not hidden]
    asked = [e for e, hidden in zip(examples, new, strict=True) if hidden]
    model = IntentModel.train([e.text for e in shown], [e.intent for e in shown], options)
    # nothing was left to calibrate on: the weights are those of the real model
    model.light_heat, model.pool = _weights()
    return [answer(model, e.text, e.intent) for e in asked]


def _weights() -> tuple[float, tuple[float, float]]:
    real = load_intents(trained.MODEL)
    return real.light_heat, real.pool


def _exam(answers: Sequence[Answer]) -> dict[str, float]:
    return {
        "sentences": len(answers),
        "accuracy": scores.accuracy(answers),
        "foreign_refused": scores.foreign_recall(answers),
        "proper_refused": scores.refused_proper(answers),
    }


def _rates(rates: Rates) -> dict[str, float]:
    return {
        "number": rates.hits + rates.missed,
        "precision": rates.precision,
        "recall": rates.recall,
        "f1": rates.f1,
    }


def _curve(answers: Sequence[Answer]) -> list[dict[str, float]]:
    return [
        {"threshold": step, "foreign_refused": foreign, "proper_refused": proper}
        for step, foreign, proper in scores.foreign_curve(answers, STEPS)
    ]


def _calibration(answers: Sequence[Answer]) -> dict[str, Any]:
    bins = scores.calibration(answers, EDGES)
    return {"error": scores.calibration_error(bins), "bins": [vars(one) for one in bins]}


def examine(model_file: Path = trained.MODEL) -> dict[str, Any]:
    """All figures of the trained model. Of the blind exam totals only."""
    model, tagger = load_intents(model_file), load_names(model_file).find
    say = _Progress()
    dev: dict[str, list[Answer]] = {}
    intents: dict[str, dict[str, float]] = {}
    for mode in exams.MODES:
        dev[mode] = sit(model, tagger, "dev", mode)
        intents[f"dev {mode}"] = _exam(dev[mode])
        intents[f"dev {mode} noisy"] = _exam(sit(model, tagger, "dev", mode, noisy=True))
        intents[f"blind {mode}"] = _exam(sit(model, tagger, "blind", mode))
    say("考试")
    entities = {}
    for exam in ("dev", "blind"):
        tables = values(exam, tagger)
        for mode in exams.MODES:
            entities[f"{exam} {mode}"] = _rates(scores.together(tables[mode].values()))
        whole = scores.merged(tables.values())
        entities[exam] = _rates(scores.together(whole.values()))
        if exam == "dev":
            table = {name: _rates(rates) for name, rates in whole.items()}
    say("实体")
    crossed = cross_validate(model.options)
    say("五折交叉验证")
    new = held_out(model.options)
    say("编码器没见过的八分之一")
    both = [*dev[exams.TYPED], *dev[exams.SPOKEN]]
    asked = [q.text for mode in exams.MODES for q in exams.questions("dev", mode)]
    figures = {
        "date": date.today().isoformat(),
        "sentences": len(read_all()),
        "intents": intents,
        "entities": entities,
        "entity_table": table,
        "cross_validation": _exam(crossed),
        "held_out": _exam(new),
        "per_intent": {name: _rates(rates) for name, rates in scores.per_intent([*both, *new]).items()},
        "confusions": [
            {"wanted": wanted, "said": said, "number": number}
            for (wanted, said), number in scores.confusions([*both, *new]).most_common()
        ],
        "calibration": _calibration(new),
        "foreign_curve": _curve(new),
        "thresholds": {name: getattr(model.options, name) for name in ("sure", "foreign", "nothing")},
        "asked_encoder": sum(model.read(text).asked_encoder for text in asked) / len(asked),
        "encoder": model.encoder_name,
        "speed": speed.measure(model_file, asked),
        "load_average": os.getloadavg()[0],
        "training": trained.training_record(),
    }
    say("速度与内存")
    return figures


class _Progress:
    def __init__(self) -> None:
        self.began = time.monotonic()

    def __call__(self, stage: str) -> None:
        now = time.monotonic()
        print(f"{stage}  {now - self.began:.0f} 秒", flush=True)
        self.began = now


def write_report() -> int:
    """Examine and write ``docs/nlu.md``, its picture and the figures as JSON."""
    figures = examine()
    FIGURES.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    PICTURE.write_text(report.picture(figures), encoding="utf-8")
    DOCUMENT.write_text(report.document(figures), encoding="utf-8")
    print(report.summary(figures))
    return 0


def show_errors() -> int:
    """The dev exam on the screen: what was wrong, and the totals."""
    model, tagger = load_intents(trained.MODEL), load_names(trained.MODEL).find
    for mode in exams.MODES:
        answers = sit(model, tagger, "dev", mode)
        for question, one in zip(exams.questions("dev", mode), answers, strict=True):
            if not one.right:
                print(
                    f"{mode}  {question.text}\n    应为 {one.wanted}，答成 {one.said}（{one.confidence:.2f}）"
                )
        print(f"{mode}: {scores.accuracy(answers):.1%}")
    for case in exams.value_cases("dev"):
        said = [(e["entity"], e["value"], e.get("role")) for e in extract(case.text, tagger)]
        total = scores.together(scores.entity_rates(case.wanted, said).values())
        if total.false or total.missed:
            print(f"{case.text}\n    应为 {list(case.wanted)}\n    找到 {said}")
    return 0
