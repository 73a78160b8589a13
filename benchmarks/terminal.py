"""The app on a pseudo-terminal, as somebody at a keyboard has it."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pyte

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
QUIT, ESCAPE, ENTER, HOME = b"\x11", b"\x1b", b"\r", b"\x1b[H"
UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
_PATIENCE = 120.0  # seconds without what is waited for until the benchmark is given up
_SWITCH = 0.0002  # seconds until drawing here lets the thread that reads have its turn


class Session:
    """The app on a pseudo-terminal, left by the keyboard at the end.

    A thread reads what the app writes and notes when that came; the emulator pyte draws it
    afterwards, so that no time depends on how long pyte takes.
    """

    def __init__(self, *options: str, columns: int = 80, rows: int = 24) -> None:
        sys.setswitchinterval(_SWITCH)
        self.started = time.perf_counter()
        self.bytes = 0  # written by the app so far
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(PROGRAM, [PROGRAM, *options])
        self.columns, self.rows = columns, rows
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._arrived: Queue[tuple[bytes, float]] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # the app is gone
            while chunk := os.read(self._terminal, 65536):
                self._arrived.put((chunk, time.perf_counter()))

    # The keyboard.

    def press(self, keys: bytes) -> float:
        """Press keys; return when."""
        pressed = time.perf_counter()
        os.write(self._terminal, keys)
        return pressed

    # The screen.

    @property
    def text(self) -> str:
        """What is shown, without colours."""
        return "\n".join(self._screen.display)

    def shows(self, words: str) -> bool:
        return words in self.text

    def cells(self, rows: range, columns: range | None = None) -> list[tuple[str, str, str]]:
        """Characters of a part of the screen with their colours."""
        across = range(self.columns) if columns is None else columns
        cells = (self._screen.buffer[row][column] for row in rows for column in across)
        return [(cell.data, cell.fg, cell.bg) for cell in cells]

    def wait_for(self, words: str, *, gone: bool = False) -> float:
        """Wait until the screen shows the words, or no longer does; return that time."""
        return self.wait_until(lambda: self.shows(words) != gone)

    def wait_until(self, seen: Callable[[], bool]) -> float:
        """Wait until something is seen; return when it was written, not when it was drawn."""
        came, until = time.perf_counter(), time.perf_counter() + _PATIENCE
        while not seen():
            try:
                chunk, came = self._arrived.get(timeout=max(0.0, until - time.perf_counter()))
            except Empty:
                raise RuntimeError(f"not seen; the screen:\n{self.text}") from None
            self._draw(chunk)
        return came

    def rest(self, seconds: float) -> None:
        """Draw what comes for a while."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            with suppress(Empty):
                self._draw(self._arrived.get(timeout=left)[0])

    def _draw(self, chunk: bytes) -> None:
        self.bytes += len(chunk)
        # pyte takes private-mode queries for text; they draw nothing.
        known = re.sub(rb"\x1b\[(?:[>=<][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)", b"", chunk)
        self._stream.feed(known)

    def leave(self) -> None:
        self.press(QUIT + QUIT)  # the second answers the question whether to stop a run
        self._reader.join()
        os.waitpid(self._pid, 0)
        os.close(self._terminal)
