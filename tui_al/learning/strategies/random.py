"""Random sampling, the baseline that every strategy has to beat."""

from dataclasses import dataclass

import numpy as np

from tui_al.learning.strategies.base import PoolView, Query, Strategy


@dataclass(frozen=True, slots=True)
class Random(Strategy):
    """Uniform without replacement."""

    def _select(self, view: PoolView, n: int, rng: np.random.Generator) -> Query:
        return Query(rng.choice(view.unlabeled, size=n, replace=False), np.zeros(n))
