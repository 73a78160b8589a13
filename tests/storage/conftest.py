"""A cache with one dataset, embedded once a session and copied for each test."""

import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from tui_al.catalog import find_model
from tui_al.corpora.load import load_corpus
from tui_al.corpora.user import add_dataset
from tui_al.embeddings.job import embed_corpus
from tui_al.paths import Cache

DATASET, MODEL = "pets", "wordllama-256"


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a cache with sixty short texts embedded; nobody may write into it."""
    root = tmp_path_factory.mktemp("stock")
    kinds = ("cat", "dog", "fish")
    rows = [f"a {kinds[row % 3]} called number {row},{kinds[row % 3]}" for row in range(60)]
    table = root / "pets.csv"
    table.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    cache = Cache(root / "cache")
    add_dataset(DATASET, table, cache)
    embed_corpus(load_corpus(DATASET, cache), find_model(MODEL), cache)
    return cache.root


@pytest.fixture
def stocked(stock: Path, cache: Cache) -> Cache:
    """This test's own copy of the stock, in the cache that commands use."""
    shutil.copytree(stock, cache.root)
    return cache


@pytest.fixture
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no package with weights is installed."""

    def refuse(distribution: str) -> str:
        raise PackageNotFoundError(distribution)

    monkeypatch.setattr("tui_al.embeddings.request.version", refuse)


@pytest.fixture
def bundle(stocked: Cache, tui_al: Callable[..., Any], tmp_path: Path) -> Path:
    """An export of the stock without texts; the cache it came from is gone."""
    return _export(stocked, tui_al, tmp_path / "labels.zip")


@pytest.fixture
def bundle_with_texts(stocked: Cache, tui_al: Callable[..., Any], tmp_path: Path) -> Path:
    """An export of the stock with texts; the cache it came from is gone."""
    return _export(stocked, tui_al, tmp_path / "texts.zip", "--with-texts")


def _export(cache: Cache, tui_al: Callable[..., Any], out: Path, *options: str) -> Path:
    names = ("--dataset", DATASET, "--model", MODEL)
    assert tui_al("cache", "export", *names, "--out", out, *options).code == 0
    shutil.rmtree(cache.root)
    return out
