"""An embedding while it is computed: full-size files, filled shard by shard."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.embeddings.encoders import Encoder
from tui_al.embeddings.ledger import NAME as LEDGER
from tui_al.embeddings.ledger import Ledger, ShardRecord, read_ledger
from tui_al.embeddings.request import EmbeddingRequest
from tui_al.embeddings.shards import SHARD_CHARACTERS, SHARD_TEXTS, Shard
from tui_al.embeddings.store import PARTS, Entry, publish_entry
from tui_al.errors import BadInput
from tui_al.paths import CACHE_ADVICE, Cache, require_room, unwritable

_ADVICE = f"{CACHE_ADVICE}; the same command then goes on where it stopped"
FORMAT = 1


def partial_folder(cache: Cache, request: EmbeddingRequest) -> Path:
    """Where an embedding lies until it is finished."""
    return (
        cache.embeddings / request.dataset / f".{request.folder_name}@{request.key()[:12]}.partial"
    )


class Partial:
    """The matrices and the ledger of an embedding in the making."""

    def __init__(
        self,
        cache: Cache,
        request: EmbeddingRequest,
        encoder: Encoder,
        shards: Sequence[Shard],
    ) -> None:
        """Take up what an earlier process finished under the same plan, or begin.

        Raises `BadInput` where the cache cannot be written or has no room for the whole.
        """
        self.folder = partial_folder(cache, request)
        self._cache, self._request, self._encoder = cache, request, encoder
        self._type = np.dtype(request.dtype)
        self._lengths = {
            part: sum(len(shard) for shard in shards if shard.part == part) for part in PARTS
        }
        self._files: dict[str, tuple[int, int]] = {}
        with self._writing():
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._require_room()
                self._files.update((part, self._open(part)) for part in PARTS)
                self._ledger = Ledger(self.folder / LEDGER, self._plan(len(shards)))
            except (OSError, BadInput):
                kept = read_ledger(self.folder / LEDGER)
                self._close_files(keep=kept is not None and bool(kept[1]))
                raise
        self._ledger.forget(
            [shard.number for shard in shards if self._finished(shard) and not self._sound(shard)]
        )
        self.pending = [shard for shard in shards if not self._finished(shard)]

    @property
    def rows_done(self) -> int:
        """Texts of finished shards."""
        return sum(record.rows for record in self._ledger.records.values())

    def write(
        self, shard: Shard, vectors: NDArray[np.float32], *, tokens: int, seconds: float
    ) -> None:
        """Store a shard's vectors, shape (rows, dimension) as the encoder gave them."""
        norms = np.linalg.norm(vectors, axis=1)
        kept = unit_rows(vectors, norms) if self._request.normalize else vectors
        content = np.ascontiguousarray(kept, dtype=self._type).tobytes()
        descriptor, offset = self._files[shard.part]
        with self._writing():
            if not os.fstat(descriptor).st_nlink:
                raise BadInput(
                    f"{self.folder} was removed while it was written: run the same command again"
                )
            _write_all(descriptor, content, offset + shard.start * self._row_bytes)
            self._ledger.append(
                ShardRecord(
                    shard=shard.number,
                    rows=len(shard),
                    digest=_digest(content),
                    tokens=tokens,
                    seconds=round(seconds, 4),
                    norms=(float(norms.min()), float(norms.mean()), float(norms.max())),
                )
            )

    def publish(self, facts: Mapping[str, Any]) -> Entry:
        """Make the finished matrices the entry that answers the request."""
        records = self._ledger.records.values()
        rows = sum(record.rows for record in records)
        summary = {
            "seconds": round(sum(record.seconds for record in records), 3),
            "tokens": sum(record.tokens for record in records),
            "norms": {
                "min": min(record.norms[0] for record in records),
                "mean": sum(record.norms[1] * record.rows for record in records) / rows,
                "max": max(record.norms[2] for record in records),
            },
            "engine": dict(self._encoder.engine),
            "note": self._encoder.note,
        }
        self.close()
        with self._writing():
            return publish_entry(
                self._cache,
                self._request,
                self.folder,
                commit=self._encoder.commit,
                facts={**summary, **facts},
            )

    def close(self) -> None:
        """Close the files, and remove all where no shard was ever finished."""
        self._ledger.close()
        self._close_files(keep=bool(self._ledger.records))

    def _close_files(self, *, keep: bool) -> None:
        for descriptor, _ in self._files.values():
            os.close(descriptor)
        self._files.clear()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _row_bytes(self) -> int:
        return self._encoder.dimension * self._type.itemsize

    def _plan(self, n_shards: int) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "key": self._request.key(self._encoder.commit),
            "request": self._request.facts(),
            "commit": self._encoder.commit,
            "engine": dict(self._encoder.engine),
            "dimension": self._encoder.dimension,
            "rows": sum(self._lengths.values()),
            "shards": [n_shards, SHARD_TEXTS, SHARD_CHARACTERS],
        }

    def _open(self, part: str) -> tuple[int, int]:
        """A file's descriptor and where its first row begins, created where it is not there."""
        path = self.folder / f"{part}.npy"
        shape = (self._lengths[part], self._encoder.dimension)
        try:
            matrix = np.load(path, mmap_mode="r", allow_pickle=False)
            whole = matrix.shape == shape and matrix.dtype == self._type
        except (OSError, ValueError, EOFError):
            whole = False
        if not whole:
            matrix = np.lib.format.open_memmap(path, "w+", self._type, shape)
        descriptor = os.open(path, os.O_RDWR)
        if hasattr(os, "posix_fallocate"):  # a full disk is told now, not after hours
            try:
                os.posix_fallocate(descriptor, 0, os.fstat(descriptor).st_size)
            except OSError:
                os.close(descriptor)
                raise
        return descriptor, matrix.offset

    def _require_room(self) -> None:
        """Refuse what cannot fit, in words that tell how much it is."""
        request = self._request
        needed = bytes_needed(sum(self._lengths.values()), self._encoder.dimension, request.dtype)
        paths = [self.folder / f"{part}.npy" for part in PARTS]
        held = sum(path.stat().st_blocks * 512 for path in paths if path.exists())
        what = f"embedding {request.dataset} with {request.model}"
        require_room(self.folder, needed - held, what)

    def _finished(self, shard: Shard) -> bool:
        return shard.number in self._ledger.records

    def _sound(self, shard: Shard) -> bool:
        descriptor, offset = self._files[shard.part]
        size, start = len(shard) * self._row_bytes, offset + shard.start * self._row_bytes
        content = os.pread(descriptor, size, start)
        return _digest(content) == self._ledger.records[shard.number].digest

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.folder, error, _ADVICE) from error


@contextmanager
def open_partial(
    cache: Cache, request: EmbeddingRequest, encoder: Encoder, shards: Sequence[Shard]
) -> Iterator[Partial]:
    """The embedding as far as it has come, closed whatever happens."""
    partial = Partial(cache, request, encoder, shards)
    try:
        yield partial
    except BaseException:
        partial.close()
        raise


def unit_rows(matrix: NDArray[np.float32], norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to Euclidean length 1; zero rows stay zero."""
    scaled: NDArray[np.float32] = matrix / np.where(norms > 0, norms, 1).astype(np.float32)[:, None]
    return scaled


def bytes_needed(rows: int, dimension: int, dtype: str) -> int:
    """Size of the matrices of an embedding."""
    return rows * dimension * np.dtype(dtype).itemsize


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def _write_all(descriptor: int, content: bytes, position: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(descriptor, rest, position)
        rest, position = rest[written:], position + written
