"""What the reader of intents learns from: sentences with their labels, taken apart once, and what the encoder said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from hotline.nlu.augment import KINDS, copies
from hotline.nlu.encoder import Head, digest_of, unseen
from hotline.nlu.features import Features, Tally
from hotline.nlu.frames import sentences
from hotline.nlu.linear import Linear, fit_dense, fit_sparse
from hotline.nlu.normalise import normalise

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
    calibrated: int = 600  # sentences unknown to the encoder on which the opinions are weighed
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
class Counted:
    """Lessons and the changed copies of each, taken apart: a light reader of any part of them is learned quickly."""

    lessons: Lessons
    tally: Tally
    source: np.ndarray  # for each row of the tally its lesson; the lessons themselves come first

    @classmethod
    def of(cls, lessons: Lessons, options: Options) -> Counted:
        """Make the copies and count the terms of everything."""
        texts, source = list(lessons.texts), list(range(len(lessons.texts)))
        if options.augmentation and options.copies:
            for place, text in enumerate(lessons.texts):
                more = copies(text, options.augmentation, options.copies, options.seed)
                texts += [normalise(copy).text for copy in more]
                source += [place] * len(more)
        return cls(lessons, Tally.of(texts, tuple(options.blocks)), np.array(source))

    def learn(self, shown: np.ndarray, options: Options) -> tuple[Features, Linear]:
        """The light reader of the lessons where ``shown`` is true."""
        features = self.tally.learn(options.blocks, 1, np.flatnonzero(shown))
        rows = np.flatnonzero(shown[self.source])
        wanted, size = self.lessons.targets[self.source[rows]], len(self.lessons.labels)
        return features, fit_sparse(self.tally.matrix(features, rows), list(wanted), size, options.seed)

    def rows(self, features: Features, chosen: np.ndarray) -> csr_matrix:
        """The lessons where ``chosen`` is true as ``features`` see them."""
        return self.tally.matrix(features, np.flatnonzero(chosen))


@dataclass(frozen=True)
class Told:
    """What the encoder said of some lessons: a row for each."""

    lessons: Lessons
    rows: np.ndarray
    head: Head | None = None

    @classmethod
    def nothing(cls, lessons: Lessons) -> Told:
        """It was not asked."""
        return cls(lessons.part(np.zeros(len(lessons.texts), bool)), np.zeros((0, 0), np.float32))

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
