"""Embed a corpus once, and find it again ever after."""

import time
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.corpora.corpus import Corpus
from tui_al.embeddings.encoders import Encoder, load_encoder
from tui_al.embeddings.request import EmbeddingRequest, request_embedding
from tui_al.embeddings.store import Draft, Entry, find_entry, write_entry
from tui_al.errors import DamagedFile, TuiAlError
from tui_al.paths import Cache, make_folder
from tui_al.progress import Progress, ProgressListener, ignore_progress


def find_embedding(corpus: Corpus, spec: ModelSpec, cache: Cache) -> Entry | None:
    """The finished embedding of a corpus under a model, or None. Its bytes are not checked."""
    return find_entry(cache, request_embedding(corpus.name, corpus.fingerprint, spec))


def embed_corpus(
    corpus: Corpus,
    spec: ModelSpec,
    cache: Cache,
    *,
    device: str = "auto",
    listener: ProgressListener = ignore_progress,
) -> Entry:
    """Embed every text of a corpus, unless an intact embedding is there already.

    The listener hears of rows; an exception it raises stops the work with nothing written.
    """
    request = request_embedding(corpus.name, corpus.fingerprint, spec)
    existing = find_entry(cache, request)
    if existing is not None and _intact(existing):
        return existing
    make_folder(cache.embeddings / corpus.name)  # before the work, not after it
    encoder = load_encoder(spec, device, listener)
    return _write(corpus, spec, request, encoder, cache=cache, listener=listener)


def _intact(entry: Entry) -> bool:
    try:
        entry.open()
    except DamagedFile:
        return False
    return True


def _write(
    corpus: Corpus,
    spec: ModelSpec,
    request: EmbeddingRequest,
    encoder: Encoder,
    *,
    cache: Cache,
    listener: ProgressListener,
) -> Entry:
    started = time.perf_counter()
    n_train, total = len(corpus.train), len(corpus.train) + len(corpus.test)
    shape = (n_train, len(corpus.test), encoder.dimension)
    with write_entry(cache, request, shape, commit=encoder.commit) as draft:
        done = 0
        stage = f"embedding {corpus.name} with {request.model}"
        listener(Progress(stage, 0, total, "texts", 0.0))
        for rows, vectors in encoder.batches(corpus.train.texts + corpus.test.texts):
            _require_finite(corpus, request, rows, vectors)
            kept = normalize_rows(vectors) if request.normalize else vectors
            _scatter(draft, n_train, rows, kept)
            done += len(rows)
            listener(Progress(stage, done, total, "texts", time.perf_counter() - started))
        draft.facts |= {
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - started, 3),
            "model_option": spec.directory or spec.name,
        }
    assert draft.entry is not None  # the context manager closed without an error
    return draft.entry


def _require_finite(
    corpus: Corpus, request: EmbeddingRequest, rows: NDArray[np.intp], vectors: NDArray[np.float32]
) -> None:
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        row = int(rows[int(finite.argmin())])
        part, row = ("train", row) if row < len(corpus.train) else ("test", row - len(corpus.train))
        raise TuiAlError(
            f"{request.model} turns {part} text {row + 1} of {corpus.name} into NaN or infinity: "
            "nothing was written; try --device cpu, or another model"
        )


def _scatter(
    draft: Draft, n_train: int, rows: NDArray[np.intp], vectors: NDArray[np.float32]
) -> None:
    train = rows < n_train
    draft.train[rows[train]] = vectors[train]
    draft.test[rows[~train] - n_train] = vectors[~train]


def normalize_rows(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to Euclidean length 1; zero rows stay zero."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(
        matrix, np.where(norms > 0, norms, 1).astype(matrix.dtype)
    )
    return unit
