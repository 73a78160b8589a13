"""Taking an export into the cache, whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tokenize import TokenError
from typing import Any, NoReturn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus, missing_texts
from tui_al.corpora.inventory import LIMIT_MARK, read_meta
from tui_al.corpora.load import limit_corpus
from tui_al.corpora.store import open_corpus, save_corpus
from tui_al.corpora.tables import labeled_texts, read_table
from tui_al.embeddings.lock import hold_lock
from tui_al.embeddings.partial import partial_folder
from tui_al.embeddings.store import Entry, find_entry, publish_entry
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache, make_folder, require_room, unwritable
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.storage.archive import Described, Export, open_export
from tui_al.storage.bundle import LABELS, MATRICES, TEXTS
from tui_al.storage.leftovers import IMPORT, remove
from tui_al.storage.reading import Meter

_ROWS = 8192


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    entry: Entry
    corpus: Corpus


def import_embedding(
    file: Path,
    cache: Cache,
    *,
    replace_existing: bool = False,
    listener: ProgressListener = ignore_progress,
) -> Imported:
    """Put the embedding of an export, its labels and texts into the cache.

    Everything is checked before anything gets its place. An embedding that is there already,
    or another text of the same name, is a `BadInput` unless it may be replaced.
    """
    with open_export(file) as export:
        described = export.described
        if not replace_existing:
            _require_free(described, cache)
        with _draft(described, cache) as draft:
            _unpack(export, draft, listener)
            corpus = _corpus(export, draft)
            _check_matrices(export, draft, corpus)
            entry = _publish(described, draft, cache)
        if not _has_as_good(corpus, cache):
            try:
                save_corpus(corpus, cache)
            except BaseException:
                remove(entry.folder)  # of no use without its labels
                raise
        return Imported(entry, corpus)


def _require_free(described: Described, cache: Cache) -> None:
    request = described.request
    existing = find_entry(cache, request)
    if existing is not None:
        raise BadInput(
            f"{request.dataset} with {request.model} is in the cache already: "
            "pass --replace to put the imported one in its place"
        )
    meta = read_meta(cache, described.name)
    if meta is not None and meta["fingerprint"] != described.fingerprint:
        raise BadInput(
            f"the cache holds another text under the name {described.name}: "
            "pass --replace to put the imported one in its place"
        )


@contextmanager
def _draft(described: Described, cache: Cache) -> Iterator[Path]:
    """A hidden folder that is gone afterwards, while nobody else makes the same embedding."""
    partial = partial_folder(cache, described.request)
    make_folder(partial.parent)
    draft = partial.with_suffix(IMPORT)
    try:
        with hold_lock(partial.with_suffix(".lock"), _refuse):
            shutil.rmtree(draft, ignore_errors=True)  # of an import that was killed
            try:
                draft.mkdir()
                yield draft
            except OSError as error:
                raise unwritable(draft, error) from error
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    finally:
        with suppress(OSError):
            partial.parent.rmdir()


def _refuse(process: int | None) -> NoReturn:
    who = "another process" if process is None else f"process {process}"
    raise BadInput(f"{who} is making this embedding now: wait until it is done")


def _unpack(export: Export, draft: Path, listener: ProgressListener) -> None:
    described = export.described
    names = [*MATRICES, *LABELS, *(TEXTS if described.with_texts else ())]
    total = sum(described.sizes[name] for name in names)
    require_room(draft, total, f"importing {export.path.name}")
    meter = Meter(f"importing {described.request.dataset}", total, listener)
    for name in names:
        with (draft / name).open("wb") as file:
            for chunk in meter.pass_on(export.chunks(name)):
                file.write(chunk)


def _corpus(export: Export, draft: Path) -> Corpus:
    """The corpus with its texts, or with what stands for them, after checking that it fits."""
    described = export.described
    labels = [_labels(export, draft / name) for name in LABELS]
    words = [[described.classes[code] for code in codes.tolist()] for codes in labels]
    if described.with_texts:
        rows = [_rows(export, draft / name) for name in TEXTS]
        if [list(part.labels) for part in rows] != words:
            raise export.fault("is damaged: its texts have other labels")
    else:
        rows = [LabeledTexts(missing_texts(len(part)), part, str(export.path)) for part in words]
    corpus = build_corpus(
        described.name,
        *rows,
        budget=described.budget,
        class_order=described.classes,
        origin=described.origin,
    )
    if corpus.classes != described.classes:
        raise export.fault("is damaged: it names classes that no training row has")
    if not described.with_texts:
        return replace(corpus, fingerprint=described.fingerprint, has_texts=False)
    if corpus.fingerprint != described.fingerprint:
        raise export.fault("is damaged: its texts are not those that were embedded")
    return corpus


def _rows(export: Export, path: Path) -> LabeledTexts:
    try:
        rows = labeled_texts(path, read_table(path), ("text",), "label")
    except (BadInput, pl.exceptions.PolarsError) as error:
        raise export.fault(f"is damaged: {path.name} does not hold texts and labels") from error
    return replace(rows, origin=f"{export.path}: {path.name}")


def _labels(export: Export, path: Path) -> NDArray[np.int64]:
    labels = _array(export, path)
    if labels.ndim != 1 or labels.dtype != np.int64 or not len(labels):
        raise export.fault(f"is damaged: {path.name} does not hold one integer a row")
    if labels.min() < 0 or labels.max() >= len(export.described.classes):
        raise export.fault(f"is damaged: {path.name} holds labels of no class")
    return labels


def _check_matrices(export: Export, draft: Path, whole: Corpus) -> None:
    request = export.described.request
    limit = request.dataset.partition(LIMIT_MARK)[2]
    corpus = limit_corpus(whole, limit) if limit else whole
    if corpus.fingerprint != request.fingerprint:
        raise export.fault("is damaged: it embeds another text than it has the labels of")
    widths = set()
    for name, split in zip(MATRICES, (corpus.train, corpus.test), strict=True):
        matrix = _array(export, draft / name)
        if matrix.ndim != 2 or len(matrix) != len(split) or not matrix.shape[1]:
            raise export.fault(
                f"is damaged: {name} is of shape {matrix.shape}, but there are {len(split)} texts"
            )
        if matrix.dtype != np.dtype(request.dtype) or matrix.dtype.kind != "f":
            raise export.fault(f"is damaged: {name} holds {matrix.dtype}, not {request.dtype}")
        for start in range(0, len(matrix), _ROWS):
            if not np.isfinite(matrix[start : start + _ROWS]).all():
                raise export.fault(f"is damaged: {name} holds NaN or infinity")
        widths.add(matrix.shape[1])
    if len(widths) > 1:
        raise export.fault("is damaged: its two matrices have different widths")


def _array(export: Export, path: Path) -> NDArray[Any]:
    """A memory map of a plain array that fills its file; never an object."""
    try:
        array: np.memmap[Any, Any] = np.lib.format.open_memmap(path, mode="r")
    except (ArithmeticError, EOFError, MemoryError, OSError, RuntimeError, SyntaxError,
            TypeError, ValueError, TokenError) as error:  # fmt: skip
        raise export.fault(f"is damaged: {path.name} is not a plain array") from error
    if not array.flags.c_contiguous or array.offset + array.nbytes != path.stat().st_size:
        raise export.fault(f"is damaged: {path.name} is not a plain array")
    return array


def _publish(described: Described, draft: Path, cache: Cache) -> Entry:
    """The checked matrices in their place; whatever else is in the draft goes."""
    for name in (*LABELS, *TEXTS):
        (draft / name).unlink(missing_ok=True)
    return publish_entry(
        cache, described.request, draft, commit=described.commit, facts=described.facts
    )


def _has_as_good(corpus: Corpus, cache: Cache) -> bool:
    """Whether the cache has an intact copy of this text already, and not labels alone."""
    meta = read_meta(cache, corpus.name)
    try:
        existing = open_corpus(cache, corpus.name, meta) if meta is not None else None
    except DamagedFile:
        return False
    if existing is None or existing.fingerprint != corpus.fingerprint:
        return False
    return existing.has_texts or not corpus.has_texts
