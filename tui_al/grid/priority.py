"""How processes that compute leave the processors to what people wait for."""

import os
from contextlib import suppress
from pathlib import Path

_SESSION = Path("/proc/self/autogroup")


def give_way(niceness: int) -> None:
    """Let other processes go first from now on, before those too that this one starts.

    Linux shares processors between sessions first, and a worker process has one of its own:
    within it, niceness alone would change nothing. A process that gives way already by
    more stays as it is.
    """
    niceness = max(niceness, os.getpriority(os.PRIO_PROCESS, 0))
    os.setpriority(os.PRIO_PROCESS, 0, niceness)
    with suppress(OSError):  # no Linux, or one that shares otherwise
        _SESSION.write_text(f"{niceness}", "ascii")
