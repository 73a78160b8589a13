"""Preconditioned conjugate gradients, after Polak and Ribière, to a certified optimum."""

from dataclasses import dataclass

import numpy as np

from tui_al.learning.logistic.losses import Loss
from tui_al.learning.logistic.preconditioner import Preconditioner
from tui_al.learning.logistic.spaces import Array, Space, dot

_GAP = 1e-7  # relative to the objective: what may be left to gain
_MAX_ITERATIONS = 1000
_PATIENCE = 20  # iterations without progress: the last digits of the numbers are reached
_PROGRESS = 1e-9  # of the objective, relative
_ROUNDING = 1e-6  # relative error of an objective summed in single precision
_FLATTEST = 1e-6  # assumed of class covariances, so that certain classes can be modelled too


def minimise(
    space: Space, loss: Loss, v: Array, bias: Array, precondition: Preconditioner | None = None
) -> tuple[Array, Array, Preconditioner]:
    """The optimal weights (K, r) in the coordinates of `space`, and intercepts (K,).

    `v` and `bias` are where to start. Stops when the objective is certain to be within 1e-7
    (relative) of its minimum, at the precision of the numbers, or after 1000 iterations.
    """
    state = _State(space, loss, v, bias)
    n, c = state.p.shape[1], max(loss.spread(state.p), _FLATTEST)
    if precondition is None or not precondition.suits(space, n, c):
        precondition = Preconditioner(space, n, c)
    best, least, waited = np.inf, np.inf, 0
    direction: _Direction | None = None
    for _ in range(_MAX_ITERATIONS):
        step = state.preconditioned(precondition)
        if step.decrement <= 2 * _GAP * state.value and state.is_optimal():
            break
        progress = step.decrement < best or state.value < least * (1 - _PROGRESS)
        best, least = min(step.decrement, best), min(state.value, least)
        waited = 0 if progress else waited + 1
        if waited == _PATIENCE:
            break
        previous, direction = direction, step.conjugate_to(direction)
        if not state.advance(direction) and (
            previous is None or not state.advance(direction := step.conjugate_to(None))
        ):
            break
    return state.v, state.bias, precondition


@dataclass(slots=True)
class _Direction:
    """A direction of descent with what conjugation and the line search need of it."""

    v: Array
    bias: Array
    scores: Array  # without intercepts, (K, n)
    decrement: float  # of the preconditioned gradient it was made from
    overlap: float  # of that gradient with the one before it

    def conjugate_to(self, last: "_Direction | None") -> "_Direction":
        """Add the last direction after Polak and Ribière; none, or a negative part, is dropped."""
        if last is None or self.decrement <= self.overlap:
            return self
        share = (self.decrement - self.overlap) / last.decrement
        return _Direction(
            self.v + self.v.dtype.type(share) * last.v,
            self.bias + self.bias.dtype.type(share) * last.bias,
            self.scores + self.scores.dtype.type(share) * last.scores,
            self.decrement,
            self.overlap,
        )


class _State:
    """A point, its objective and its gradient, which change together."""

    def __init__(self, space: Space, loss: Loss, v: Array, bias: Array) -> None:
        self._space, self._loss = space, loss
        self.v, self.bias = v, bias
        weighed = space.scores(v)
        self._scores = weighed + bias[:, None]
        self._squared = space.inner(v, v, weighed)
        lost, self.p = loss.evaluate(self._scores)
        self.value = lost + 0.5 * self._squared
        self._before: tuple[Array, Array] | None = None
        self._differentiate()

    def _differentiate(self) -> None:
        residuals = self.p - self._loss.targets
        self._g = self._space.gather(residuals) + self.v
        self._g_bias: Array = residuals.sum(axis=1)

    def is_optimal(self) -> bool:
        """Whether the gradient certifies the objective."""
        squared = self._space.inner(self._g, self._g, self._space.dual(self._g))
        return squared + dot(self._g_bias, self._g_bias) <= 2 * _GAP * self.value

    def preconditioned(self, precondition: Preconditioner) -> _Direction:
        """The preconditioned gradient, downwards."""
        v, bias = precondition(self._g, self._g_bias)
        scores = self._space.scores(v)
        decrement = self._space.inner(self._g, v, scores) + dot(self._g_bias, bias)
        overlap = 0.0
        if self._before is not None:
            g, g_bias = self._before
            overlap = self._space.inner(g, v, scores) + dot(g_bias, bias)
        return _Direction(-v, -bias, -scores, decrement, overlap)

    def advance(self, direction: _Direction) -> bool:
        """Go to the direction's minimum as its curvature here predicts; False if that is up."""
        space, d = self._space, direction
        scores = d.scores + d.bias[:, None]
        slope = space.inner(self._g, d.v, d.scores) + dot(self._g_bias, d.bias)
        if slope >= 0:
            return False
        along, squared = space.inner(self.v, d.v, d.scores), space.inner(d.v, d.v, d.scores)
        length = -slope / (self._loss.curvature(self.p, scores) + squared)
        for _ in range(30):
            there = self._scores + self.p.dtype.type(length) * scores
            lost, p = self._loss.evaluate(there)
            total = self._squared + 2 * length * along + length * length * squared
            value = lost + 0.5 * total
            if value <= self.value + _ROUNDING * abs(self.value):
                break
            length /= 2
        else:
            return False
        self._before = self._g, self._g_bias
        self.v = self.v + self.v.dtype.type(length) * d.v
        self.bias = self.bias + self.bias.dtype.type(length) * d.bias
        self._scores, self._squared, self.value, self.p = there, total, value, p
        self._differentiate()
        return True
