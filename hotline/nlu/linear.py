"""Logistic regressions, trained with scikit-learn and scored with numpy on float32."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression


@dataclass
class Linear:
    """``x @ weights + bias``: one column per label."""

    weights: np.ndarray
    bias: np.ndarray

    def sparse(self, places: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Scores of one sparse row."""
        return values @ self.weights[places] + self.bias

    def dense(self, rows: np.ndarray) -> np.ndarray:
        """Scores of dense rows, or of one row."""
        return rows @ self.weights + self.bias


def fit_sparse(rows: csr_matrix, labels: Sequence[int], number: int, strength: float, seed: int) -> Linear:
    """One against the rest for every label (liblinear, dual)."""
    model = LogisticRegression(
        solver="liblinear", dual=True, C=strength, multi_class="ovr", random_state=seed, max_iter=300
    )
    return _fitted(model, rows, labels, number)


def fit_dense(rows: np.ndarray, labels: Sequence[int], number: int, strength: float, seed: int) -> Linear:
    """Softmax over all labels (L-BFGS)."""
    model = LogisticRegression(
        solver="lbfgs", C=strength, multi_class="multinomial", random_state=seed, max_iter=200, tol=1e-3
    )
    return _fitted(model, rows, labels, number)


def _fitted(
    model: LogisticRegression, rows: csr_matrix | np.ndarray, labels: Sequence[int], number: int
) -> Linear:
    known = sorted(set(labels))
    if len(known) < 3:
        raise ValueError("the classifier needs examples of three intents at least")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, np.asarray(labels))
    weights = np.zeros((rows.shape[1], number), np.float32)
    bias = np.full(number, -20.0, np.float32)
    weights[:, known] = model.coef_.T
    bias[known] = model.intercept_
    return Linear(weights, bias)


def temperature(scores: np.ndarray, labels: Sequence[int] | np.ndarray) -> float:
    """The divisor that makes ``softmax(scores / t)`` honest on held-out sentences (least log loss)."""
    rows, right = np.arange(len(labels)), np.asarray(labels)

    def loss(log_t: float) -> float:
        return float(-log_softmax(scores / np.exp(log_t), axis=1)[rows, right].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def pool_weights(
    one: np.ndarray, other: np.ndarray, labels: Sequence[int] | np.ndarray
) -> tuple[float, float]:
    """The weights of two opinions (scores) that together are the most honest on held-out sentences."""
    rows, right = np.arange(len(labels)), np.asarray(labels)

    def loss(weights: np.ndarray) -> float:
        pooled = log_softmax(weights[0] * one + weights[1] * other, axis=1)
        return float(-pooled[rows, right].mean())

    found = minimize(loss, (0.5, 0.5), bounds=[(0.0, 10.0)] * 2, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])
