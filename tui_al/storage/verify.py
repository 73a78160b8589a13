"""Whether every file of the cache is what was written."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_al.catalog import datasets
from tui_al.corpora.inventory import META, base_name, has_texts
from tui_al.corpora.inventory import read_meta as read_corpus_meta
from tui_al.corpora.store import open_corpus
from tui_al.embeddings.inventory import read_meta
from tui_al.embeddings.request import EmbeddingRequest
from tui_al.errors import DamagedFile
from tui_al.paths import Cache
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.store import ResultStore
from tui_al.storage.inventory import Item, size_of
from tui_al.storage.reading import Meter, digest_of, read_chunks

_PARTS = ("train", "test")
_IMPORT = "'tui-al cache import FILE --replace' brings it again"


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written, and the command that repairs it."""

    path: Path
    how: str
    repair: str


def verify(
    cache: Cache, items: Sequence[Item], listener: ProgressListener = ignore_progress
) -> Iterator[Damage]:
    """Read every byte of texts, embeddings and results; yield what is damaged.

    Unreadable entries among the `items` are damaged as a whole. What is unfinished, and other
    leftovers, vouch for nothing and are passed over.
    """
    read = [item for item in items if item.kind in ("texts", "embedding", "results")]
    meter = Meter("verifying", sum(item.n_bytes for item in read), listener)
    for item in items:
        if item.kind == "texts":
            yield from _check_texts(cache, item, meter)
        elif item.kind == "embedding":
            yield from _check_embedding(cache, item, meter)
        elif item.kind == "results":
            yield from _check_results(item, meter)
        elif item.note.startswith("unreadable"):
            yield Damage(item.path / META, item.note, _repair_unreadable(cache, item))


def _check_texts(cache: Cache, item: Item, meter: Meter) -> Iterator[Damage]:
    meta = read_corpus_meta(cache, item.dataset) or {}
    expected = meta.get("sha256")
    before = size_of(item.path)
    sound = True
    for part in _PARTS:
        path = item.path / f"{part}.parquet"
        wanted = expected.get(part) if isinstance(expected, dict) else None
        how = _compare(path, wanted, meter)
        if how is not None:
            sound = False
            yield Damage(path, how, _repair_texts(item.dataset, meta))
    meter.advance(before - sum(size_of(item.path / f"{part}.parquet") for part in _PARTS))
    if sound:  # the checksums are of these files, but what is written beside them?
        try:
            open_corpus(cache, item.dataset, meta)
        except DamagedFile:
            how = "does not describe the texts beside it"
            yield Damage(item.path / META, how, _repair_texts(item.dataset, meta))


def _check_embedding(cache: Cache, item: Item, meter: Meter) -> Iterator[Damage]:
    meta = read_meta(item.path)
    if meta is None:  # gone since it was listed
        return
    option = str(meta.get("model_option", item.model))
    repair = _repair_embedding(item.dataset, option, cache)
    if not _describes_itself(meta):
        yield Damage(item.path / META, "does not match its key", repair)
    counted = 0
    for part in _PARTS:
        path = item.path / f"{part}.npy"
        counted += size_of(path)
        how = _compare(path, meta["files"][path.name].get("sha256"), meter)
        if how is not None:
            yield Damage(path, how, repair)
    meter.advance(item.n_bytes - counted)


def _check_results(item: Item, meter: Meter) -> Iterator[Damage]:
    """Parts are named after a digest of their content."""
    store = ResultStore(item.path)
    repair = "delete it; 'tui-al run' with the same options computes it again"
    for path, why in store.unreadable().items():
        yield Damage(path, why, repair)
    meter.advance(item.n_bytes)


def _compare(path: Path, expected: object, meter: Meter) -> str | None:
    """How a file differs from its checksum; None where it does not."""
    try:
        found = digest_of(meter.pass_on(read_chunks(path)))
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({(error.strerror or str(error)).lower()})"
    return None if found == expected else "does not match its checksum"


def _describes_itself(meta: dict[str, Any]) -> bool:
    try:
        request = EmbeddingRequest(**meta["request"])
    except TypeError:
        return False
    return bool(request.key(str(meta.get("commit", ""))) == meta["key"])


def _repair_texts(dataset: str, meta: dict[str, Any]) -> str:
    name = shlex.quote(dataset)
    if meta and not has_texts(meta):
        return _IMPORT
    if dataset not in datasets() or meta.get("origin", {}).get("kind") == "user":
        return f"'tui-al dataset add {name} FILE --replace' adds it again"
    return f"'tui-al embed --dataset {name} --model glove-50' reads it again from its source"


def _repair_unreadable(cache: Cache, item: Item) -> str:
    if item.path.parent == cache.corpora:
        return _repair_texts(item.dataset, {})
    model = item.path.name.partition("@")[0].replace("--", "/")
    return _repair_embedding(item.dataset, model, cache)


def _repair_embedding(dataset: str, option: str, cache: Cache) -> str:
    meta = read_corpus_meta(cache, base_name(dataset))
    if meta is not None and not has_texts(meta):
        return _IMPORT
    names = f"--dataset {shlex.quote(dataset)} --model {shlex.quote(option)}"
    return f"'tui-al embed {names}' writes it anew"
