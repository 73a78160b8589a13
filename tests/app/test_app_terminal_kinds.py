"""The real program on terminals of several kinds: colours, the clipboard, Esc, Ctrl+Z, a crash."""

import base64
import os
import re
import signal
import termios
import time
from collections.abc import Callable

import pytest
from processes import workers_of
from pseudo_terminal import LEAVES_ALTERNATE_SCREEN, Terminal

from tui_al.paths import Cache

# What the app switches on, by how it is switched off.
OFF = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?1006l",
       b"\x1b[?1004l", b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[<u")  # fmt: skip
COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")
Open = Callable[..., Terminal]


def is_restored(shell: Terminal, before: list[object]) -> bool:
    """Whether the terminal is as it was, also for the shell's line editor."""
    return termios.tcgetattr(shell._fd)[:4] == before[:4] and all(
        shell.output.rindex(sequence) for sequence in OFF
    )


def look(shell: Terminal, seconds: float) -> None:
    """Read what comes within some time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shell._read()


@pytest.mark.parametrize(
    ("variables", "present", "absent"),
    [
        ({"COLORTERM": "truecolor"}, rb"\x1b\[[\d;]*38;2;", None),
        ({"COLORTERM": ""}, rb"\x1b\[[\d;]*38;5;", rb"\x1b\[[\d;]*[34]8;2;"),
        ({"COLORTERM": "", "TERM": "xterm"}, rb"\x1b\[[\d;]*9\d;40m", rb"\x1b\[[\d;]*[34]8;[25];"),
        ({"NO_COLOR": "1"}, rb"\x1b\[[\d;]*7[;m]", rb"\x1b\[[\d;]*[34]8;[25];"),
    ],
    ids=["millions", "256", "16", "none"],
)
def test_a_terminal_gets_the_colours_it_has(
    terminal: Open, variables: dict[str, str], present: bytes, absent: bytes | None
) -> None:
    shell = terminal(columns=80, rows=24, **variables)
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press("4")
    shell.wait_for(lambda text: "no runs" in text.lower() or "stored" in text)
    shell.press("1s")
    shell.wait_for(lambda text: "Run several" in text)
    shell.press("\x1b\x11")
    assert shell.wait_for_exit() == 0
    assert re.search(present, shell.output)
    if absent is not None:
        assert not re.search(absent, shell.output)


def test_a_dumb_terminal_gets_one_line(terminal: Open) -> None:
    shell = terminal(columns=200, TERM="dumb")
    assert shell.wait_for_exit() == 2
    assert "TERM is 'dumb'" in shell.text
    assert "tui-al run" in shell.text
    assert b"\x1b" not in shell.output


def test_what_is_copied_reaches_the_terminal(terminal: Open) -> None:
    """OSC 52, on a screen and in a dialog over it."""
    shell = terminal(columns=120, rows=40)
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press("6")
    shell.wait_for(lambda text: "What it takes" in text and "Strategy" in text)
    shell.press_until("y", lambda text: "Copied" in text)
    assert b"tui-al grid" in copied(shell)
    shell.press("5")
    shell.wait_for(lambda text: "missing" in text and "MTEB" in text)
    shell.press_until("y", lambda _: b"tui-al embed" in copied(shell))
    shell.press("\x11")
    assert shell.wait_for_exit() == 0


def copied(shell: Terminal) -> bytes:
    """What was copied last."""
    found = COPIED.findall(shell.output)
    return base64.b64decode(found[-1]) if found else b""


def test_esc_comes_at_once_without_the_kitty_protocol(terminal: Open) -> None:
    shell = terminal()
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    best = 9.0
    for _ in range(5):  # other tests keep both cores busy
        shell.press_until("s", lambda text: "Run several" in text)
        start = time.monotonic()
        shell.press("\x1b")
        shell.wait_for(lambda text: "Run several" not in text)
        best = min(best, time.monotonic() - start)
    assert best < 0.6


def test_ctrl_z_gives_the_terminal_back_and_fg_returns(terminal: Open) -> None:
    shell = terminal()
    before = termios.tcgetattr(shell._fd)
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press("\x1a")
    shell.wait_for_stop()
    look(shell, 0.3)
    assert is_restored(shell, before)
    seen = len(shell.output)
    os.kill(shell.pid, signal.SIGCONT)
    shell.wait_for(lambda text: "Press" in text and b"\x1b[?1049h" in shell.output[seen:])
    shell.press_until("s", lambda text: "Run several" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    assert is_restored(shell, before)


def test_going_on_without_having_been_stopped_changes_nothing(terminal: Open) -> None:
    """Each would start a thread that reads beside the one there is, and that nobody ends."""
    shell = terminal()
    before = termios.tcgetattr(shell._fd)
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    for _ in range(5):
        seen = len(shell.output)
        os.kill(shell.pid, signal.SIGCONT)
        shell.wait_for(lambda _: b"Welcome" in shell.output[seen:])  # noqa: B023  (at once)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press_until("s", lambda text: "Run several" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    assert is_restored(shell, before)


@pytest.mark.parametrize("keys", ["", "\x11\x11"])
def test_a_terminal_that_is_closed_ends_the_app(terminal: Open, cache: Cache, keys: str) -> None:
    """Also while it is being left."""
    shell = terminal("--start")
    shell.wait_for(lambda text: "Running: cycle" in text)
    shell.press(keys)
    assert shell.close() in {0, 128 + signal.SIGHUP}
    assert not workers_of(cache)


def test_a_killed_worker_leaves_the_app_and_its_terminal_in_order(
    terminal: Open, cache: Cache
) -> None:
    shell = terminal("--start")
    before = termios.tcgetattr(shell._fd)
    shell.wait_for(lambda text: "Running: cycle" in text)
    workers = workers_of(cache)
    assert workers
    for worker in workers:
        os.kill(int(worker), signal.SIGKILL)
    shell.wait_for(lambda text: "Running: cycle" not in text)
    shell.press_until("?", lambda text: "Esc closes" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    assert is_restored(shell, before)


def test_a_crash_restores_the_terminal_and_says_why(
    terminal: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("broken") / "sitecustomize.py"
    broken.write_text(
        "import sys\n"
        "from importlib.abc import MetaPathFinder\n"
        "class Finder(MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'tui_al.tui.screens.help':\n"
        "            raise RuntimeError('broken on purpose')\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    shell = terminal(PYTHONPATH=str(broken.parent))
    before = termios.tcgetattr(shell._fd)
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press("?")
    assert shell.wait_for_exit() == 1
    assert is_restored(shell, before)
    said = shell.output[shell.output.rindex(LEAVES_ALTERNATE_SCREEN) :]
    assert b"broken on purpose" in said
