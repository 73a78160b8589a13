"""Every test gets an empty cache of its own, no network, and nobody's configuration."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui_al import cli
from tui_al.paths import Cache

REPOSITORY = Path(__file__).resolve().parents[1]
_REAL_DATA = Path(os.environ.get("TUI_AL_DATA") or REPOSITORY.parent / "shared" / "data")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: cache, Hub cache and configuration folders, all empty, and no
    results that come with the program."""
    home = tmp_path_factory.mktemp("home")
    rooms = ("report.results", "report.race", "results.reading", "grid.session")
    for room in rooms:
        monkeypatch.setattr(f"tui_al.{room}.find_reference", lambda: home / "reference")
    for name in ("TUI_AL_DATA", "NO_COLOR", "FORCE_COLOR", "HF_TOKEN", "HF_ENDPOINT", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")  # pictures do not depend on who looks
    monkeypatch.setenv("TUI_AL_CACHE", str(home / "cache"))
    monkeypatch.setenv("HF_HOME", str(home / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("TUI_AL_CONFIG", str(home / "config" / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache-home"))
    return home


@pytest.fixture
def cache(isolated: Path) -> Cache:
    """The empty cache that commands started by this test use too."""
    return Cache(isolated / "cache")


@dataclass(frozen=True)
class Result:
    """What a command ended with."""

    code: int
    out: str
    err: str


RunCommand = Callable[..., Result]


@pytest.fixture
def tui_al(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> RunCommand:
    """Run `tui-al ARGUMENTS` in this process; return its exit code and what it printed."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["tui-al", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return Result(int(left.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The mirror directory with trec6, banking77 and sst2; tests that need it skip without."""
    if not (_REAL_DATA / "trec6" / "train.parquet").is_file():
        pytest.skip("no mirror directory with trec6: set TUI_AL_DATA to one")
    return _REAL_DATA
