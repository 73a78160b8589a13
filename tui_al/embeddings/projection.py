"""An embedded train pool in two dimensions: its two principal components, kept beside it."""

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_al.embeddings.inventory import PROJECTION
from tui_al.embeddings.store import Entry, FloatMatrix
from tui_al.errors import BadInput
from tui_al.paths import atomic_write

_BYTES = 2**24  # of a block in float32


@dataclass(frozen=True, slots=True)
class Projection:
    """`points` (n, 2), float32: the texts in the plane that shows most of their variance, and
    `shares` (2,): how much of it each axis shows, of 1."""

    points: NDArray[np.float32]
    shares: NDArray[np.float64]


def project_embedding(entry: Entry) -> Projection:
    """The projection of an embedding's train pool; computed once, then read.

    A folder that cannot be written to costs computing it again. Raises `DamagedFile`.
    """
    kept = _read(entry)
    if kept is not None:
        return kept
    projection = project(entry.open()[0])
    with (
        suppress(BadInput),
        atomic_write(entry.folder / PROJECTION) as temporary,
        temporary.open("wb") as file,
    ):
        np.savez(file, points=projection.points, shares=projection.shares, made_of=_made_of(entry))
    return projection


def project(x: FloatMatrix) -> Projection:
    """The first two principal components of rows x (n, D), which may be on disk.

    An axis points to where its largest loading is positive. What has one dimension, or none
    that varies, has zeros on the other axes.
    """
    mean = sum(block.sum(axis=0, dtype=np.float64) for block in _blocks(x)) / len(x)
    centre = np.asarray(mean, dtype=np.float32)
    scatter = np.zeros((x.shape[1], x.shape[1]))
    for block in _blocks(x):
        centred = block - centre
        scatter += centred.T @ centred
    variances, vectors = np.linalg.eigh(scatter)
    total = max(float(np.trace(scatter)), np.finfo(np.float64).tiny)
    axes = np.zeros((x.shape[1], 2))
    shares = np.zeros(2)
    for place in range(min(2, x.shape[1])):
        axis, variance = vectors[:, -1 - place], max(0.0, float(variances[-1 - place]))
        axes[:, place] = axis * np.sign(axis[np.abs(axis).argmax()])
        shares[place] = variance / total
    narrow = axes.astype(np.float32)
    points = np.concatenate([(block - centre) @ narrow for block in _blocks(x)])
    return Projection(points, shares)


def _blocks(x: FloatMatrix) -> Iterator[NDArray[np.float32]]:
    size = max(1, _BYTES // (4 * x.shape[1]))
    for start in range(0, len(x), size):
        yield x[start : start + size].astype(np.float32, copy=False)


def _made_of(entry: Entry) -> NDArray[np.str_]:
    """What a projection belongs to: the embedding, and the very bytes of its train pool."""
    return np.array([entry.key, entry.meta["files"]["train.npy"]["sha256"]])


def _read(entry: Entry) -> Projection | None:
    """What is kept, if it is whole (the archive has checksums) and of this embedding."""
    try:
        with np.load(entry.folder / PROJECTION, allow_pickle=False) as kept:
            made_of, points, shares = kept["made_of"], kept["points"], kept["shares"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    n_train = entry.meta["files"]["train.npy"]["shape"][0]
    sound = points.shape == (n_train, 2) and shares.shape == (2,) and np.isfinite(points).all()
    if not sound or made_of.tolist() != _made_of(entry).tolist():
        return None
    return Projection(points, shares)
