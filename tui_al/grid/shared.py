"""An embedded dataset as worker processes share it: maps of its files, and no texts."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui_al.corpora.corpus import Corpus
from tui_al.embeddings.store import PARTS, Entry
from tui_al.grid.prepare import origin_of
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.results.runs import Origin

_OPEN_AT_ONCE = 64  # maps cost address space only


@dataclass(frozen=True, slots=True)
class SharedDataset:
    """Where the matrices of an embedded dataset lie, and everything else a run needs of it.

    Whoever makes one has checked the files byte for byte (`prepare`); workers map them, so
    that all of them together hold one copy in memory.
    """

    folder: Path
    key: str
    name: str = field(compare=False)
    model: str = field(compare=False)
    origin: Origin = field(compare=False)
    budget: int = field(compare=False)
    train_y: NDArray[np.int32] = field(compare=False)
    test_y: NDArray[np.int32] = field(compare=False)

    @classmethod
    def of(cls, corpus: Corpus, entry: Entry) -> "SharedDataset":
        """Bind a corpus and its embedding."""
        return cls(
            folder=entry.folder,
            key=entry.key,
            name=corpus.name,
            model=entry.meta["request"]["model"],
            origin=origin_of(corpus, entry),
            budget=corpus.budget,
            train_y=corpus.train.labels.astype(np.int32),
            test_y=corpus.test.labels.astype(np.int32),
        )

    def open(self) -> EmbeddedDataset:
        """Map the matrices; a process maps each dataset once."""
        return _open(self)


@lru_cache(maxsize=_OPEN_AT_ONCE)
def _open(shared: SharedDataset) -> EmbeddedDataset:
    train_x, test_x = (
        np.load(shared.folder / f"{part}.npy", mmap_mode="r", allow_pickle=False) for part in PARTS
    )
    return EmbeddedDataset.from_arrays(
        train_x,
        shared.train_y,
        test_x,
        shared.test_y,
        classes=shared.origin.classes,
        name=shared.name,
        model=shared.model,
        budget=shared.budget,
    )
