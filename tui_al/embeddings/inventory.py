"""Which embeddings and model weights are on this machine, told without loading numpy."""

import glob
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from tui_al.catalog import ModelSpec
from tui_al.paths import Cache

META = "meta.json"
QUALITY = "quality.json"
PROJECTION = "projection.npz"
FORMAT = 1

WeightsSource = Literal["package", "directory", "cached", "hub", "none"]


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """A finished embedding on disk."""

    folder: Path
    dataset: str
    model: str
    fingerprint: str
    n_train: int
    n_test: int
    dimension: int
    n_bytes: int


def list_entries(cache: Cache, dataset: str | None = None) -> list[EntryInfo]:
    """Every finished embedding of the cache, or of one dataset, by dataset and model."""
    pattern = f"{dataset or '*'}/[!.]*/{META}"  # hidden ones are not finished, or done with
    folders = (path.parent for path in sorted(cache.embeddings.glob(pattern)))
    folders = (folder for folder in folders if not folder.name.startswith("."))  # unfinished, gone
    metas = ((folder, read_meta(folder)) for folder in folders)
    return [_describe(folder, meta) for folder, meta in metas if meta is not None]


def read_metas(folder: Path, model_folder: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folders and `meta.json` contents of a model's entries under a dataset's folder."""
    for candidate in (
        folder / model_folder,
        *sorted(folder.glob(f"{glob.escape(model_folder)}@*")),
    ):
        meta = read_meta(candidate)
        if meta is not None:
            yield candidate, meta


def read_meta(folder: Path) -> dict[str, Any] | None:
    """What is written about an entry, or None where there is no finished one."""
    try:
        meta: dict[str, Any] = json.loads((folder / META).read_text("utf-8"))
        _describe(folder, meta)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    named = isinstance(meta.get("key"), str) and meta["key"]
    return meta if named and meta.get("format") == FORMAT else None


def weights_source(spec: ModelSpec) -> WeightsSource:
    """Where a model's weights would come from now."""
    if spec.package is not None:
        return "package" if find_spec(spec.package.module) else "none"
    if spec.directory is not None:
        return "directory" if Path(spec.directory).is_dir() else "none"
    from huggingface_hub import try_to_load_from_cache

    try:
        found = try_to_load_from_cache(spec.repo or "", "config.json", revision=spec.revision)
    except ValueError:  # no repository can have this name
        return "none"
    return "cached" if isinstance(found, str) else "hub"


def _describe(folder: Path, meta: dict[str, Any]) -> EntryInfo:
    return EntryInfo(
        folder=folder,
        dataset=meta["request"]["dataset"],
        model=meta["request"]["model"],
        fingerprint=meta["request"]["fingerprint"],
        n_train=meta["files"]["train.npy"]["shape"][0],
        n_test=meta["files"]["test.npy"]["shape"][0],
        dimension=meta["files"]["train.npy"]["shape"][1],
        n_bytes=sum(file["bytes"] for file in meta["files"].values()),
    )
