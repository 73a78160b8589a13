"""Many small parts become one, while others write and read."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tui_al.paths import remove_orphans
from tui_al.results.claims import claims_of
from tui_al.results.parts import SUFFIX, Part, write_part
from tui_al.results.shelves import COMPACTED, Shelves, scan

MANY_PARTS = 128  # from here on whoever stores a run compacts
_FULL_RUNS, _FULL_BYTES = 1024, 16_000_000  # a part of this size is never rewritten
CLAIM = "compaction"  # of who replaces parts: no run id: those are hexadecimal
_ORDER = ("dataset", "model", "k0", "batch", "ips", "strategy", "seed", "run_id", "cycle")


def compact_when_many(folder: Path) -> None:
    """Compact a folder that holds many parts."""
    if sum(1 for _ in folder.glob(f"*{SUFFIX}")) >= MANY_PARTS:
        compact(folder)


def compact(folder: Path) -> int:
    """Rewrite the small parts of a folder as one; return how many they were.

    The new part is complete before an old one goes, and readers count a run once. Killed in
    between, it leaves doubles that the next compaction removes. Parts that cannot be read
    stay where they are, parts of an older version become parts of this one. Only one process
    compacts; others return at once.
    """
    with claims_of(folder).hold([CLAIM]) as mine:
        if not mine:
            return 0
        remove_orphans(folder)
        shelves = Shelves([folder]).survey()  # once: what comes later is nobody's double
        _remove(shelf.part for shelf in shelves if shelf.idle)
        small = [shelf for shelf in shelves if not shelf.idle and _is_small(shelf.part)]
        if len(small) < 2:
            return 0
        with suppress(FileNotFoundError):  # somebody deleted one: the next time, then
            frame = scan(small).sort(_ORDER).collect()
            write_part(folder, f"{COMPACTED}-{uuid4().hex[:8]}", frame)
            _remove(shelf.part for shelf in small)
            return len(small)
        return 0


def _is_small(part: Part) -> bool:
    if not part.current:
        return True
    with suppress(FileNotFoundError):
        return len(part.finished) < _FULL_RUNS and part.path.stat().st_size < _FULL_BYTES
    return False


def _remove(parts: Iterable[Part]) -> None:
    for part in parts:
        part.path.unlink(missing_ok=True)
