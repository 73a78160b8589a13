"""Entropy sampling (Settles 2009, Active Learning Literature Survey, section 3.1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from tui_al.learning.strategies.base import PoolView, ScoreStrategy


@dataclass(frozen=True, slots=True)
class Entropy(ScoreStrategy):
    """Largest entropy of the predicted class distribution, in nats; 0 log 0 = 0."""

    def _scores(self, view: PoolView) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = entr(view.probabilities).sum(axis=1)
        return scores
