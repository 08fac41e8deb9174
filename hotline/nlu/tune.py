"""Adapt the sentence encoder to the product's language: ``python -m hotline.nlu.tune``.

A build step for developers, not part of training: its result, ``data/lexicon/encoder.npz`` (the upper layers in
8 bit, and the head that reads intents from them), lies in the repository. Needs TensorFlow, which Rasa brings
anyway, and some 20 minutes on two cores. An eighth of the hand-written sentences (by hash) is never shown to the
encoder, so that what the readers learn from its opinion can be calibrated on sentences that are new to it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotline.nlu.augment import KINDS, copies
from hotline.nlu.e5file import E5File
from hotline.nlu.e5graph import reach
from hotline.nlu.encoder import (
    BASE,
    E5,
    LAYERS,
    LONGEST,
    Head,
    encode_cached,
    reach_form,
    store_rows,
    stored_form,
    stored_head,
    stored_layers,
    unseen,
)
from hotline.nlu.examples import read_all
from hotline.nlu.frames import sentences
from hotline.nlu.lessons import Lessons, Options
from hotline.nlu.normalise import normalise

FROZEN = 6  # layers below stay as they are: 6 of 12 are adapted
BATCH = 48
HEAD_RATE = 2e-3
SHARPNESS = 20.0  # of the cosine head
SMOOTHING = 0.1
DROPOUT = 0.1
MEASURED = 400  # sentences in which the reach of the numbers is measured
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")


def _shape(file: E5File, matrix: str) -> tuple[int, int]:
    return {"fi": (file.inner, file.hidden), "fo": (file.hidden, file.inner)}.get(
        matrix, (file.hidden, file.hidden)
    )


def layer_weights(file: E5File, number: int) -> dict[str, np.ndarray]:
    """All tensors of one layer by short name (``q.w`` …)."""
    found = {}
    for name in MATRICES:
        found[f"{name}.w"] = file.tensor(f"l{number}.{name}.w", _shape(file, name))
        found[f"{name}.b"] = file.tensor(f"l{number}.{name}.b")
    for name in NORMS:
        found[f"{name}.w"], found[f"{name}.b"] = (
            file.tensor(f"l{number}.{name}.w"),
            file.tensor(f"l{number}.{name}.b"),
        )
    return found


class Network:
    """The encoder in TensorFlow with a cosine head over the intents."""

    def __init__(self, file: E5File, labels: int, seed: int) -> None:
        import tensorflow as tf

        self.tf, self.file = tf, file
        tf.random.set_seed(seed)
        self.words = file.tensor("emb.word", (file.words, file.hidden))
        self.places = file.tensor("emb.pos", (file.longest, file.hidden))
        self.kind = file.tensor("emb.type")[: file.hidden]
        self.below = [layer_weights(file, number) for number in range(FROZEN)]
        self.above = [
            {name: tf.Variable(value) for name, value in layer_weights(file, number).items()}
            for number in range(FROZEN, file.layers)
        ]
        start = np.random.default_rng(seed).normal(0, 0.01, (file.hidden, labels)).astype(np.float32)
        self.head, self.bias = tf.Variable(start), tf.Variable(np.zeros(labels, np.float32))
        rows, mask = tf.TensorSpec((None, None, file.hidden)), tf.TensorSpec((None, None))
        self.lower = tf.function(self._lower, input_signature=[rows, mask])
        self.upper = tf.function(
            lambda x, m: self._upper(x, m, 0.0), input_signature=[rows, mask], autograph=False
        )

    def _norm(self, rows: Any, weight: Any, bias: Any) -> Any:
        tf = self.tf
        centred = rows - tf.reduce_mean(rows, -1, keepdims=True)
        spread = tf.reduce_mean(centred * centred, -1, keepdims=True)
        return centred * tf.math.rsqrt(spread + self.file.epsilon) * weight + bias

    def _layer(self, x: Any, p: dict[str, Any], mask: Any, dropout: float) -> Any:
        tf, file = self.tf, self.file
        batch, length, part = tf.shape(x)[0], tf.shape(x)[1], file.hidden // file.heads
        flat = tf.reshape(x, (-1, file.hidden))

        def linear(rows: Any, name: str) -> Any:
            return tf.matmul(rows, p[f"{name}.w"], transpose_b=True) + p[f"{name}.b"]

        def heads(name: str) -> Any:
            return tf.transpose(
                tf.reshape(linear(flat, name), (batch, length, file.heads, part)), (0, 2, 1, 3)
            )

        blocked = (1 - mask)[:, None, None, :] * -1e9
        weights = tf.nn.softmax(tf.matmul(heads("q"), heads("k"), transpose_b=True) / part**0.5 + blocked)
        context = tf.reshape(tf.transpose(tf.matmul(weights, heads("v")), (0, 2, 1, 3)), (-1, file.hidden))
        seen = linear(context, "ao")
        flat = self._norm(flat + (tf.nn.dropout(seen, dropout) if dropout else seen), p["aln.w"], p["aln.b"])
        inner = linear(tf.nn.gelu(linear(flat, "fi")), "fo")
        flat = self._norm(
            flat + (tf.nn.dropout(inner, dropout) if dropout else inner), p["oln.w"], p["oln.b"]
        )
        return tf.reshape(flat, (batch, length, file.hidden))

    def _lower(self, x: Any, mask: Any) -> Any:
        x = self._norm(x, self.file.tensor("emb.ln.w"), self.file.tensor("emb.ln.b"))
        for weights in self.below:
            x = self._layer(x, weights, mask, 0.0)
        return x

    def _upper(self, x: Any, mask: Any, dropout: float) -> Any:
        tf = self.tf
        for weights in self.above:
            x = self._layer(x, weights, mask, dropout)
        mean = tf.reduce_sum(x * mask[..., None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        return tf.math.l2_normalize(mean, 1)

    def states(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The (fixed) output of the lower layers, float16, one array of tokens per text."""
        rows = []
        for text in texts:
            ids = self.file.tokens(text[:LONGEST])
            rows.append((self.words[ids] + self.places[: len(ids)] + self.kind).astype(np.float32))
        found: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for batch in batches([len(row) for row in rows], 64):
            out = self.lower(*stacked(rows, batch)).numpy()
            for place, number in enumerate(batch):
                found[number] = out[place, : len(rows[number])].astype(np.float16)
        return found

    def embed(self, states: Sequence[np.ndarray]) -> np.ndarray:
        """Sentence vectors."""
        found = np.zeros((len(states), self.file.hidden), np.float32)
        for batch in batches([len(state) for state in states], 64):
            found[batch] = self.upper(*stacked(states, batch)).numpy()
        return found

    def begin_head(self, vectors: np.ndarray, targets: np.ndarray, known: Head | None = None) -> None:
        """Start with the ``known`` head, or the classes' centres: the layers learn from sensible errors at once."""
        if known is not None:
            self.head.assign(known.weights / SHARPNESS)
            self.bias.assign(known.bias)
            return
        mean = vectors.mean(0)
        centres = np.stack(
            [vectors[targets == label].mean(0) - mean for label in range(int(self.bias.shape[0]))]
        )
        head = (centres / np.linalg.norm(centres, axis=1, keepdims=True)).T.astype(np.float32)
        self.head.assign(head)
        self.bias.assign(-SHARPNESS * mean @ head)

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """What the head says of sentence vectors."""
        return SHARPNESS * vectors @ self.head.numpy() + self.bias.numpy()

    def step_function(self, optimizer: Any, head_optimizer: Any) -> Any:
        """One training step as a graph: rows, mask, targets → loss."""
        tf = self.tf
        body = [value for weights in self.above for value in weights.values()]
        size = int(self.bias.shape[0])

        @tf.function(
            input_signature=[
                tf.TensorSpec((None, None, self.file.hidden)), tf.TensorSpec((None, None)), tf.TensorSpec((None,), tf.int32)
            ],
            autograph=False,
        )  # fmt: skip
        def step(rows: Any, mask: Any, targets: Any) -> Any:
            with tf.GradientTape() as tape:
                logits = SHARPNESS * tf.matmul(self._upper(rows, mask, DROPOUT), self.head) + self.bias
                wanted = tf.one_hot(targets, size) * (1 - SMOOTHING) + SMOOTHING / size
                loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits))
            slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, [*body, self.head, self.bias]), 1.0)
            optimizer.apply_gradients(zip(slopes[: len(body)], body, strict=True))
            head_optimizer.apply_gradients(zip(slopes[len(body) :], [self.head, self.bias], strict=True))
            return loss

        return step

    def adapted(self) -> dict[str, np.ndarray]:
        """The adapted layers."""
        return {
            f"l{FROZEN + place}.{name}": value.numpy()
            for place, weights in enumerate(self.above)
            for name, value in weights.items()
        }


def batches(lengths: Sequence[int], size: int, chance: np.random.Generator | None = None) -> list[np.ndarray]:
    """Indices of sentences of like length; shuffled when ``chance`` is given."""
    keys = np.array(lengths, float) + (chance.uniform(0, 3, len(lengths)) if chance is not None else 0)
    order = np.argsort(keys, kind="stable")
    found = [order[start : start + size] for start in range(0, len(order), size)]
    if chance is not None:
        found = [found[i] for i in chance.permutation(len(found))]
    return found


def stacked(states: Sequence[np.ndarray], batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Padded rows and their mask."""
    longest = (max(len(states[i]) for i in batch) + 3) // 4 * 4
    rows = np.zeros((len(batch), longest, states[batch[0]].shape[1]), np.float32)
    mask = np.zeros((len(batch), longest), np.float32)
    for place, number in enumerate(batch):
        rows[place, : len(states[number])] = states[number]
        mask[place, : len(states[number])] = 1
    return rows, mask


@dataclass(frozen=True)
class Course:
    """How the encoder is adapted."""

    epochs: int
    rate: float
    frames: int
    start: Path | None
    seed: int = 400


class Sentences:
    """What is shown (each clean and twice spoilt), and the eighth that is not."""

    def __init__(self, course: Course) -> None:
        written = {normalise(e.text).text: e.intent for e in read_all()}
        made = {normalise(text).text: intent for text, intent in sentences(course.frames, course.seed)}
        self.labels = sorted(set(written.values()))
        shown = {text: intent for text, intent in {**made, **written}.items() if text and not unseen(text)}
        held = {text: intent for text, intent in written.items() if text and unseen(text)}
        self.texts, self.held = list(shown), list(held)
        self.targets = np.array([self.labels.index(intent) for intent in shown.values()], np.int32)
        self.held_targets = np.array([self.labels.index(intent) for intent in held.values()], np.int32)
        self.noisy = [
            [normalise(c).text for c in copies(text, KINDS, 3, course.seed)] or [text] for text in self.texts
        ]

    def versions(self, network: Network) -> list[list[np.ndarray]]:
        """The lower layers' output for the sentences as they are, and spoilt in two ways."""
        spoilt = [[others[turn % len(others)] for others in self.noisy] for turn in range(2)]
        return [network.states(texts) for texts in (self.texts, *spoilt)]


def tune(course: Course, target: Path) -> None:
    """Adapt, report the accuracy on the unseen eighth after each epoch, write ``target``."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(2)
    lessons, chance = Sentences(course), np.random.default_rng(course.seed)
    file = E5File(BASE, stored_layers(course.start)[0] if course.start else {})
    network = Network(file, len(lessons.labels), course.seed)
    versions, held = lessons.versions(network), network.states(lessons.held)
    print(f"{len(lessons.texts)} sentences shown, {len(held)} held out", flush=True)
    head = stored_head(course.start) if course.start else None
    network.begin_head(network.embed(versions[0]), lessons.targets, head and head.ordered(lessons.labels))

    def accuracy() -> float:
        return float((network.scores(network.embed(held)).argmax(1) == lessons.held_targets).mean())

    print(f"before: held-out {accuracy():.4f}", flush=True)
    optimizers = [tf.keras.optimizers.legacy.Adam(rate) for rate in (course.rate, HEAD_RATE)]
    step, total = network.step_function(*optimizers), course.epochs * -(-len(lessons.texts) // BATCH)
    done = 0
    for epoch in range(course.epochs):
        began, losses = time.time(), list[float]()
        picked = [
            versions[0 if chance.random() < 0.6 else 1 + chance.integers(2)][i]
            for i in range(len(lessons.texts))
        ]
        for batch in batches([len(state) for state in picked], BATCH, chance):
            left = 1 - done / total
            optimizers[0].lr.assign(course.rate * min(1.0, done / (0.06 * total)) * left)
            optimizers[1].lr.assign(HEAD_RATE * max(0.1, left))
            losses.append(float(step(*stacked(picked, batch), lessons.targets[batch])))
            done += 1
            if done % 50 == 0:
                spent = time.time() - began
                print(f"  {done}/{total}  loss {np.mean(losses[-50:]):.3f}  {spent:.0f} s", flush=True)
        spent = time.time() - began
        print(
            f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, held-out {accuracy():.4f}, {spent:.0f} s",
            flush=True,
        )
        _store(network, lessons, target)


def _store(network: Network, lessons: Sentences, target: Path) -> None:
    """Write the layers in 8 bit, how far the numbers between them reach then, and the head."""
    tensors = stored_form(network.adapted())
    head = {"head": network.head.numpy() * SHARPNESS, "head_bias": network.bias.numpy()}
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(target, **tensors, **head, labels=np.array(lessons.labels))
    found = reach(E5File(BASE, stored_layers(target)[0]), lessons.texts[:: len(lessons.texts) // MEASURED])
    np.savez_compressed(target, **tensors, **reach_form(found), **head, labels=np.array(lessons.labels))


def read_for_weighing(layers: Path) -> None:
    """Let the encoder with these layers read the sentences that training weighs it on, and keep what it says.

    Training would do it itself, which takes 20 seconds. To be done again (``--rows``) when many sentences changed.
    """
    examples, options = read_all(), Options()
    lessons = Lessons.gather([e.text for e in examples], [e.intent for e in examples], options)
    texts = lessons.part(lessons.for_encoder(0, options.calibrated)).texts
    store_rows(layers, texts, encode_cached(texts, E5(layers)))
    print(f"{len(texts)} sentences read for weighing", flush=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="adapt the upper layers of the sentence encoder")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--start", type=Path, help="go on from these layers instead of the package's")
    parser.add_argument("--target", type=Path, default=LAYERS)
    parser.add_argument("--rows", action="store_true", help="only read the sentences for weighing anew")
    chosen = vars(parser.parse_args())
    target, only_rows = chosen.pop("target"), chosen.pop("rows")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if not only_rows:
        tune(Course(**chosen), target)
    read_for_weighing(target)


if __name__ == "__main__":
    main()
