"""Which processes of a test's programs still run."""

import asyncio
from pathlib import Path

from tui_al.paths import Cache

PATIENCE = 30  # seconds until processes that should come or go have done so


def workers_of(cache: Cache) -> list[str]:
    """Worker processes that programs of the test with this cache started, and that run."""
    mark = f"TUI_AL_CACHE={cache.root}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if mark in environment.split(b"\0") and b"tui_al.grid.worker" in command:
            found.append(process.name)
    return found


async def wait_until(cache: Cache, *, there: bool, number: int | None = None) -> bool:
    """Wait until workers run, as many where a number is given, or none does; whether they do."""
    for _ in range(PATIENCE * 20):
        running = workers_of(cache)
        if bool(running) == there and number in (None, len(running)):
            return True
        await asyncio.sleep(0.05)
    return False
