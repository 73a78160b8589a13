"""The app with a scripted engine, on an empty cache."""

from pathlib import Path

import pytest
from scripted import CHOICES, ScriptedEngine

from tui_al.embeddings.inventory import EntryInfo
from tui_al.paths import Cache
from tui_al.report import catalog
from tui_al.tui.app import TuiAlApp


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def app(engine: ScriptedEngine, cache: Cache) -> TuiAlApp:
    return TuiAlApp(CHOICES, cache, engine=engine)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app find bbcnews embedded with wordllama-256."""
    meta = {
        "fingerprint": "f", "n_train": 1780, "n_test": 445, "classes": list("abcde"),
        "budget": 250, "origin": {"kind": "bundled"},
    }  # fmt: skip
    real = catalog.read_meta
    monkeypatch.setattr(catalog, "read_meta", lambda c, n: meta if n == "bbcnews" else real(c, n))
    entry = EntryInfo(Path(), "bbcnews", "wordllama-256", "f", 1780, 445, 256, 1)
    monkeypatch.setattr(catalog, "list_entries", lambda cache: [entry])
