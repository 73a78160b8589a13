"""Coordinates in which the weight vectors of a logistic regression are few numbers."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def dot(a: Array, b: Array) -> float:
    """The sum of all products of two arrays of one shape."""
    return float(np.vdot(a, b))


class Space(Protocol):
    """Coordinates of weight vectors: those of `ColumnSpace`, or fewer where rows are fewer."""

    @property
    def gram(self) -> Array:
        """The smaller product of the labeled matrix x (n, D): (r, r)."""

    @property
    def border(self) -> Array:
        """The coordinates of the sum of all texts, (r,)."""

    def scores(self, v: Array) -> Array:
        """Weights (K, r) applied to every text: (K, n)."""

    def gather(self, residuals: Array) -> Array:
        """The weights' gradient of the loss for residuals (K, n): (K, r)."""

    def inner(self, u: Array, v: Array, scores_of_v: Array) -> float:
        """The Euclidean inner product of two weight vectors."""

    def dual(self, v: Array) -> Array:
        """What multiplies coordinates of u to give the inner product of u and v."""


@dataclass(frozen=True, slots=True)
class ColumnSpace:
    """Weights themselves, r = D: for more texts than dimensions. `gram` is x^T x."""

    x: Array
    gram: Array

    @property
    def border(self) -> Array:
        total: Array = self.x.sum(axis=0)
        return total

    def scores(self, v: Array) -> Array:
        # A few vectors times a tall matrix: twice as fast as v @ x.T, copies included.
        return np.ascontiguousarray((self.x @ np.ascontiguousarray(v.T)).T)

    def gather(self, residuals: Array) -> Array:
        return residuals @ self.x

    def inner(self, u: Array, v: Array, scores_of_v: Array) -> float:  # noqa: ARG002
        return dot(u, v)

    def dual(self, v: Array) -> Array:
        return v


@dataclass(frozen=True, slots=True)
class RowSpace:
    """Weights as combinations of the n texts, r = n: one small product replaces two large
    ones where texts are fewer than dimensions. `gram` is x x^T."""

    gram: Array

    @property
    def border(self) -> Array:
        return np.ones(len(self.gram), self.gram.dtype)

    def scores(self, v: Array) -> Array:
        return v @ self.gram

    def gather(self, residuals: Array) -> Array:
        return residuals

    def inner(self, u: Array, v: Array, scores_of_v: Array) -> float:  # noqa: ARG002
        return dot(u, scores_of_v)

    def dual(self, v: Array) -> Array:
        return v @ self.gram
