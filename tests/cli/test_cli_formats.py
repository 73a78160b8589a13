"""All eleven datasets: embedded while there is a Hub, then run without it."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hub_datasets import PUBLISHED, expected_rows, serve_published, write_published
from hub_server import HubServer

from tui_al import load_embedded
from tui_al.catalog import datasets
from tui_al.corpora.load import load_corpus
from tui_al.corpora.splitting import sampled_rows
from tui_al.paths import Cache

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
MODEL = ("--model", "glove-50")
STANCES = ("agree", "disagree", "discuss", "unrelated")
PAIRS = [
    (f'Headline {row}, "quoted"', f"First line of {row % 7}.\n\nThe third,\r\nthe last.", stance)
    for row, stance in enumerate(STANCES * 15)
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """The cache after `tui-al embed` of all datasets; the Hub is gone."""
    home = tmp_path_factory.mktemp("formats")
    write_published(home / "published")
    write_fnc1(home / "mirror" / "fnc1")
    wanted = [word for name in datasets() for word in ("--dataset", name)]
    with HubServer() as hub:
        serve_published(hub, home / "published")
        done = subprocess.run(
            [PROGRAM, "embed", *wanted, *MODEL],
            env=hub.environment(home) | {"TUI_AL_DATA": str(home / "mirror")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Cache(home / "cache")


def write_fnc1(folder: Path) -> None:
    """FNC-1's two files; seven bodies, each with several headlines."""
    folder.mkdir(parents=True)
    bodies = {row % 7: body for row, (_, body, _) in enumerate(PAIRS)}
    stances = [(headline, row % 7, stance) for row, (headline, _, stance) in enumerate(PAIRS)]
    for name, rows in (
        ("train_bodies.csv", [("Body ID", "articleBody"), *bodies.items()]),
        ("train_stances.csv", [("Headline", "Body ID", "Stance"), *stances]),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def loaded_rows(name: str, cache: Cache) -> tuple[list[tuple[str, str]], ...]:
    corpus = load_corpus(name, cache)
    return tuple(
        [(text, corpus.classes[code]) for text, code in zip(part.texts, part.labels, strict=True)]
        for part in (corpus.train, corpus.test)
    )


@pytest.mark.parametrize("name", PUBLISHED)
def test_texts_from_the_hub_stay(name: str, cache: Cache) -> None:
    dataset = PUBLISHED[name]
    test = expected_rows(dataset, dataset.test)
    if name == "dbpedia":
        test = [test[row] for row in sampled_rows(6_000, 5_000)]

    assert loaded_rows(name, cache) == (expected_rows(dataset, *dataset.train), test)
    assert load_corpus(name, cache).classes == dataset.classes


def test_pairs_from_two_files_stay(cache: Cache) -> None:
    train, test = loaded_rows("fnc1", cache)

    assert load_corpus("fnc1", cache).classes == STANCES
    assert Counter(train + test) == Counter((f"{a}\n{b}", stance) for a, b, stance in PAIRS)
    assert len(test) == 6


def test_texts_from_the_package_stay(cache: Cache) -> None:
    assert [len(rows) for rows in loaded_rows("bbcnews", cache)] == [1_780, 445]


@pytest.mark.parametrize("name", datasets())
def test_every_dataset_runs_without_the_hub(name: str, cache: Cache, tui_al) -> None:
    corpus, data = load_corpus(name, cache), load_embedded(name, "glove-50", cache_dir=cache.root)
    result = tui_al("run", "--dataset", name, *MODEL, "--budget", "40", "--cycles", "3", "--json",
                    "--cache-dir", str(cache.root))  # fmt: skip

    assert result.code == 0, result.err
    records = [json.loads(line) for line in result.out.splitlines()]
    assert [record["n_labeled"] for record in records] == [10, 20, 30, 40]
    selected = [row for record in records for row in record["selected"]]
    assert len(set(selected)) == 40
    assert set(selected) <= set(range(len(corpus.train)))
    for part, matrix in ((corpus.train, data.train_x), (corpus.test, data.test_x)):
        assert matrix.shape == (len(part), 50)
        wordless = [not text.strip() for text in part.texts]  # an empty text has no direction
        np.testing.assert_array_equal(~matrix.any(axis=1), wordless)


def test_the_real_pairs_run_from_their_two_files(real_data: Path, tui_al) -> None:
    result = tui_al("run", "--dataset", "fnc1@200", *MODEL, "--budget", "40", "--cycles", "3",
                    "--json", "--data-dir", str(real_data))  # fmt: skip

    assert result.code == 0, result.err
    assert json.loads(result.out.splitlines()[-1])["n_labeled"] == 40
