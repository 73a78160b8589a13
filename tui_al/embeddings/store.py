"""Embedding matrices on disk: memory-mapped `.npy` files, vouched for by a `meta.json`."""

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.embeddings.inventory import FORMAT, META, read_meta, read_metas
from tui_al.embeddings.request import EmbeddingRequest
from tui_al.errors import DamagedFile
from tui_al.paths import Cache, atomic_write, sha256_of

FloatMatrix = NDArray[np.floating[Any]]
TRAIN, TEST = "train.npy", "test.npy"


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished embedding: where it lies and what is written about it."""

    folder: Path
    meta: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.meta["key"])

    def open(self) -> tuple[FloatMatrix, FloatMatrix]:
        """Memory-map the train and test matrices after checking them byte for byte.

        Raises `DamagedFile` naming the file and the command that writes it anew.
        """
        return self._open(TRAIN), self._open(TEST)

    def _open(self, name: str) -> FloatMatrix:
        path, expected = self.folder / name, self.meta["files"][name]
        try:
            size = path.stat().st_size
            if size != expected["bytes"]:
                raise self._damaged(path, f"has {size} bytes instead of {expected['bytes']}")
            if sha256_of(path) != expected["sha256"]:
                raise self._damaged(path, "does not match its checksum")
            matrix: FloatMatrix = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError) as error:
            raise self._damaged(path, "cannot be read") from error
        return matrix

    def _damaged(self, path: Path, how: str) -> DamagedFile:
        dataset, model = self.meta["request"]["dataset"], self.meta["request"]["model"]
        option = shlex.quote(self.meta.get("model_option", model))  # a directory's path
        return DamagedFile(
            f"{path} {how}: run 'tui-al embed --dataset {dataset} --model {option}' "
            "to write it anew"
        )


@dataclass(slots=True)
class Draft:
    """An embedding while it is being filled: its matrices, and facts to note beside them.

    `entry` is the finished embedding once the context that gave the draft has closed.
    """

    train: FloatMatrix
    test: FloatMatrix
    facts: dict[str, Any] = field(default_factory=dict)
    entry: Entry | None = None


def find_entry(cache: Cache, request: EmbeddingRequest) -> Entry | None:
    """The finished embedding that answers a request, or None."""
    wanted = asdict(request)
    metas = read_metas(cache.embeddings / request.dataset, _folder_name(request))
    return next((Entry(folder, meta) for folder, meta in metas if meta["request"] == wanted), None)


@contextmanager
def write_entry(
    cache: Cache,
    request: EmbeddingRequest,
    shape: tuple[int, int, int],
    *,
    commit: str = "",
) -> Iterator[Draft]:
    """Yield matrices to fill, (n_train, dim) and (n_test, dim); on success they are the entry.

    `shape` is (n_train, n_test, dim). An entry that answers the same request is replaced;
    another embedding of the same dataset and model keeps its place beside this one.
    """
    n_train, n_test, dimension = shape
    folder = _choose_folder(cache, request)
    with atomic_write(folder / TRAIN) as train, atomic_write(folder / TEST) as test:
        draft = Draft(
            _create(train, request, n_train, dimension), _create(test, request, n_test, dimension)
        )
        yield draft
        for matrix in (draft.train, draft.test):
            matrix.flush()  # type: ignore[attr-defined]  # a memory map
        files = {
            TRAIN: _describe(train, n_train, dimension),
            TEST: _describe(test, n_test, dimension),
        }
        (folder / META).unlink(missing_ok=True)
    meta = {
        "format": FORMAT,
        "key": request.key(commit),
        "request": asdict(request),
        "commit": commit,
        "files": files,
        **draft.facts,
    }
    with atomic_write(folder / META) as temporary:
        temporary.write_text(json.dumps(meta, indent=1), "utf-8")
    draft.entry = Entry(folder, meta)


def _folder_name(request: EmbeddingRequest) -> str:
    return request.model.replace("/", "--")


def _choose_folder(cache: Cache, request: EmbeddingRequest) -> Path:
    existing = find_entry(cache, request)
    if existing is not None:
        return existing.folder
    plain = cache.embeddings / request.dataset / _folder_name(request)
    return (
        plain if read_meta(plain) is None else plain.with_name(f"{plain.name}@{request.key()[:12]}")
    )


def _create(path: Path, request: EmbeddingRequest, rows: int, dimension: int) -> FloatMatrix:
    matrix = np.lib.format.open_memmap(path, "w+", np.dtype(request.dtype), (rows, dimension))
    if hasattr(os, "posix_fallocate"):  # a full disk must say so here: a write to the map would
        with path.open("r+b") as file:  # kill the process (SIGBUS). macOS has no such call.
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return matrix


def _describe(path: Path, rows: int, dimension: int) -> dict[str, Any]:
    return {"shape": [rows, dimension], "bytes": path.stat().st_size, "sha256": sha256_of(path)}
