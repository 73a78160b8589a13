"""Encoders: from texts to vectors, a batch at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.errors import BadInput
from tui_al.progress import ProgressListener


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How a model may be loaded, and where it computes.

    `device` is `auto`, `cpu`, `cuda` (every GPU), or GPUs by number (`cuda:0,1`). Both
    permissions let files of the model run code on this machine.
    """

    device: str = "auto"
    trust_remote_code: bool = False
    allow_pickle: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Vectors of some texts of a window, in any order.

    `rows` has shape (b,) and counts within the window, `vectors` (b, dimension), float32,
    not normalised. `n_tokens` is what the model read, padding not counted.
    """

    window: int
    rows: NDArray[np.intp]
    vectors: NDArray[np.float32]
    n_tokens: int


class Encoder(Protocol):
    """What every embedding model offers."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def commit(self) -> str:
        """The commit of weights that came from the Hub, else empty."""
        ...

    @property
    def note(self) -> str:
        """What a person should know of the numbers, or empty."""
        ...

    @property
    def engine(self) -> Mapping[str, str]:
        """What else decides the last digits: software versions, device, arithmetic."""
        ...

    def batches(self, windows: Iterable[Sequence[str]]) -> Iterator[Batch]:
        """Encode windows of texts until every text has come once, windows in any order.

        A text's vector depends on its window alone, to the last bit, so that windows can be
        encoded in several sittings. Windows are taken only a little ahead of the work.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Tokens that the model would read of each text, shape (n,)."""
        ...


def load_encoder(spec: ModelSpec, options: EncoderOptions, listener: ProgressListener) -> Encoder:
    """Load a model's weights, downloading them from the Hub where they are not here."""
    from tui_al.embeddings.encoders.devices import check_device

    if check_device(options.device) == "cuda" and spec.kind != "transformer":
        raise BadInput(f"{spec.name} looks words up in a table: use --device cpu or auto")
    match spec.kind:
        case "wordllama":
            from tui_al.embeddings.encoders.static import load_wordllama

            return load_wordllama(spec)
        case "glove":
            from tui_al.embeddings.encoders.static import load_glove

            return load_glove(spec)
        case "transformer":
            from tui_al.embeddings.encoders.loading import load_transformer

            return load_transformer(spec, options, listener)
