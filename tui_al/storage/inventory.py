"""Everything in the cache as a list of items, told from names, sizes and `meta.json` files."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tui_al.catalog import find_model
from tui_al.corpora.inventory import META, base_name, has_texts
from tui_al.corpora.inventory import read_meta as read_corpus_meta
from tui_al.embeddings.inventory import PROJECTION, QUALITY, read_meta
from tui_al.embeddings.ledger import NAME as LEDGER
from tui_al.embeddings.ledger import read_ledger
from tui_al.embeddings.lock import is_locked
from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.storage.leftovers import Leftover, find_leftovers

Kind = Literal["texts", "embedding", "unfinished", "results", "leftover"]
KINDS: tuple[Kind, ...] = ("texts", "embedding", "unfinished", "results", "leftover")
PARTIAL = ".partial"
_EMBEDDING_FILES = ("train.npy", "test.npy", META, QUALITY, PROJECTION, LEDGER)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the cache.

    `last_used` is None where the file system does not tell. `rows` are texts, or runs of
    `results`; `done` of them are finished where it is `unfinished`. A `busy` item is being
    written by a living process. What is not `removable` is nowhere else.
    """

    kind: Kind
    path: Path
    n_bytes: int
    created: datetime
    last_used: datetime | None = None
    dataset: str = ""
    model: str = ""
    rows: int | None = None
    done: int | None = None
    dimension: int | None = None
    dtype: str = ""
    busy: bool = False
    removable: bool = True
    note: str = ""

    @property
    def touched(self) -> datetime:
        """When it was last used, as far as is known; else when it was made."""
        return max(self.created, self.last_used or self.created)


def list_items(cache: Cache) -> list[Item]:
    """Everything in the cache, by kind, dataset and model."""
    items = [
        *_texts(cache),
        *_embeddings(cache),
        *_unfinished(cache),
        *_results(cache),
        *map(_leftover, find_leftovers(cache)),
    ]
    return sorted(items, key=lambda item: (KINDS.index(item.kind), item.dataset, item.model))


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what vanishes meanwhile counts nothing."""
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.lstat().st_size for file in files if file.is_file())


def _texts(cache: Cache) -> Iterator[Item]:
    for folder in _folders(cache.corpora):
        meta = read_corpus_meta(cache, folder.name)
        if meta is None:
            if _is_ours(folder, ("train.parquet", "test.parquet", META)):
                yield _unreadable(folder, folder.name)
            continue
        users_own = meta["origin"]["kind"] == "user" and has_texts(meta)
        yield Item(
            kind="texts",
            path=folder,
            n_bytes=size_of(folder),
            created=_modified(folder / META),
            dataset=folder.name,
            rows=meta["n_train"] + meta["n_test"],
            removable=not users_own,
            note=meta["origin"]["kind"] if has_texts(meta) else "labels only",
        )


def _embeddings(cache: Cache) -> Iterator[Item]:
    for dataset in _folders(cache.embeddings):
        for folder in _folders(dataset):
            meta = read_meta(folder)
            if meta is None:
                if _is_ours(folder, _EMBEDDING_FILES):
                    yield _unreadable(folder, dataset.name)
                continue
            shapes = [file["shape"] for file in meta["files"].values()]
            yield Item(
                kind="embedding",
                path=folder,
                n_bytes=size_of(folder),
                created=_created(meta, folder / META),
                last_used=_last_read(folder / "train.npy"),
                dataset=meta["request"]["dataset"],
                model=meta["request"]["model"],
                rows=sum(shape[0] for shape in shapes),
                dimension=shapes[0][1],
                dtype=str(meta["request"].get("dtype", "")),
            )


def _unfinished(cache: Cache) -> Iterator[Item]:
    for folder in sorted(cache.embeddings.glob(f"*/.*{PARTIAL}")):
        kept = read_ledger(folder / LEDGER)
        plan = _object(kept[0] if kept else None)
        request = _object(plan.get("request"))
        yield Item(
            kind="unfinished",
            path=folder,
            n_bytes=size_of(folder),
            created=_modified(folder),
            last_used=_modified(folder / LEDGER) if kept else None,
            dataset=request.get("dataset", folder.parent.name),
            model=request.get("model", folder.name.removeprefix(".").partition("@")[0]),
            rows=plan.get("rows"),
            done=sum(record.rows for record in kept[1].values()) if kept else 0,
            dimension=plan.get("dimension"),
            dtype=request.get("dtype", ""),
            busy=is_locked(folder.with_suffix(".lock")),
        )


def _results(cache: Cache) -> Iterator[Item]:
    parts = sorted(cache.runs.glob("*.parquet"))
    if parts:
        yield Item(
            kind="results",
            path=cache.runs,
            n_bytes=sum(map(size_of, parts)),
            created=max(map(_modified, parts)),
            rows=len(parts),
            removable=False,
        )


def _leftover(found: Leftover) -> Item:
    return Item(
        kind="leftover",
        path=found.path,
        n_bytes=size_of(found.path),
        created=_modified(found.path),
        dataset=found.dataset,
        note=found.why,
    )


def _is_ours(folder: Path, names: Sequence[str]) -> bool:
    """Whether a folder holds what an entry does and nothing else: others' files are not ours."""
    found = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    return bool(found) and found.issubset(names)


def _unreadable(folder: Path, dataset: str) -> Item:
    """A folder without a `meta.json` of this version: nobody can use it, nobody works on it."""
    try:
        version = json.loads((folder / META).read_text("utf-8")).get("format")
    except (OSError, ValueError, AttributeError):
        version = None
    why = "its meta.json cannot be read" if version in (None, 1) else f"of format {version}"
    return Item(
        kind="leftover",
        path=folder,
        n_bytes=size_of(folder),
        created=_modified(folder),
        dataset=dataset,
        busy=any(map(is_locked, folder.parent.glob(".*.lock"))),
        note=f"unreadable: {why}",
    )


def require_names(
    items: Sequence[Item], datasets: Sequence[str], models: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The datasets and models meant, after refusing those of which the cache holds nothing."""
    for dataset in datasets:
        if dataset not in {item.dataset for item in items}:
            raise _holds_nothing("dataset", dataset)
    known = {item.model for item in items if item.model}
    meant = [name if name in known else find_model(name).name for name in models]
    for model in meant:
        if model not in known:
            raise _holds_nothing("model", model)
    return list(datasets), meant


def of_names(items: Sequence[Item], datasets: Sequence[str], models: Sequence[str]) -> list[Item]:
    """The items of some datasets and models, all where none are named."""
    datasets, models = require_names(items, datasets, models)
    return [
        item
        for item in items
        if (not datasets or item.dataset in datasets) and (not models or item.model in models)
    ]


def _holds_nothing(kind: str, name: str) -> BadInput:
    return BadInput(f"the cache holds nothing of {kind} '{name}': 'tui-al cache info' lists all")


def texts_of(item: Item) -> str:
    """The dataset whose texts an embedding needs: a sample's is the whole."""
    return base_name(item.dataset)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    found = (path for path in parent.iterdir() if not path.name.startswith("."))
    return sorted(path for path in found if path.is_dir())


def _created(meta: dict[str, Any], path: Path) -> datetime:
    try:
        stated = datetime.fromisoformat(meta["created_at"])
    except (KeyError, TypeError, ValueError):
        return _modified(path)
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def _modified(path: Path) -> datetime:
    try:
        return _moment(path.lstat().st_mtime)
    except OSError:  # gone meanwhile
        return datetime.now(UTC)


def _last_read(matrix: Path) -> datetime | None:
    """When a matrix was last read, where that is later than what its own writing left."""
    try:
        read, described = matrix.stat().st_atime, (matrix.parent / META).stat().st_mtime
    except OSError:
        return None
    return _moment(read) if read > described else None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
