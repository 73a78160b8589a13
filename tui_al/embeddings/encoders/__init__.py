"""Encoders: from texts to vectors, a batch at a time."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.progress import ProgressListener


class Encoder(Protocol):
    """What every embedding model offers."""

    dimension: int
    commit: str
    """The commit of weights that came from the Hub, else empty."""

    def batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield (rows, vectors) until every row of `texts` has come once, in any order.

        `rows` has shape (b,), `vectors` (b, dimension), not normalised.
        """
        ...


def load_encoder(spec: ModelSpec, device: str, listener: ProgressListener) -> Encoder:
    """Load a model's weights, downloading them from the Hub where they are not here."""
    match spec.kind:
        case "wordllama":
            from tui_al.embeddings.encoders.static import load_wordllama

            return load_wordllama(spec)
        case "glove":
            from tui_al.embeddings.encoders.static import load_glove

            return load_glove(spec)
        case "transformer":
            from tui_al.embeddings.encoders.transformer import load_transformer

            return load_transformer(spec, device, listener)
