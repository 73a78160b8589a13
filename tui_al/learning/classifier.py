"""The classifier of the experiment: L2-regularised multinomial logistic regression."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.learning.blocks import row_blocks
from tui_al.learning.dataset import Floats, Labels


@dataclass(frozen=True, slots=True)
class Classifier:
    """A fitted linear softmax model over all C classes.

    `weights` is (D, K) and `bias` (K,) for the K classes seen in fitting, whose numbers are
    `seen`. Classes never seen have probability 0; with one class seen, it is certain.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    seen: Labels
    n_classes: int

    def probabilities(self, x: Floats) -> NDArray[np.float64]:
        """Class probabilities of rows x (n, D): (n, C), rows summing to 1."""
        out = np.zeros((len(x), self.n_classes))
        for rows, scores in self.scores(x):
            logits = scores.astype(np.float64)
            logits -= logits.max(axis=1, keepdims=True)
            np.exp(logits, out=logits)
            out[rows, self.seen] = logits / logits.sum(axis=1, keepdims=True)
        return out

    def predict(self, x: Floats) -> Labels:
        """The most probable class of each row of x (n, D): (n,)."""
        out = np.empty(len(x), dtype=np.int64)
        for rows, scores in self.scores(x):
            out[rows] = self.seen[scores.argmax(axis=1)]
        return out

    def scores(self, x: Floats) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Rows of x and their logits (rows, K), block by block."""
        for rows, block in row_blocks(x):
            yield rows, block @ self.weights + self.bias
