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
from hotline.nlu.encoder import encode_cached, encoder, unseen
from hotline.nlu.features import Features
from hotline.nlu.frames import sentences
from hotline.nlu.linear import Linear, fit_dense, fit_sparse, pool_weights, temperature
from hotline.nlu.normalise import normalise

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
SPREAD = 4.0  # sentence vectors lie close together; scaled, the usual strengths of regularisation fit


@dataclass(frozen=True)
class Options:
    """What ``config.yml`` may set."""

    blocks: dict[str, float] = field(default_factory=lambda: {"char": 1.0, "word": 0.7, "sound": 0.8})
    strength: float = 20.0
    augmentation: tuple[str, ...] = KINDS
    copies: int = 1
    frames: int = 60  # made-up sentences per intent
    encoder: bool = True
    encoder_strength: float = 3.0
    sure: float = 0.9  # the light reader answers alone from this confidence on
    foreign: float = 0.5  # a sentence is foreign when its confidence reaches this, even if not the best
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
        lessons = Lessons.gather(texts, intents, options)
        engine = encoder() if options.encoder else None
        rows = encode_cached(lessons.texts, engine) if engine else None
        held = lessons.written & np.array([unseen(text) for text in lessons.texts])
        model = cls._fit(lessons, rows, options)
        model.encoder_name = engine.name if engine else ""
        if held.any():
            trial = cls._fit(lessons.part(~held), None if rows is None else rows[~held], options)
            test = lessons.part(held)
            model._calibrate(trial, test.texts, test.targets, None if rows is None else rows[held])
        return model

    @classmethod
    def _fit(cls, lessons: Lessons, rows: np.ndarray | None, options: Options) -> IntentModel:
        learned, told = list(lessons.texts), list(lessons.targets)
        for text, target in zip(lessons.texts, lessons.targets, strict=True):
            if options.augmentation and options.copies:
                more = copies(text, options.augmentation, options.copies, options.seed)
                learned += [normalise(copy).text for copy in more]
                told += [target] * len(more)
        features, size = Features.learn(lessons.texts, options.blocks, least=1), len(lessons.labels)
        light = fit_sparse(features.matrix(learned), told, size, options.strength, options.seed)
        if rows is None:
            return cls(options, lessons.labels, features, light, None, np.zeros(0, np.float32))
        centre = rows.mean(axis=0)
        spread = (rows - centre) * SPREAD
        deep = fit_dense(spread, list(lessons.targets), size, options.encoder_strength, options.seed)
        return cls(options, lessons.labels, features, light, deep, centre)

    def _calibrate(
        self, trial: IntentModel, held: list[str], targets: np.ndarray, rows: np.ndarray | None
    ) -> None:
        light = np.stack([trial._light(text) for text in held])
        self.light_heat = temperature(light, targets)
        if rows is not None:
            self.pool = pool_weights(light, trial._deep(rows), targets)

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
        arrays = {"light": self.light.weights, "light_bias": self.light.bias, "centre": self.centre}
        if self.deep is not None:
            arrays |= {"deep": self.deep.weights, "deep_bias": self.deep.bias}
        np.savez(folder / "weights.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what ``save`` wrote. Raises OSError or ValueError for a damaged folder."""
        plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            deep = Linear(stored["deep"], stored["deep_bias"]) if "deep" in stored else None
            light, centre = Linear(stored["light"], stored["light_bias"]), stored["centre"]
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
