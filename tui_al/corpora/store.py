"""The cache's copy of each corpus: two parquet files and what is known about them."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus
from tui_al.corpora.inventory import FORMAT, META
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache, atomic_write


def save_corpus(corpus: Corpus, cache: Cache) -> None:
    """Write a corpus; `meta.json` goes last, so that a reader never sees a part of it."""
    folder = cache.corpora / corpus.name
    (folder / META).unlink(missing_ok=True)
    for part, split in (("train", corpus.train), ("test", corpus.test)):
        labels = [corpus.classes[code] for code in split.labels.tolist()]
        frame = pl.DataFrame(
            {"text": split.texts, "label": labels}, schema_overrides={"text": pl.String}
        )
        with atomic_write(folder / f"{part}.parquet") as temporary:
            frame.write_parquet(temporary)
    meta = {
        "format": FORMAT,
        "name": corpus.name,
        "classes": corpus.classes,
        "n_train": len(corpus.train),
        "n_test": len(corpus.test),
        "budget": corpus.budget,
        "fingerprint": corpus.fingerprint,
        "origin": corpus.origin,
    }
    with atomic_write(folder / META) as temporary:
        temporary.write_text(json.dumps(meta, indent=1), "utf-8")


def open_corpus(cache: Cache, name: str, meta: dict[str, Any]) -> Corpus:
    """Read the cache's copy back and check it against its fingerprint."""
    folder = cache.corpora / name
    try:
        train, test = (_read_rows(folder / f"{part}.parquet") for part in ("train", "test"))
        corpus = build_corpus(
            name,
            train,
            test,
            budget=meta["budget"],
            class_order=meta["classes"],
            origin=meta["origin"],
        )
    except (OSError, KeyError, BadInput, pl.exceptions.PolarsError) as error:
        raise _damaged(folder) from error
    if corpus.fingerprint != meta["fingerprint"]:
        raise _damaged(folder)
    return corpus


def _read_rows(path: Path) -> LabeledTexts:
    frame = pl.read_parquet(path)
    return LabeledTexts(frame["text"].to_list(), frame["label"].to_list(), origin=str(path))


def _damaged(folder: Path) -> DamagedFile:
    return DamagedFile(
        f"the texts in {folder} are damaged: delete that folder and run the command again "
        "(data you added yourself: tui-al dataset add --replace)"
    )
