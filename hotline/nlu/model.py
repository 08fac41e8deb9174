"""What a sentence wants: the trained understanding, without Rasa.

Two readers. The *light* one (n-grams, words, sounds) answers alone when it is sure. Otherwise the
sentence encoder is asked too, and their opinions are pooled. Both say how sure they are in the same,
calibrated way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from hotline.nlu.beside import Beside
from hotline.nlu.encoder import encode_cached, encoder
from hotline.nlu.features import Features
from hotline.nlu.lessons import SPREAD, Counted, Lessons, Options, Told
from hotline.nlu.linear import Linear, log_softmax, pool_weights, temperature
from hotline.nlu.normalise import normalise
from hotline.progress import stage

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
Weights = tuple[float, tuple[float, float]]  # of the light reader's heat, of both readers' opinions


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
        told = Told.nothing(lessons)
        if engine is not None:
            head = engine.head.ordered(lessons.labels) if engine.head else None
            # a head was learned from all sentences; without one a reader of the encoder's rows is learned here
            encoded = lessons.part(lessons.for_encoder(0 if head else options.encoded, options.calibrated))
            told = Told(encoded, encode_cached(encoded.texts, engine), head)
        with stage("拆分例句和它们的变体"):
            counted = Counted.of(lessons, options)
        held, new = lessons.unseen(), told.lessons.unseen()

        def weighed() -> Weights:
            return cls.fit(counted, ~held, told.part(~new), options).weigh(counted, held, told.part(new))

        weights = Beside(weighed) if held.any() else None
        with stage("学习全部例句"):
            model = cls.fit(counted, np.ones(len(held), bool), told, options)
        model.encoder_name = engine.name if engine else ""
        if weights is not None:
            with stage("等留出一部分的校准（与上一步同时进行）"):
                model.light_heat, model.pool = weights.result()
        return model

    @classmethod
    def fit(cls, counted: Counted, shown: np.ndarray, told: Told, options: Options) -> IntentModel:
        """Learn from the lessons where ``shown`` is true; not calibrated."""
        features, light = counted.learn(shown, options)
        deep, centre = told.reader(options)
        return cls(options, counted.lessons.labels, features, light, deep, centre)

    def weigh(self, counted: Counted, held: np.ndarray, told: Told) -> Weights:
        """The heat of the light reader and the weights of both, on lessons (``held``) that were not learned."""
        light = counted.rows(self.features, held) @ self.light.weights + self.light.bias
        heat, pool = temperature(light, counted.lessons.targets[held]), self.pool
        if len(told.rows):
            place = {text: row for row, text in enumerate(counted.lessons.part(held).texts)}
            light = light[[place[text] for text in told.lessons.texts]]
            pool = pool_weights(light, self._deep(told.rows), told.lessons.targets)
        return heat, pool

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
        return np.asarray(log_softmax(self.pool[0] * light + self.pool[1] * deep))

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
        # half precision halves the archive and the memory; the scores differ in the third decimal
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
