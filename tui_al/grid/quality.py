"""What an embedding looks like at a glance, and how well its labels can be told apart."""

import json
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from tui_al.corpora.corpus import Corpus
from tui_al.embeddings.inventory import QUALITY
from tui_al.embeddings.store import Entry, FloatMatrix
from tui_al.grid.assessment import Probe, Quality, read_quality
from tui_al.learning.learner import fit_classifier
from tui_al.learning.randomness import derive_generator
from tui_al.paths import atomic_write

PROBED, FOLDS = 2000, 5
_BLOCK = 65536


def assess_embedding(corpus: Corpus, entry: Entry) -> Quality:
    """Look at a finished embedding, and keep what was found beside it for others to show.

    Nothing is computed twice: what is kept answers at once. Raises `DamagedFile`.
    """
    if (kept := read_quality(entry.folder, entry.key)) is not None:
        return kept
    train, test = entry.open()
    norms = entry.meta.get("norms")
    quality = Quality(
        rows=len(train) + len(test),
        dimension=train.shape[1],
        duplicates=_count_duplicates(train, test),
        zeros=_count_zeros(train) + _count_zeros(test),
        norms=(norms["min"], norms["mean"], norms["max"]) if norms else None,
        probe=probe_labels(train, corpus.train.labels, len(corpus.classes)),
    )
    with atomic_write(entry.folder / QUALITY) as temporary:
        temporary.write_text(json.dumps({"key": entry.key, **quality.as_dict()}), "utf-8")
    return quality


def probe_labels(x: FloatMatrix, y: NDArray[np.int64], n_classes: int) -> Probe | None:
    """How well the experiment's classifier tells the classes apart, by cross-validation.

    Fits on a sample of at most 2,000 rows x (n, D) with labels y (n,), the same sample at
    every call, in five folds that share the classes evenly.
    """
    generator = derive_generator(0, 0, "probe")
    rows = np.sort(generator.permutation(len(x))[:PROBED])
    labels = y[rows]
    if len(rows) < FOLDS or np.bincount(labels).max() < 2:
        return None
    sample = np.asarray(x[rows], dtype=np.float32)
    folds = _deal(labels, generator)
    with threadpool_limits(1, "blas"):
        shares = [_accuracy(sample, labels, folds == fold, n_classes) for fold in range(FOLDS)]
    return Probe(
        accuracy=float(np.mean(shares)),
        deviation=float(np.std(shares, ddof=1)),
        majority=float(np.bincount(labels).max() / len(labels)),
        rows=len(rows),
        folds=FOLDS,
    )


def _deal(labels: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.intp]:
    """A fold for each row: classes one after another, dealt round like cards."""
    order = np.lexsort((generator.random(len(labels)), labels))
    folds = np.empty(len(labels), dtype=np.intp)
    folds[order] = np.arange(len(labels)) % FOLDS
    return folds


def _accuracy(
    x: NDArray[np.float32], y: NDArray[np.int64], held_out: NDArray[np.bool_], n_classes: int
) -> float:
    classifier = fit_classifier(x[~held_out], y[~held_out], n_classes)
    return float(np.mean(classifier.predict(x[held_out]) == y[held_out]))


def _count_duplicates(*parts: FloatMatrix) -> int:
    """Rows whose bytes an earlier row had. Digests stand for rows: memory stays small."""
    seen = {blake2b(row.tobytes(), digest_size=16).digest() for part in parts for row in part}
    return sum(map(len, parts)) - len(seen)


def _count_zeros(matrix: FloatMatrix) -> int:
    blocks = range(0, len(matrix), _BLOCK)
    return sum(int((~matrix[i : i + _BLOCK].any(axis=1)).sum()) for i in blocks)
