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
from hotline.nlu.encoder import Encoder, encode_cached, encoder
from hotline.nlu.features import Features
from hotline.nlu.linear import Linear, fit_dense, fit_sparse, temperature
from hotline.nlu.normalise import normalise

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Options:
    """What ``config.yml`` may set."""

    blocks: dict[str, float] = field(default_factory=lambda: {"char": 1.0, "word": 0.7, "sound": 0.8})
    strength: float = 20.0
    augmentation: tuple[str, ...] = KINDS
    copies: int = 2
    encoder: bool = True
    encoder_copies: int = 0
    encoder_strength: float = 10.0
    encoder_share: float = 0.5  # of the pooled opinion
    sure: float = 0.9  # the light reader answers alone from this confidence on
    foreign: float = 0.5  # confidence from which a sentence counts as foreign
    nothing: float = 0.06  # below: nothing was recognised
    seed: int = 400

    @classmethod
    def of(cls, config: dict[str, Any]) -> Options:
        """From a configuration that may hold other keys too."""
        known = {name: config[name] for name in cls.__dataclass_fields__ if name in config}
        if "augmentation" in known:
            known["augmentation"] = tuple(known["augmentation"] or ())
        return cls(**known)


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
    deep_heat: float = 1.0
    pool_heat: float = 1.0

    # --- training ---------------------------------------------------------------------------------

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], options: Options) -> IntentModel:
        """Learn from sentences; a fifth is held out first to calibrate, then everything is learned."""
        clean = [normalise(text).text for text in texts]
        labels = sorted(set(intents))
        targets = np.array([labels.index(intent) for intent in intents])
        engine = encoder() if options.encoder else None
        rows = encode_cached(clean, engine) if engine else None
        held = _held_out(targets, options.seed)
        trial = cls._fit([clean[i] for i in np.flatnonzero(~held)], targets[~held], labels,
                         None if rows is None else rows[~held], engine, options)  # fmt: skip
        model = cls._fit(clean, targets, labels, rows, engine, options)
        model._calibrate(trial, [clean[i] for i in np.flatnonzero(held)], targets[held],
                         None if rows is None else rows[held])  # fmt: skip
        return model

    @classmethod
    def _fit(
        cls, clean: list[str], targets: np.ndarray, labels: list[str], rows: np.ndarray | None,
        engine: Encoder | None, options: Options,
    ) -> IntentModel:  # fmt: skip
        learned, told = list(clean), list(targets)
        for text, target in zip(clean, targets, strict=True):
            if options.augmentation:
                more = copies(text, options.augmentation, options.copies, options.seed)
                learned += [normalise(copy).text for copy in more]
                told += [target] * len(more)
        features = Features.learn(clean, options.blocks, least=1)
        light = fit_sparse(features.matrix(learned), told, len(labels), options.strength, options.seed)
        if rows is None:
            return cls(options, labels, features, light, None, np.zeros(0, np.float32))
        centre = rows.mean(axis=0)
        deep = fit_dense(
            (rows - centre) * 4, list(targets), len(labels), options.encoder_strength, options.seed
        )
        return cls(options, labels, features, light, deep, centre)

    def _calibrate(
        self, trial: IntentModel, held: list[str], targets: np.ndarray, rows: np.ndarray | None
    ) -> None:
        light = np.stack([trial._light(text) for text in held])
        self.light_heat = trial.light_heat = temperature(light, targets)
        if rows is not None and trial.deep is not None:
            deep = trial.deep.dense((rows - trial.centre) * 4)
            self.deep_heat = trial.deep_heat = temperature(deep, targets)
            self.pool_heat = temperature(trial._pool(light, deep), targets)

    # --- reading ----------------------------------------------------------------------------------

    def _light(self, clean: str) -> np.ndarray:
        return self.light.sparse(*self.features.row(clean))

    def _pool(self, light: np.ndarray, deep: np.ndarray) -> np.ndarray:
        share = self.options.encoder_share
        return (1 - share) * log_softmax(light / self.light_heat, axis=-1) + share * log_softmax(
            deep / self.deep_heat, axis=-1
        )

    def read(self, text: str) -> Reading:
        """What ``text`` wants. Blank text and pure marks give the fallback with confidence 0."""
        clean = normalise(text).text
        if not any(char.isalnum() for char in clean):
            return self._ranked(np.full(len(self.labels), 1 / len(self.labels)), False, nothing=True)
        light = self._light(clean)
        chances = np.exp(log_softmax(light / self.light_heat))
        engine = encoder() if self.deep is not None else None
        if engine is None or self.deep is None or chances.max() >= self.options.sure:
            return self._ranked(chances, False)
        deep = self.deep.dense((engine([clean])[0] - self.centre) * 4)
        return self._ranked(np.exp(log_softmax(self._pool(light, deep) / self.pool_heat)), True)

    def _ranked(self, chances: np.ndarray, deep: bool, nothing: bool = False) -> Reading:
        best = np.argsort(-chances)[:12]
        ranking = [(self.labels[i], float(chances[i])) for i in best]
        if nothing or ranking[0][1] < self.options.nothing:
            ranking.insert(0, (FALLBACK, 1 - ranking[0][1]))
        return Reading(tuple(ranking), deep)

    # --- storage ----------------------------------------------------------------------------------

    def save(self, folder: Path) -> None:
        """Write JSON and npz into ``folder``."""
        self.features.save(folder)
        plain = {
            "options": asdict(self.options),
            "labels": self.labels,
            "heat": [self.light_heat, self.deep_heat, self.pool_heat],
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
            *plain["heat"],
        )


def _held_out(targets: np.ndarray, seed: int) -> np.ndarray:
    """A fifth of every intent, at least one sentence where there are three."""
    chance = np.random.default_rng(seed)
    held = np.zeros(len(targets), bool)
    for label in np.unique(targets):
        places = np.flatnonzero(targets == label)
        if len(places) >= 3:
            held[chance.permutation(places)[: max(1, len(places) // 5)]] = True
    return held
