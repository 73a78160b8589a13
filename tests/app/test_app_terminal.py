"""The real program in a real (pseudo) terminal, from start to quit."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import workers_of
from pseudo_terminal import LEAVES_ALTERNATE_SCREEN, Terminal

from tui_al.paths import Cache
from tui_al.report.palette import STRATEGY_MARKS
from tui_al.results.store import ResultStore


def markers(text: str) -> int:
    """Points of badge's curve on screen."""
    return sum(line.count(STRATEGY_MARKS["badge"].marker) for line in text.splitlines()[5:])


def test_a_stranger_runs_the_demo_and_leaves(
    terminal: Callable[..., Terminal], cache: Cache
) -> None:
    shell = terminal()
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    # The demo: embedded without a question.
    shell.press_until("d", lambda text: "Welcome" not in text)
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
    assert not workers_of(cache)


def test_quitting_in_the_middle_of_a_run(terminal: Callable[..., Terminal], cache: Cache) -> None:
    shell = terminal("--start", columns=80, rows=24)
    shell.wait_for(lambda text: "Running: cycle" in text)
    shell.press("\x11")
    shell.wait_for(lambda text: "Leave now?" in text and "badge on bbcnews" in text)
    shell.press("n")
    shell.wait_for(lambda text: "Leave now?" not in text)
    shell.press("\x11\x11")  # asked twice
    assert shell.wait_for_exit() == 0
    assert LEAVES_ALTERNATE_SCREEN in shell.output
    assert not list(cache.runs.glob("*"))
    assert not workers_of(cache)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_and_stops_the_worker(
    terminal: Callable[..., Terminal], cache: Cache, number: signal.Signals
) -> None:
    shell = terminal("--start")
    shell.wait_for(lambda text: "Running: cycle" in text)
    os.kill(shell.pid, number)
    assert shell.wait_for_exit() == 128 + number
    assert LEAVES_ALTERNATE_SCREEN in shell.output
    assert not list(cache.runs.glob("*"))
    assert not workers_of(cache)


def test_what_was_chosen_is_chosen_again(terminal: Callable[..., Terminal]) -> None:
    for options in (["--dataset", "agnews", "--model", "glove-50", "--strategy", "margin"], []):
        shell = terminal(*options)
        shell.wait_for(lambda text: "Press r to run margin on agnews" in text)
        shell.press("\x11")
        assert shell.wait_for_exit() == 0


def test_settings_that_cannot_be_followed_are_told(
    terminal: Callable[..., Terminal], isolated: Path
) -> None:
    settings = isolated / "config" / "config.toml"
    settings.parent.mkdir()
    settings.write_text("[keys]\nlive.run = 'p'\n")
    shell = terminal()
    shell.wait_for(lambda text: all(word in text for word in ("live.pause", "both have the")))


def test_a_wrong_name_never_opens_the_app(terminal: Callable[..., Terminal]) -> None:
    shell = terminal("--dataset", "bbcnew")
    assert shell.wait_for_exit() == 2
    assert "did you mean bbcnews" in shell.text
    assert b"\x1b[?1049h" not in shell.output


def test_a_whole_session(terminal: Callable[..., Terminal], cache: Cache) -> None:
    """Choose, embed, run two strategies, explore, results, analysis, quit."""
    shell = terminal("--dataset", "bbcnews@200", "--model", "glove-50", "--strategy", "margin",
                     columns=120, rows=40)  # fmt: skip
    shell.wait_for(lambda text: "Welcome to tui-al" in text)
    shell.press_until("\x1b", lambda text: "Welcome" not in text)
    shell.press("e")
    shell.wait_for(lambda text: "Embedded" in text)
    shell.press("f")  # full speed
    shell.press("r")
    shell.wait_for(lambda text: "Finished, stored: margin" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    shell = terminal("--strategy", "random", columns=120, rows=40)
    shell.wait_for(lambda text: "Press r to run random on bbcnews@200" in text)
    shell.press("fr")
    shell.wait_for(lambda text: "Finished, stored: random" in text)
    shell.press("2")
    shell.wait_for(lambda text: "bbcnews@200 × glove-50" in text and "margin" in text)
    shell.press("\x1b[C")  # right
    shell.wait_for(lambda text: "cycle 1 of 20" in text)
    shell.press("3")
    shell.wait_for(lambda text: "/ Filter" in text)
    shell.press("/")
    shell.wait_for(lambda text: "s Sort" not in text)  # the field has the keys now
    shell.press("bbcnews@200\r")
    shell.wait_for(lambda text: text.count("bbcnews@200") >= 3 and "margin" in text)
    shell.press("4")
    shell.wait_for(lambda text: "What can be said" in text and "2,972 stored runs" in text)
    shell.press("1")
    shell.wait_for(lambda text: "Finished, stored: random" in text)
    shell.press("\x11")
    assert shell.wait_for_exit() == 0
    assert LEAVES_ALTERNATE_SCREEN in shell.output
    assert len(ResultStore(cache.runs).run_ids()) == 2
    assert not workers_of(cache)
