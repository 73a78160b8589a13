"""The cache's copy of each corpus: two parquet files and what is known about them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from tui_al.corpora.corpus import Corpus, LabeledTexts, Split, build_corpus, missing_texts
from tui_al.corpora.inventory import FORMAT, META, has_texts
from tui_al.corpora.tables import labeled_texts, read_table
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache, atomic_write, sha256_of


def save_corpus(corpus: Corpus, cache: Cache) -> None:
    """Write a corpus. A failure, a full disk included, leaves the copy that was there.

    All three files are written before any of them gets its name, `meta.json` last: to who
    reads in between, the fingerprint tells that they are of two corpora.
    """
    folder = cache.corpora / corpus.name
    meta: dict[str, Any] = {
        "format": FORMAT,
        "name": corpus.name,
        "classes": corpus.classes,
        "n_train": len(corpus.train),
        "n_test": len(corpus.test),
        "budget": corpus.budget,
        "fingerprint": corpus.fingerprint,
        "origin": corpus.origin,
        "texts": corpus.has_texts,
    }
    with (
        atomic_write(folder / META) as described,
        atomic_write(folder / "test.parquet") as test,
        atomic_write(folder / "train.parquet") as train,
    ):
        _write_rows(test, corpus, corpus.test)
        _write_rows(train, corpus, corpus.train)
        meta["sha256"] = {"train": sha256_of(train), "test": sha256_of(test)}
        described.write_text(json.dumps(meta, indent=1), "utf-8")


def open_corpus(cache: Cache, name: str, meta: dict[str, Any]) -> Corpus:
    """Read the cache's copy back and check it against its fingerprint.

    Labels without texts are as good as their checksums: the fingerprint is of both.
    """
    folder = cache.corpora / name
    try:
        train, test = (_read_rows(folder / f"{part}.parquet", meta) for part in ("train", "test"))
        corpus = build_corpus(
            name,
            train,
            test,
            budget=meta["budget"],
            class_order=meta["classes"],
            origin=meta["origin"],
        )
    except (OSError, KeyError, TypeError, BadInput, pl.exceptions.PolarsError) as error:
        raise _damaged(folder) from error
    if not has_texts(meta):
        return replace(corpus, fingerprint=meta["fingerprint"], has_texts=False)
    if corpus.fingerprint != meta["fingerprint"]:
        raise _damaged(folder)
    return corpus


def _write_rows(path: Path, corpus: Corpus, split: Split) -> None:
    columns: dict[str, Sequence[str]] = {"text": split.texts} if corpus.has_texts else {}
    columns["label"] = [corpus.classes[code] for code in split.labels.tolist()]
    frame = pl.DataFrame(columns, schema_overrides=dict.fromkeys(columns, pl.String))
    try:
        frame.write_parquet(path)
    except pl.exceptions.PolarsError as error:  # so polars reports a full disk
        raise OSError(str(error)) from error


def _read_rows(path: Path, meta: dict[str, Any]) -> LabeledTexts:
    # Checked before polars sees it: on some flipped bytes polars ends the whole process.
    if sha256_of(path) != meta["sha256"][path.stem]:
        raise _damaged(path.parent)
    frame = read_table(path)
    if not has_texts(meta):
        frame = frame.with_columns(text=pl.Series(missing_texts(frame.height)))
    return labeled_texts(path, frame, ("text",), "label")


def _damaged(folder: Path) -> DamagedFile:
    return DamagedFile(
        f"the texts in {folder} are damaged: delete that folder and run the command again "
        "(data you added yourself: tui-al dataset add --replace; "
        "imported: tui-al cache import --replace)"
    )
