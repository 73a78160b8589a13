"""Seconds from the command to the app's first frame, and for `tui-al --help`.

    .venv/bin/python benchmarks/startup.py

The app runs on a pseudo-terminal of 120x40 with an empty cache. A first, uncounted start of
each fills the file cache. Prints minimum, median and maximum of ten starts.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from contextlib import suppress
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
FIRST_WORDS = b"Press r to run"
STARTS = 10


def time_first_frame() -> float:
    """Seconds until the screen says what to press; the app is then left."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(PROGRAM, [PROGRAM])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen = b""
    while FIRST_WORDS not in seen:
        select.select([terminal], [], [])
        seen += os.read(terminal, 65536)
    seconds = time.perf_counter() - started
    os.write(terminal, b"\x11")  # Ctrl+Q, which also ends the worker that is still starting
    with suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return seconds


def time_help() -> float:
    """Seconds for `tui-al --help`."""
    started = time.perf_counter()
    subprocess.run([PROGRAM, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TUI_AL_CACHE"] = cache
        for name, measure in (("first frame", time_first_frame), ("--help", time_help)):
            measure()
            times = sorted(measure() for _ in range(STARTS))
            middle = statistics.median(times)
            print(f"{name:12}  {times[0]:.2f}  {middle:.2f}  {times[-1]:.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
