"""Texts that are compared with files; UPDATE_GOLDEN=1 writes the files anew."""

import os
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / "report" / "golden"


def check_golden(name: str, text: str) -> None:
    """Compare a text with `tests/report/golden/NAME`."""
    path = _FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
