"""What the app remembers by itself: the theme, the last choices, what was shown before.

A file of its own beside the settings, which only people write.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from tui_al.errors import BadInput
from tui_al.paths import atomic_write

Value = TypeVar("Value")


class Memory:
    """Values by section (a screen's name) and name, plain JSON.

    A file that is missing or damaged holds nothing; one that cannot be written keeps what it
    had. Neither is a reason to complain: nothing here is needed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = _read(path)
        self._news: dict[str, dict[str, Any]] = {}

    def recall(self, section: str, name: str, default: Value) -> Value:
        """A value, or the default where there is none of its type."""
        value = self._kept.get(section, {}).get(name, default)
        return value if isinstance(value, type(default)) else default

    def remember(self, section: str, **values: Any) -> None:
        """Keep values; `save` writes them."""
        for kept in (self._kept, self._news):
            kept.setdefault(section, {}).update(values)

    def save(self) -> None:
        """Write what is new beside what another app has written meanwhile."""
        if not self._news:
            return
        merged = _read(self._path)
        for section, values in self._news.items():
            merged.setdefault(section, {}).update(values)
        with suppress(BadInput), atomic_write(self._path) as temporary:
            temporary.write_text(json.dumps(merged, indent=1, ensure_ascii=False), "utf-8")
        self._news = {}


def memory_path(config: Path) -> Path:
    """The file beside the settings: `config.toml` has `config.state.json`."""
    return config.with_suffix(".state.json")


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: part for name, part in content.items() if isinstance(part, dict)}
