"""What there is to compute on: cores and memory. Importable by a first frame that loads no
science."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")  # of a container: its own limit


def count_cores() -> int:
    """Cores that this process may use."""
    affinity: Any = getattr(os, "sched_getaffinity", None)  # macOS has none
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def free_memory() -> int | None:
    """Bytes that processes started now may use without swapping; None where nobody tells."""
    rooms: list[int] = []
    with suppress(OSError, ValueError, KeyError):
        rooms.append(1024 * _numbers(_MEMORY, ":")["MemAvailable"])
    with suppress(OSError, ValueError, KeyError):
        limit = int((_GROUP / "memory.max").read_text("ascii"))  # "max" where there is none
        used = int((_GROUP / "memory.current").read_text("ascii"))
        cached = _numbers(_GROUP / "memory.stat", " ")["inactive_file"]
        rooms.append(max(0, limit - used + cached))
    return min(rooms, default=None)


def _numbers(path: Path, separator: str) -> dict[str, int]:
    """The first number of each line, by the word before it."""
    lines = (line.partition(separator) for line in path.read_text("ascii").splitlines())
    return {name: int(rest.split()[0]) for name, _, rest in lines}
