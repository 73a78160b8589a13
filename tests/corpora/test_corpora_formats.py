"""Every dataset of the catalog as files of a mirror directory, in every format."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from hub_datasets import PUBLISHED, Published, expected_rows, published_frame, write_parquet

from tui_al.catalog import datasets
from tui_al.corpora.corpus import Corpus, Split
from tui_al.corpora.inventory import SUFFIXES, text_source
from tui_al.corpora.load import load_corpus
from tui_al.corpora.splitting import sampled_rows
from tui_al.paths import Cache

# Not read from the Hub, but welcome as files; their labels are words.
NAMED = {
    "fnc1": Published(
        "fnc1",
        "",
        "",
        ("Headline", "articleBody"),
        ("agree", "disagree", "discuss", "unrelated"),
        {"train": 48, "validation": 8, "test": 12},
        label="Stance",
        others=("Body ID",),
    ),
    "bbcnews": Published(
        "bbcnews",
        "",
        "",
        ("text",),
        ("business", "entertainment", "politics", "sport", "tech"),
        {"train": 48, "test": 10},
    ),
}
DATASETS = PUBLISHED | NAMED


def write_mirror(folder: Path, dataset: Published, suffix: str) -> None:
    """All splits as files, `datasets`' way: classes as numbers, their names in parquet only."""
    folder.mkdir(parents=True)
    for split in dataset.splits:
        frame = published_frame(dataset, split)
        if dataset.name in NAMED:
            names = pl.col(dataset.label).replace_strict(dict(enumerate(dataset.classes)))
            frame = frame.with_columns(names)
        path = folder / f"{split}{suffix}"
        if suffix == ".parquet":
            write_parquet(path, dataset, frame)
        elif suffix == ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dicts()), "utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, delimiter="\t" if suffix == ".tsv" else ",")
                writer.writerows([frame.columns, *frame.rows()])


def rows_of(corpus: Corpus, split: Split) -> list[tuple[str, str]]:
    labels = [corpus.classes[code] for code in split.labels]
    return list(zip(split.texts, labels, strict=True))


def test_every_dataset_of_the_catalog_is_here() -> None:
    assert set(DATASETS) == set(datasets())


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", DATASETS)
def test_a_mirror_holds_what_the_hub_does(
    name: str, suffix: str, tmp_path: Path, cache: Cache
) -> None:
    dataset = DATASETS[name]
    write_mirror(tmp_path / "mirror" / name, dataset, suffix)
    said = dict(zip(dataset.classes, map(str, range(len(dataset.classes))), strict=True))
    if suffix == ".parquet" or name in NAMED:
        said = dict(zip(dataset.classes, dataset.classes, strict=True))

    corpus = load_corpus(name, cache, data_dir=tmp_path / "mirror")

    assert text_source(name, cache, tmp_path / "mirror") == "mirror"
    assert corpus.classes == tuple(said.values())
    train, test = (
        [(text, said[label]) for text, label in expected_rows(dataset, *splits)]
        for splits in (dataset.train, (dataset.test,))
    )
    if name == "dbpedia":
        test = [test[row] for row in sampled_rows(6_000, 5_000)]
    assert rows_of(corpus, corpus.train) == train
    assert rows_of(corpus, corpus.test) == test
    assert load_corpus(name, cache).fingerprint == corpus.fingerprint  # from the cache's copy


def test_a_mirror_may_hold_wikitalks_train_pool_in_one_file(tmp_path: Path, cache: Cache) -> None:
    folder = tmp_path / "mirror" / "wikitalk"
    write_mirror(folder, PUBLISHED["wikitalk"], ".csv")
    (folder / "validation.csv").unlink()

    corpus = load_corpus("wikitalk", cache, data_dir=tmp_path / "mirror")

    assert (len(corpus.train), len(corpus.test)) == (36, 6)


def test_wikitalks_validation_file_alone_is_no_train_pool(tmp_path: Path, cache: Cache) -> None:
    write_mirror(tmp_path / "mirror" / "wikitalk", PUBLISHED["wikitalk"], ".csv")
    (tmp_path / "mirror" / "wikitalk" / "train.csv").unlink()

    assert text_source("wikitalk", cache, tmp_path / "mirror") == "hub"
