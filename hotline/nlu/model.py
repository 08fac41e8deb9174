"""What a sentence wants: the trained understanding, without Rasa.

Two readers. The *light* one (n-grams, words, sounds) answers alone when it is sure. Otherwise the
sentence encoder is asked too, and their opinions are pooled. Both say how sure they are in the same,
calibrated way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import log_softmax

from hotline.nlu.augment import KINDS, copies
from hotline.nlu.encoder import Head, digest_of, encode_cached, encoder, unseen
from hotline.nlu.features import Features
from hotline.nlu.frames import sentences
from hotline.nlu.linear import Linear, fit_dense, fit_sparse, pool_weights, temperature
from hotline.nlu.normalise import normalise
from hotline.progress import stage

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
SPREAD = 4.0  # sentence vectors lie close together; scaled, the usual strengths of regularisation fit


@dataclass(frozen=True)
class Options:
    """What ``config.yml`` may set."""

    blocks: dict[str, float] = field(default_factory=lambda: {"char": 1.0, "word": 0.7, "sound": 0.8})
    augmentation: tuple[str, ...] = KINDS
    copies: int = 1
    frames: int = 60  # made-up sentences per intent
    encoder: bool = True
    encoded: int = 60  # hand-written sentences per intent that the encoder reads if it brings no head
    calibrated: int = 1200  # sentences unknown to the encoder on which the opinions are weighed
    encoder_strength: float = 3.0
    sure: float = 0.95  # the light reader answers alone from this confidence on
    foreign: float = 0.06  # a sentence is foreign when its confidence reaches this, even if not the best
    nothing: float = 0.06  # below: nothing was recognised
    ranking: int = 12
    seed: int = 400

    @classmethod
    def of(cls, config: dict[str, Any]) -> Options:
        """From a configuration that may hold other keys too."""
        known = {name: config[name] for name in cls.__dataclass_fields__ if name in config}
        if "augmentation" in known:
            known["augmentation"] = tuple(known["augmentation"] or ())
        return cls(**known)


@dataclass(frozen=True)
class Lessons:
    """What is learned from: normalised sentences, their label numbers and which are hand-written."""

    texts: list[str]
    targets: np.ndarray
    written: np.ndarray
    labels: list[str]

    @classmethod
    def gather(cls, texts: Sequence[str], intents: Sequence[str], options: Options) -> Lessons:
        """Hand-written sentences first, made-up ones where their intent is taught and the sentence is new."""
        known: dict[str, str] = {}
        for text, intent in zip(texts, intents, strict=True):
            known.setdefault(normalise(text).text, intent)
        number, taught = len(known), set(intents)
        if options.frames:
            for text, intent in sentences(options.frames, options.seed):
                if intent in taught:
                    known.setdefault(normalise(text).text, intent)
        labels = sorted(taught)
        place = {label: i for i, label in enumerate(labels)}
        targets = np.array([place[intent] for intent in known.values()])
        return cls(list(known), targets, np.arange(len(known)) < number, labels)

    def part(self, chosen: np.ndarray) -> Lessons:
        """Those where ``chosen`` is true."""
        texts = [text for text, keep in zip(self.texts, chosen, strict=True) if keep]
        return Lessons(texts, self.targets[chosen], self.written[chosen], self.labels)

    def for_encoder(self, most: int, new: int) -> np.ndarray:
        """Which are worth the time of encoding: ``most`` per intent of those it knows, and ``new`` unseen, by hash."""
        order = np.argsort([digest_of(text)[1:] for text in self.texts], kind="stable")
        unseen, chosen = self.unseen(), np.zeros(len(self.texts), bool)
        chosen[[place for place in order if unseen[place]][:new]] = True
        taken = np.zeros(len(self.labels), int)
        for place in order:
            if self.written[place] and not unseen[place] and taken[self.targets[place]] < most:
                taken[self.targets[place]] += 1
                chosen[place] = True
        return chosen

    def unseen(self) -> np.ndarray:
        """Which hand-written ones the encoder was not adapted to."""
        return self.written & np.array([unseen(text) for text in self.texts], bool)


@dataclass(frozen=True)
class Told:
    """What the encoder said of some lessons: a row for each."""

    lessons: Lessons
    rows: np.ndarray
    head: Head | None = None

    def part(self, chosen: np.ndarray) -> Told:
        """Those where ``chosen`` is true."""
        return Told(self.lessons.part(chosen), self.rows[chosen], self.head)

    def reader(self, options: Options) -> tuple[Linear | None, np.ndarray]:
        """Who reads intents from rows, and the rows' centre: the head, or what is learned from the rows."""
        if self.head is not None:
            centre = np.zeros(len(self.head.weights), np.float32)
            return Linear(self.head.weights / SPREAD, self.head.bias), centre
        if not len(self.rows):
            return None, np.zeros(0, np.float32)
        centre = self.rows.mean(axis=0)
        spread, targets = (self.rows - centre) * SPREAD, list(self.lessons.targets)
        size = len(self.lessons.labels)
        return fit_dense(spread, targets, size, options.encoder_strength, options.seed), centre


@dataclass(frozen=True)
class Reading:
    """The answer for one sentence: intents with calibrated confidence, best first."""

    ranking: tuple[tuple[str, float], ...]
    asked_encoder: bool = False

    @property
    def intent(self) -> str:
        """The best intent."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """How sure it is."""
        return self.ranking[0][1]


@dataclass
class IntentModel:
    """A trained reader; ``read`` is safe to call from several threads."""

    options: Options
    labels: list[str]
    features: Features
    light: Linear
    deep: Linear | None
    centre: np.ndarray
    light_heat: float = 1.0
    pool: tuple[float, float] = (0.5, 0.5)  # weights of both opinions
    encoder_name: str = ""

    # --- training ---------------------------------------------------------------------------------

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], options: Options) -> IntentModel:
        """Learn from sentences. Some are held out first to calibrate on; then everything is learned."""
        with stage("整理例句、造句式"):
            lessons = Lessons.gather(texts, intents, options)
        engine = encoder() if options.encoder else None
        told = Told(lessons.part(np.zeros(len(lessons.texts), bool)), np.zeros((0, 0), np.float32))
        head = engine.head.ordered(lessons.labels) if engine and engine.head else None
        if engine is not None:
            # a head was learned from all sentences; without one a reader of the encoder's rows is learned here
            encoded = lessons.part(lessons.for_encoder(0 if head else options.encoded, options.calibrated))
            told = Told(encoded, encode_cached(encoded.texts, engine), head)
        with stage("学习全部例句"):
            model = cls._fit(lessons, told, options)
        model.encoder_name = engine.name if engine else ""
        held = lessons.unseen()
        if held.any():
            with stage("留出一部分，校准置信度"):
                trial = cls._fit(lessons.part(~held), told.part(~told.lessons.unseen()), options)
                model._calibrate(trial, lessons.part(held), told.part(told.lessons.unseen()))
        return model

    @classmethod
    def _fit(cls, lessons: Lessons, told: Told, options: Options) -> IntentModel:
        learned, wanted = list(lessons.texts), list(lessons.targets)
        for text, target in zip(lessons.texts, lessons.targets, strict=True):
            if options.augmentation and options.copies:
                more = copies(text, options.augmentation, options.copies, options.seed)
                learned += [normalise(copy).text for copy in more]
                wanted += [target] * len(more)
        features, size = Features.learn(lessons.texts, options.blocks, least=1), len(lessons.labels)
        light = fit_sparse(features.matrix(learned), wanted, size, options.seed)
        deep, centre = told.reader(options)
        return cls(options, lessons.labels, features, light, deep, centre)

    def _calibrate(self, trial: IntentModel, held: Lessons, told: Told) -> None:
        light = np.stack([trial._light(text) for text in held.texts])
        self.light_heat = temperature(light, held.targets)
        if len(told.rows):
            light = np.stack([trial._light(text) for text in told.lessons.texts])
            self.pool = pool_weights(light, trial._deep(told.rows), told.lessons.targets)

    # --- reading ----------------------------------------------------------------------------------

    def _light(self, clean: str) -> np.ndarray:
        return self.light.sparse(*self.features.row(clean))

    def _deep(self, rows: np.ndarray) -> np.ndarray:
        if self.deep is None:
            raise ValueError("this model was trained without the encoder")
        return self.deep.dense((rows - self.centre) * SPREAD)

    def read(self, text: str) -> Reading:
        """What ``text`` wants. Text without any letter, digit or character gives the fallback."""
        clean = normalise(text).text
        if not any(char.isalnum() for char in clean):
            return self._ranked(np.full(len(self.labels), 1 / len(self.labels)), False, nothing=True)
        light = self._light(clean)
        chances = np.exp(log_softmax(light / self.light_heat))
        if self.deep is None or chances.max() >= self.options.sure:
            return self._ranked(chances, False)
        engine = encoder()
        if engine is None or engine.name != self.encoder_name:
            return self._ranked(chances, False)
        deep = self._deep(engine([clean])[0])
        return self._ranked(np.exp(self.pooled(light, deep)), True)

    def pooled(self, light: np.ndarray, deep: np.ndarray) -> np.ndarray:
        """Log probabilities from both opinions."""
        return np.asarray(log_softmax(self.pool[0] * light + self.pool[1] * deep, axis=-1))

    def _ranked(self, chances: np.ndarray, deep: bool, nothing: bool = False) -> Reading:
        best = np.argsort(-chances)[: self.options.ranking]
        ranking = [(self.labels[i], float(chances[i])) for i in best]
        if nothing or ranking[0][1] < self.options.nothing:
            ranking.insert(0, (FALLBACK, 1 - ranking[0][1]))
        else:
            for place, (name, chance) in enumerate(ranking):
                if name == OUT_OF_SCOPE and chance >= self.options.foreign:
                    ranking.insert(0, ranking.pop(place))
                    break
        return Reading(tuple(ranking), deep)

    # --- storage ----------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Write JSON and npz into ``folder``."""
        self.features.save(folder)
        plain = {
            "options": asdict(self.options),
            "labels": self.labels,
            "light_heat": self.light_heat,
            "pool": self.pool,
            "encoder": self.encoder_name,
        }
        (folder / "model.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
        # half precision halves the archive; the scores differ in the third decimal
        arrays = {
            "light": self.light.weights.astype(np.float16),
            "light_bias": self.light.bias,
            "centre": self.centre,
        }
        if self.deep is not None:
            arrays |= {"deep": self.deep.weights, "deep_bias": self.deep.bias}
        np.savez(folder / "weights.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what ``save`` wrote. Raises OSError or ValueError for a damaged folder."""
        plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            deep = Linear(stored["deep"], stored["deep_bias"]) if "deep" in stored else None
            light, centre = Linear(stored["light"].astype(np.float32), stored["light_bias"]), stored["centre"]
        return cls(
            Options.of(plain["options"]),
            plain["labels"],
            Features.load(folder),
            light,
            deep,
            centre,
            plain["light_heat"],
            (plain["pool"][0], plain["pool"][1]),
            plain["encoder"],
        )
