"""The command line, in this process."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui_al import cli
from tui_al.paths import Cache


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


RunCommand = Callable[..., Result]


@pytest.fixture
def tui_al(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> RunCommand:
    """Run `tui-al ARGUMENTS` and return its exit code and what it printed."""

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["tui-al", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return Result(int(left.value.code or 0), out, err)

    return run


@pytest.fixture
def files(cache: Cache) -> Callable[[], set[str]]:
    """The names of all files in the cache at the time of the call."""
    return lambda: {str(path.relative_to(cache.root)) for path in cache.root.rglob("*")}


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """A csv file of sixty short texts in three classes."""
    path = tmp_path / "pets.csv"
    kinds = ("cat", "dog", "fish")
    rows = [f"a {kinds[row % 3]} called number {row},{kinds[row % 3]}" for row in range(60)]
    path.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    return path
