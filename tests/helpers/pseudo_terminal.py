"""The real program in a pseudo-terminal, and what its screen shows."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
from collections.abc import Callable

import pyte

PATIENCE = 90  # seconds until an expected screen; generous for busy machines
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"


class Terminal:
    """A program on a pseudo-terminal whose screen pyte keeps."""

    def __init__(
        self, command: list[str], columns: int = 100, rows: int = 30, **variables: str
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            # readline, once loaded, has told the C library's environment another size.
            environment = {**os.environ, "TERM": "xterm-256color", **variables}
            os.execve(command[0], command, environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.status: int | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def press_until(self, keys: str, seen: Callable[[str], bool]) -> str:
        """Press keys until the screen satisfies `seen`: what is drawn may not listen yet."""
        for _ in range(PATIENCE // 3):
            self.press(keys)
            deadline = time.monotonic() + 3
            while time.monotonic() < deadline and not seen(self.text):
                assert self._read(), f"the program ended; the screen was:\n{self.text}"
            if seen(self.text):
                break
        return self.wait_for(seen)

    def wait_for(self, seen: Callable[[str], bool]) -> str:
        """Read until the screen satisfies `seen`; fail with the screen when it never does."""
        deadline = time.monotonic() + PATIENCE
        while not seen(self.text):
            assert time.monotonic() < deadline, f"never seen; the screen was:\n{self.text}"
            assert self._read(), f"the program ended; the screen was:\n{self.text}"
        return self.text

    def wait_for_stop(self) -> None:
        """Read until the program is suspended: it waits until all that it wrote was read."""
        deadline = time.monotonic() + PATIENCE
        while (changed := os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)) == (0, 0):
            assert time.monotonic() < deadline, f"never stopped; the screen was:\n{self.text}"
            self._read(0.1)
        assert os.WIFSTOPPED(changed[1])

    def wait_for_exit(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < deadline, f"never ended; the screen was:\n{self.text}"
        return self._reap()

    def close(self) -> int:
        """Close the terminal and return the exit code of the program that loses it."""
        os.close(self._fd)
        self._fd = -1
        return self._reap()

    def _reap(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while (ended := os.waitpid(self.pid, os.WNOHANG)) == (0, 0):
            assert time.monotonic() < deadline, "the program goes on without a terminal"
            select.select([], [], [], 0.02)
        self.status = os.waitstatus_to_exitcode(ended[1])
        return self.status

    def kill(self) -> None:
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        if self._fd >= 0:
            os.close(self._fd)

    def _read(self, patience: float = 1.0) -> bool:
        ready, _, _ = select.select([self._fd], [], [], patience)
        if not ready:
            return True
        try:
            chunk = os.read(self._fd, 65536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.output += chunk
        # pyte knows no private-mode queries such as CSI > q or CSI ? ... $ p; they draw nothing.
        self._stream.feed(_without_queries(chunk))
        return bool(chunk)


def _without_queries(chunk: bytes) -> bytes:
    return re.sub(rb"\x1b\[(?:[>=<][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)", b"", chunk)
