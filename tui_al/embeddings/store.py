"""Embedding matrices on disk: memory-mapped `.npy` files, vouched for by a `meta.json`."""

import json
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from tui_al.embeddings.inventory import FORMAT, META, list_entries, read_meta, read_metas
from tui_al.embeddings.request import EmbeddingRequest
from tui_al.errors import DamagedFile
from tui_al.paths import Cache, atomic_write, sha256_of, sync

FloatMatrix = NDArray[np.floating[Any]]
PARTS = ("train", "test")
_READ_EVERY_TIME = 1 << 28  # bytes: up to this, checking takes a moment


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished embedding: where it lies and what is written about it."""

    folder: Path
    meta: dict[str, Any]

    @property
    def key(self) -> str:
        return str(self.meta["key"])

    def open(self) -> tuple[FloatMatrix, FloatMatrix]:
        """Memory-map the train and test matrices after checking them.

        Small files are read byte for byte every time, files of gigabytes only where something
        has written to them since. Raises `DamagedFile` naming the file and the command that
        writes it anew.
        """
        return self._open("train.npy"), self._open("test.npy")

    def _open(self, name: str) -> FloatMatrix:
        path, expected = self.folder / name, self.meta["files"][name]
        try:
            size = path.stat().st_size
            if size != expected["bytes"]:
                raise self._damaged(path, f"has {size} bytes instead of {expected['bytes']}")
            if not self._untouched(path) and sha256_of(path) != expected["sha256"]:
                raise self._damaged(path, "does not match its checksum")
            matrix: FloatMatrix = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError) as error:
            raise self._damaged(path, "cannot be read") from error
        return matrix

    def _untouched(self, path: Path) -> bool:
        """Whether a large file is the very one that was written, by the system's word for it."""
        large = self.meta["files"][path.name]["bytes"] > _READ_EVERY_TIME
        return bool(large and self.meta.get("stamps", {}).get(path.name) == _stamp(path))

    def _damaged(self, path: Path, how: str) -> DamagedFile:
        dataset, model = self.meta["request"]["dataset"], self.meta["request"]["model"]
        option = shlex.quote(self.meta.get("model_option", model))  # a directory's path
        return DamagedFile(
            f"{path} {how}: run 'tui-al embed --dataset {dataset} --model {option}' "
            "to write it anew"
        )


def find_entry(cache: Cache, request: EmbeddingRequest) -> Entry | None:
    """The finished embedding that answers a request, or None."""
    wanted = request.facts()
    metas = read_metas(cache.embeddings / request.dataset, request.folder_name)
    return next((Entry(folder, meta) for folder, meta in metas if meta["request"] == wanted), None)


def find_any_release(cache: Cache, request: EmbeddingRequest) -> Entry | None:
    """The newest finished embedding that differs from a request by the model's release alone."""
    wanted = request.facts() | {"revision": ""}
    metas = read_metas(cache.embeddings / request.dataset, request.folder_name)
    entries = (
        Entry(folder, meta)
        for folder, meta in metas
        if meta["request"] | {"revision": ""} == wanted
    )
    return max(entries, key=lambda entry: str(entry.meta.get("created_at", "")), default=None)


def find_by_key(cache: Cache, dataset: str, key: str) -> Entry | None:
    """The finished embedding of a dataset that has this key, or None."""
    folders = (info.folder for info in list_entries(cache, dataset))
    entries = (Entry(folder, meta) for folder in folders if (meta := read_meta(folder)))
    return next((entry for entry in entries if entry.key == key), None)


def publish_entry(
    cache: Cache,
    request: EmbeddingRequest,
    draft: Path,
    *,
    commit: str,
    facts: Mapping[str, Any],
) -> Entry:
    """Make a folder with the two whole matrices the entry that answers a request.

    An entry that answers the same request is replaced; another embedding of the same dataset
    and model keeps its place beside this one. Readers see the old or the new, whole. Raises
    `OSError` with the draft as it was.
    """
    folder = _choose_folder(cache, request)
    meta = {
        "format": FORMAT,
        "key": request.key(commit),
        "request": request.facts(),
        "commit": commit,
        "files": {f"{part}.npy": _describe(draft / f"{part}.npy") for part in PARTS},
        "stamps": {f"{part}.npy": _stamp(draft / f"{part}.npy") for part in PARTS},
        **facts,
    }
    with atomic_write(draft / META) as temporary:
        temporary.write_text(json.dumps(meta, indent=1), "utf-8")
    replace_folder(draft, folder)
    for path in folder.iterdir():
        if path.name not in (META, *(f"{part}.npy" for part in PARTS)):
            path.unlink()  # the ledger, which was of use until now
    return Entry(folder, meta)


def replace_folder(new: Path, old: Path) -> None:
    """Give a folder the name of another, which is then gone. Raises `OSError`."""
    aside = old.with_name(f".{old.name}.{uuid4().hex[:8]}.old")
    if old.exists():
        old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        if aside.exists():
            aside.rename(old)
        raise
    sync(old.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _choose_folder(cache: Cache, request: EmbeddingRequest) -> Path:
    existing = find_entry(cache, request)
    if existing is not None:
        return existing.folder
    plain = cache.embeddings / request.dataset / request.folder_name
    return (
        plain if read_meta(plain) is None else plain.with_name(f"{plain.name}@{request.key()[:12]}")
    )


def _describe(path: Path) -> dict[str, Any]:
    """Shape, size and checksum of a matrix whose bytes are on the disk."""
    sync(path)
    shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
    return {"shape": list(shape), "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _stamp(path: Path) -> list[int]:
    """What changes whenever a file is written to, or is another file of the same name."""
    status = path.stat()
    return [status.st_ino, status.st_mtime_ns]
