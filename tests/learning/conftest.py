"""The bundled data for all learning tests, and packages that exist for one test only."""

import sys
from functools import cache

import pytest
from threadpoolctl import threadpool_limits

from tui_al.grid.prepare import prepare
from tui_al.learning.strategies import strategies
from tui_al.paths import Cache


@pytest.fixture(scope="session")
def bbcnews(tmp_path_factory):
    """bbcnews x wordllama-256, embedded once for the session."""
    return prepare("bbcnews", "wordllama-256", Cache(tmp_path_factory.mktemp("bbcnews"))).data


@pytest.fixture(scope="session")
def embedded(request, tmp_path_factory):
    """Data sets by dataset and model, each embedded once for the session."""
    folder = Cache(tmp_path_factory.mktemp("embedded"))

    @cache
    def load(dataset, model):
        mirror = None if dataset == "bbcnews" else request.getfixturevalue("real_data")
        return prepare(dataset, model, folder, data_dir=mirror).data

    return load


@pytest.fixture
def one_thread():
    """Products on one thread, as within a simulation: fast, and always the same."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def install_strategy(tmp_path, monkeypatch):
    """Install a distribution whose module defines strategies: (source, name=Class, ...)."""

    def install(source, **names):
        (tmp_path / "acme_al.py").write_text(source)
        info = tmp_path / "acme_al-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-al\nVersion: 1.0\n")
        points = "".join(f"{name} = acme_al:{target}\n" for name, target in names.items())
        (info / "entry_points.txt").write_text(f"[tui_al.strategies]\n{points}")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "acme_al", raising=False)
        strategies.cache_clear()

    yield install
    strategies.cache_clear()
