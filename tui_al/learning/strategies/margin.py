"""Margin sampling (Settles 2009, Active Learning Literature Survey, section 3.1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.strategies.base import PoolView, ScoreStrategy


@dataclass(frozen=True, slots=True)
class Margin(ScoreStrategy):
    """Smallest difference of the two highest class probabilities; the score is its negative."""

    def _scores(self, view: PoolView) -> NDArray[np.float64]:
        top = np.partition(view.probabilities, -2, axis=1)[:, -2:]
        return top[:, 0] - top[:, 1]
