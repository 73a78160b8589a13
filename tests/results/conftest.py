"""Prepared data for the results tests."""

import numpy as np
import pytest

from tui_al.corpora.corpus import Corpus, Split
from tui_al.grid.prepare import Prepared, prepare
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.paths import Cache
from tui_al.results.store import ResultStore


@pytest.fixture(scope="session")
def bbcnews_cache(tmp_path_factory):
    return Cache(tmp_path_factory.mktemp("bbcnews"))


@pytest.fixture(scope="session")
def bbcnews(bbcnews_cache):
    """bbcnews x wordllama-256, embedded once for the session."""
    return prepare("bbcnews", "wordllama-256", bbcnews_cache)


@pytest.fixture(scope="session")
def prepared():
    """A small data set that is stored nowhere."""
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = (rng.normal(size=(3, 6))[y] + rng.normal(size=(90, 6))).astype(np.float32)
    train, test = (Split(tuple(map(str, range(len(part)))), part) for part in (y[:60], y[60:]))
    corpus = Corpus("small", ("a", "b", "c"), train, test, 30, "fingerprint", {})
    data = EmbeddedDataset.from_arrays(
        x[:60], y[:60], x[60:], y[60:],
        classes=corpus.classes, name="small", model="made", budget=30,
    )  # fmt: skip
    return Prepared(corpus, data, "key of the embedding")


@pytest.fixture
def store(cache):
    return ResultStore(cache.runs)
