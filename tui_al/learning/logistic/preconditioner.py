"""A model of the Hessian that is cheap to solve and serves several fits of a growing problem."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor, cho_solve, get_lapack_funcs

from tui_al.learning.logistic.spaces import Array, ColumnSpace, Space

_GROWTH = 2.0  # of the problem, up to which an old model is nearly as good as a new one
_INVERTED = 1024  # up to this rank an inverse repays itself over the iterations


class Preconditioner:
    """Solves the model Hessian [[c gram + 1, c border], [., c n]] for gradients."""

    def __init__(self, space: Space, n: int, c: float) -> None:
        self._n, self._c = n, c
        model = space.gram * space.gram.dtype.type(c)
        # Beside enormous rows the identity would vanish: then the model is kept solvable.
        rounding = np.finfo(model.dtype).eps * len(model) * model.diagonal().max()
        model.flat[:: len(model) + 1] += 1 + rounding
        self._solve = _solver(model)
        self._bordered = c * self._solve(space.border[None, :])
        self._dual = space.dual(self._bordered)[0]
        # What the intercept sees once the weights have answered; rounding must not undo it.
        left = n - float(space.scores(self._bordered).sum(dtype=np.float64))
        self._pivot = c * max(left, 1e-6 * n)

    def suits(self, space: Space, n: int, c: float) -> bool:
        """Whether it serves a larger problem in the same coordinates nearly as well."""
        return (
            isinstance(space, ColumnSpace)
            and space.gram.dtype == self._dual.dtype
            and len(space.gram) == len(self._dual)
            and n <= _GROWTH * self._n
            and self._c / 2 <= c <= 2 * self._c
        )

    def __call__(self, g: Array, g_bias: Array) -> tuple[Array, Array]:
        bias = (g_bias - g @ self._dual) / self._pivot
        return self._solve(g) - np.outer(bias, self._bordered), bias.astype(g.dtype)


def _solver(model: Array) -> Callable[[Array], Array]:
    """Solves symmetric positive definite `model` for rows (K, r); overwrites `model`."""
    factor, lower = cho_factor(model, lower=True, overwrite_a=True, check_finite=False)
    if len(model) > _INVERTED:
        return lambda rows: cho_solve((factor, lower), rows.T, check_finite=False).T
    half, _ = get_lapack_funcs("potri", (factor,))(factor, lower=True, overwrite_c=True)
    inverse = np.tril(half) + np.tril(half, -1).T
    return lambda rows: rows @ inverse
