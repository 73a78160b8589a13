"""ProbCover: coverage by balls of one radius (Yehuda et al. 2022, arXiv 2205.11320)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.coverage import Neighbourhoods, pure_neighbourhoods
from tui_al.learning.strategies.base import PoolView, Query, Strategy, parameter


@dataclass(frozen=True, slots=True)
class ProbCover(Strategy):
    """Greedily the text whose ball holds most texts outside the balls of all labeled ones.

    The balls have the largest radius for which the given share of them is pure: holds texts
    of one k-means cluster only, with as many clusters as classes. The score is the number of
    texts newly covered. When all are covered, the rest is drawn at random.
    """

    purity: float = parameter(0.95, "share of balls that must be pure", minimum=0, maximum=1)
    radius: float = parameter(0.0, "radius of the balls; 0: as large as is pure", minimum=0)
    max_pool: int = parameter(
        12_000, "texts that balls are drawn around, at random from larger pools", minimum=2
    )

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        balls = view.cache.keep(_Balls, lambda: _Balls(self._surroundings(view)))
        coverage = _Coverage(balls.around, view)
        picked = [coverage.take_best(rng) for _ in range(min(n, coverage.n_candidates))]
        indices, scores = np.array(picked, dtype=np.float64).reshape(-1, 2).T
        chosen = indices.astype(np.intp)
        others = np.setdiff1d(view.unlabeled, chosen)
        more = rng.choice(others, n - len(chosen), replace=False)
        n_pool, n_around = len(view.features), len(balls.around.rows)
        note = f"balls around {n_around:,} of {n_pool:,} texts (max_pool)"
        return Query(
            np.append(chosen, more),
            np.append(scores, np.zeros(len(more))),
            note if n_around < n_pool else "",
        )

    def _surroundings(self, view: PoolView) -> Neighbourhoods:
        """Depends on the pool alone: its draws are the same for every seed and cycle."""
        return pure_neighbourhoods(
            view.features,
            view.n_classes,
            np.random.default_rng(0),
            purity=self.purity,
            radius=self.radius or None,
            max_rows=self.max_pool,
        )


@dataclass(frozen=True, slots=True)
class _Balls:
    around: Neighbourhoods


class _Coverage:
    """How many uncovered texts the ball of each candidate holds, as candidates are taken."""

    def __init__(self, balls: Neighbourhoods, view: PoolView) -> None:
        self._balls = balls
        self._covered = balls.covered_by(view.features, view.labeled)
        self._gains: NDArray[np.int32] = balls.within @ (~self._covered).astype(np.int32)
        self._gains[np.isin(balls.rows, view.labeled)] = -1  # never to be taken
        self.n_candidates = int(np.count_nonzero(self._gains >= 0))

    def take_best(self, rng: np.random.Generator) -> tuple[int, float]:
        """The pool index of the best candidate, ties at random, and what it newly covers."""
        gain = self._gains.max()
        ties = np.flatnonzero(self._gains == gain)
        best = int(ties[rng.integers(len(ties))])
        ball = self._balls.ball(best)
        new = ball[~self._covered[ball]]
        self._covered[new] = True
        if len(new):
            losers = np.concatenate([self._balls.ball(text) for text in new])
            losers = losers[self._gains[losers] >= 0]
            np.subtract.at(self._gains, losers, 1)
        self._gains[best] = -1
        return int(self._balls.rows[best]), float(gain)
