"""What embedding a corpus would take, from a short calibration on this machine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui_al.catalog import ModelSpec
from tui_al.corpora.corpus import Corpus
from tui_al.embeddings.encoders import Encoder
from tui_al.embeddings.job import find_embedding
from tui_al.embeddings.ledger import NAME as LEDGER
from tui_al.embeddings.ledger import read_ledger
from tui_al.embeddings.partial import bytes_needed, partial_folder
from tui_al.embeddings.request import request_embedding
from tui_al.paths import Cache

_SAMPLE = 1024  # texts whose tokens are counted
_ENOUGH = 1.5  # seconds of encoding that say how fast the rest will be

State = Literal["new", "begun", "stored"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An embedding before it is made. `n_tokens` is estimated from a sample of the texts.

    `n_bytes` is the size on disk, `rows_left` what is not computed yet. Where the weights are
    not on this machine, tokens and seconds are None, and bytes too if nobody has stated the
    dimension.
    """

    dataset: str
    model: str
    state: State
    rows: int
    rows_left: int
    n_tokens: int | None
    n_bytes: int | None
    seconds: float | None

    @property
    def bytes_left(self) -> int:
        """What the disk still has to hold: a begun embedding has its room already."""
        return (self.n_bytes or 0) if self.state == "new" else 0


def estimate_embedding(
    corpus: Corpus, spec: ModelSpec, cache: Cache, encoder: Encoder | None
) -> Estimate:
    """Count and calibrate. `encoder` is None where the weights are not on this machine."""
    rows_left, state = _rows_left(corpus, spec, cache)
    dimension = encoder.dimension if encoder is not None else spec.dimension
    tokens = seconds = None
    if encoder is not None:
        sample = _sample(corpus)
        tokens = round(float(encoder.count_tokens(sample).mean()) * len(corpus))
        seconds = _seconds_a_text(encoder, sample) * rows_left if rows_left else 0.0
    return Estimate(
        dataset=corpus.name,
        model=spec.name,
        state=state,
        rows=len(corpus),
        rows_left=rows_left,
        n_tokens=tokens,
        n_bytes=None if dimension is None else bytes_needed(len(corpus), dimension, spec.dtype),
        seconds=seconds,
    )


def _rows_left(corpus: Corpus, spec: ModelSpec, cache: Cache) -> tuple[int, State]:
    if find_embedding(corpus, spec, cache) is not None:
        return 0, "stored"
    request = request_embedding(corpus.name, corpus.fingerprint, spec)
    kept = read_ledger(partial_folder(cache, request) / LEDGER)
    done = sum(record.rows for record in kept[1].values()) if kept else 0
    return len(corpus) - done, "begun" if done else "new"


def _sample(corpus: Corpus) -> list[str]:
    """Texts of the train pool, always the same ones, in no order."""
    texts = corpus.train.texts
    chosen = np.random.default_rng(0).permutation(len(texts))[:_SAMPLE]
    return [texts[row] for row in chosen.tolist()]


def _seconds_a_text(encoder: Encoder, sample: Sequence[str]) -> float:
    """Time more and more texts until it is clear how long one takes."""
    for _ in encoder.batches([sample[:8]]):  # the first time, memory is found and code warms up
        pass
    size = 32
    while True:
        texts = sample[:size]
        started = time.perf_counter()
        for _ in encoder.batches([texts]):
            pass
        seconds = time.perf_counter() - started
        if seconds > _ENOUGH / 3 or size >= len(sample):
            return seconds / len(texts)
        size *= 4
