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
from hotline.nlu.encoder import encoder
from hotline.nlu.entities_extract import NameTagger, extract
from hotline.nlu.examples import Example, read_all
from hotline.nlu.lessons import Counted, Lessons, Options, Told
from hotline.nlu.model import OUT_OF_SCOPE, IntentModel
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


class Course:
    """All hand-written sentences taken apart once, so that readers of parts of them are learned quickly."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.asked: dict[str, Example] = {}
        examples = read_all()
        for example in examples:
            self.asked.setdefault(normalise(example.text).text, example)
        self.lessons = Lessons.gather([e.text for e in examples], [e.intent for e in examples], options)
        self.counted = Counted.of(self.lessons, options)

    def _answers(self, model: IntentModel, chosen: np.ndarray) -> list[Answer]:
        asked = [self.asked[text] for text in self.lessons.part(chosen).texts]
        return [answer(model, example.text, example.intent) for example in asked]

    def cross_validate(self, folds: int = FOLDS) -> list[Answer]:
        """Every hand-written sentence, answered by a light reader that was trained on the other folds.

        Not calibrated (accuracy does not need it), and without the encoder, which has seen most of the sentences
        while it was adapted and would flatter itself. A lower bound; cheap with a course that makes no copies.
        """
        written = np.flatnonzero(self.lessons.written)
        fold = np.full(len(self.lessons.texts), folds)
        fold[written] = np.random.default_rng(self.options.seed).permutation(len(written)) % folds
        found = []
        for number in range(folds):
            model = IntentModel.fit(self.counted, fold != number, Told.nothing(self.lessons), self.options)
            found += self._answers(model, fold == number)
        return found

    def held_out(self, real: IntentModel) -> dict[str, list[Answer]]:
        """The eighth of the sentences that the encoder never saw, answered by readers that never saw them either.

        Nothing is left to calibrate on: the weights are those of the ``real`` model.
        """
        held, engine = self.lessons.unseen(), encoder()
        told = Told.nothing(self.lessons)
        if engine is not None and engine.name == real.encoder_name and engine.head is not None:
            told = Told(told.lessons, told.rows, engine.head.ordered(self.lessons.labels))
        model = IntentModel.fit(self.counted, ~held, told, self.options)
        model.light_heat, model.pool, model.encoder_name = real.light_heat, real.pool, real.encoder_name
        both, model.deep = model.deep, None
        found = {"light": self._answers(model, held)}
        model.deep = both
        return {"pooled": self._answers(model, held), **found}


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
    learned = {normalise(example.text).text for example in read_all()}
    for exam in ("dev", "blind"):
        for mode in exams.MODES:
            answers = sit(model, tagger, exam, mode)
            new = [normalise(one.text).text not in learned for one in exams.questions(exam, mode)]
            intents[f"{exam} {mode}"] = _exam(answers)
            intents[f"{exam} {mode}, new"] = _exam([a for a, keep in zip(answers, new, strict=True) if keep])
            intents[f"{exam} {mode} noisy"] = _exam(sit(model, tagger, exam, mode, noisy=True))
            if exam == "dev":
                dev[mode] = answers
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
    crossed = Course(Options.of({**vars(model.options), "copies": 0})).cross_validate()
    say("五折交叉验证")
    hidden = Course(model.options).held_out(model)
    say("编码器没见过的八分之一")
    shown = [*dev[exams.TYPED], *dev[exams.SPOKEN], *hidden["pooled"]]
    asked = [q.text for mode in exams.MODES for q in exams.questions("dev", mode)]
    figures = {
        "date": date.today().isoformat(),
        "sentences": len(read_all()),
        "intents": intents,
        "entities": entities,
        "entity_table": table,
        "cross_validation": _exam(crossed),
        "held_out": {name: _exam(answers) for name, answers in hidden.items()},
        "per_intent": {name: _rates(rates) for name, rates in scores.per_intent(shown).items()},
        "confusions": [
            {"wanted": wanted, "said": said, "number": number}
            for (wanted, said), number in scores.confusions(shown).most_common()
        ],
        "calibration": _calibration(hidden["pooled"]),
        "foreign_curve": _curve(hidden["pooled"]),
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
