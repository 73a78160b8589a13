"""What commands are tried on: the files of a cache, and a small dataset."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tui_al.paths import Cache


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
