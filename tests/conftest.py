"""Every test gets an empty cache of its own, no network, and nobody's configuration."""

import os
from pathlib import Path

import pytest

from tui_al.paths import Cache

REPOSITORY = Path(__file__).resolve().parents[1]
_REAL_DATA = Path(os.environ.get("TUI_AL_DATA") or REPOSITORY.parent / "shared" / "data")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: cache, Hub cache and configuration folders, all empty."""
    home = tmp_path_factory.mktemp("home")
    for name in ("TUI_AL_DATA", "NO_COLOR", "FORCE_COLOR", "HF_TOKEN", "HF_ENDPOINT", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TUI_AL_CACHE", str(home / "cache"))
    monkeypatch.setenv("HF_HOME", str(home / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache-home"))
    return home


@pytest.fixture
def cache(isolated: Path) -> Cache:
    """The empty cache that commands started by this test use too."""
    return Cache(isolated / "cache")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The mirror directory with trec6, banking77 and sst2; tests that need it skip without."""
    if not (_REAL_DATA / "trec6" / "train.parquet").is_file():
        pytest.skip("no mirror directory with trec6: set TUI_AL_DATA to one")
    return _REAL_DATA
