"""How fast the program starts, and how fast the app answers keys while its worker is busy.

    .venv/bin/python benchmarks/app.py

On a pseudo-terminal of 80x24, with an empty cache; a first, uncounted start of each fills the
file cache. "key" is the time from pressing ? to the help on screen while the worker process
embeds BBC News with minilm-l6 on every core, "key, running" while cycles come in; both include
what the terminal emulator pyte needs to draw the repaint.
Prints minimum, median and maximum in seconds.
"""

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pyte

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
QUIT, ESCAPE = b"\x11", b"\x1b"
COLUMNS, ROWS = 80, 24
REPETITIONS = 10
KEYS = 30


class Session:
    """The app on a pseudo-terminal, left by the keyboard at the end."""

    def __init__(self, *options: str) -> None:
        self.started = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(PROGRAM, [PROGRAM, *options])
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def wait_for(self, words: str, *, gone: bool = False) -> float:
        """Read until the screen shows the words, or no longer does; return that time."""
        while (words in "\n".join(self._screen.display)) == gone:
            select.select([self._terminal], [], [])
            chunk = os.read(self._terminal, 65536)
            # pyte takes private-mode queries for text; they draw nothing.
            self._stream.feed(re.sub(rb"\x1b\[(?:[>=<][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)", b"", chunk))
        return time.perf_counter()

    def leave(self) -> None:
        self.press(QUIT)
        with suppress(OSError):
            while os.read(self._terminal, 65536):
                pass
        os.waitpid(self._pid, 0)
        os.close(self._terminal)


def time_first_frame() -> float:
    session = Session()
    seconds = session.wait_for("Press r to run") - session.started
    session.leave()
    return seconds


def time_help() -> float:
    started = time.perf_counter()
    subprocess.run([PROGRAM, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def time_keys(ready: str, *options: str) -> list[float]:
    """Seconds from ? to the help screen, again and again while the worker works."""
    session = Session(*options, "--start")
    session.wait_for(ready)
    times = []
    for _ in range(KEYS):
        pressed = time.perf_counter()
        session.press(b"?")
        times.append(session.wait_for("Esc closes") - pressed)
        session.press(ESCAPE)
        session.wait_for("Esc closes", gone=True)
    session.leave()
    return times


def repeat(measure: Callable[[], float]) -> list[float]:
    measure()
    return [measure() for _ in range(REPETITIONS)]


def show(name: str, times: Iterable[float]) -> None:
    ordered = sorted(times)
    middle = statistics.median(ordered)
    print(f"{name:14} {ordered[0]:6.3f} {middle:6.3f} {ordered[-1]:6.3f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TUI_AL_CACHE"] = cache
        show("first frame", repeat(time_first_frame))
        show("--help", repeat(time_help))
        show("key, embedding", time_keys(" texts ", "--model", "minilm-l6"))
        show("key, running", time_keys("Running"))


if __name__ == "__main__":
    main()
