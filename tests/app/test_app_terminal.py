"""The real program in a real (pseudo) terminal, from start to quit."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

from tui_al.paths import Cache

PATIENCE = 90  # seconds until an expected screen; generous for busy machines
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"


class Terminal:
    """A program on a pseudo-terminal whose screen pyte keeps."""

    def __init__(self, command: list[str], columns: int = 100, rows: int = 30) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(command[0], command)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.status: int | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def wait_for(self, seen: Callable[[str], bool]) -> str:
        """Read until the screen satisfies `seen`; fail with the screen when it never does."""
        deadline = time.monotonic() + PATIENCE
        while not seen(self.text):
            assert time.monotonic() < deadline, f"never seen; the screen was:\n{self.text}"
            assert self._read(), f"the program ended; the screen was:\n{self.text}"
        return self.text

    def wait_for_exit(self) -> int:
        """Read to the end and return the exit code."""
        while self._read():
            pass
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def kill(self) -> None:
        if self.status is None:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._fd], [], [], 1.0)
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
    import re

    return re.sub(rb"\x1b\[(?:[>=<][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)", b"", chunk)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **options: int) -> Terminal:
        program = str(Path(sys.executable).with_name("tui-al"))
        opened.append(Terminal([program, *arguments], **options))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.kill()


def markers(text: str) -> int:
    """Points of the curve on screen; the lists above it use the same mark."""
    return sum(line.count("●") for line in text.splitlines()[5:])


def test_a_stranger_runs_the_demo_and_leaves(
    terminal: Callable[..., Terminal], cache: Cache
) -> None:
    shell = terminal()
    shell.wait_for(lambda text: "Press r to run badge on bbcnews" in text)
    shell.press("r")
    shell.wait_for(lambda text: "Embed and run" in text)
    shell.press("\r")
    first = shell.wait_for(lambda text: "Running: cycle" in text and markers(text) >= 2)
    grown = shell.wait_for(lambda text: markers(text) >= markers(first) + 2)
    assert "accuracy over labels" in grown
    shell.press("?")
    shell.wait_for(lambda text: "Esc closes" in text)
    shell.press("\x1b")
    shell.wait_for(lambda text: "Esc closes" not in text)
    shell.press("f")  # full speed
    done = shell.wait_for(lambda text: "Finished, stored" in text)
    assert "250" in done
    assert len(list(cache.runs.glob("*.parquet"))) == 1
    shell.press("\x11")  # Ctrl+Q
    assert shell.wait_for_exit() == 0
    assert LEAVES_ALTERNATE_SCREEN in shell.output
    assert not _workers_of(cache)


def test_quitting_in_the_middle_of_a_run(terminal: Callable[..., Terminal], cache: Cache) -> None:
    shell = terminal("--start", columns=80, rows=24)
    shell.wait_for(lambda text: "Running: cycle" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    assert not list(cache.runs.glob("*"))
    assert not _workers_of(cache)


def test_a_wrong_name_never_opens_the_app(terminal: Callable[..., Terminal]) -> None:
    shell = terminal("--dataset", "bbcnew")
    assert shell.wait_for_exit() == 2
    assert "did you mean bbcnews" in shell.text
    assert b"\x1b[?1049h" not in shell.output


def _workers_of(cache: Cache) -> list[str]:
    """Worker processes that this test's programs started and that still run."""
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
