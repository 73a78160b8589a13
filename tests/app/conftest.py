"""The app with a scripted engine, on an empty cache."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import shell_screens
from pseudo_terminal import Terminal
from scripted import MakeApp, ScriptedEngine, make_app

from tui_al.embeddings.inventory import EntryInfo
from tui_al.paths import Cache
from tui_al.report import catalog
from tui_al.tui import frames, jobs, pages
from tui_al.tui.app import TuiAlApp
from tui_al.tui.screens import base


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture(autouse=True)
def undelayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are delivered and drawn at once: nothing to wait for but the app itself."""
    monkeypatch.setattr(jobs, "_EVERY", 0.0)
    monkeypatch.setattr(frames, "_LEAST", 0.0)
    monkeypatch.setattr(frames, "_REST", 0.0)
    monkeypatch.setattr(base, "_SETTLED", 0.001)


@pytest.fixture
def new_app(engine: ScriptedEngine, cache: Cache) -> MakeApp:
    """Makes apps that share the scripted engine."""
    return partial(make_app, cache, engine)


@pytest.fixture
def app(new_app: MakeApp) -> TuiAlApp:
    return new_app()


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


@pytest.fixture
def six(monkeypatch: pytest.MonkeyPatch) -> None:
    """All six screens: the live one, and five stand-ins."""
    live, *others = pages._PAGES
    names = ("ExplorerScreen", "PlainScreen", "AnalysisScreen", "EmbeddingsScreen", "GridScreen")
    stand_ins = (
        replace(page, target=f"shell_screens:{name}",
                keys=f"shell_screens:{'KEYS' if page.name == 'results' else 'NO_KEYS'}")
        for page, name in zip(others, names, strict=True)
    )  # fmt: skip
    monkeypatch.setattr(shell_screens, "NO_KEYS", (), raising=False)
    monkeypatch.setattr(pages, "_PAGES", (live, *stand_ins))


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **options: Any) -> Terminal:
        program = str(Path(sys.executable).with_name("tui-al"))
        opened.append(Terminal([program, *arguments], **options))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.kill()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two more tries: a key may come before what it is for, while other tests keep both cores
    busy. What is wrong fails three times."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.flaky(reruns=2))
