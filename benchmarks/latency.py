"""How long keys wait for their repaint while a grid and a session are computed on every core.

    .venv/bin/python benchmarks/latency.py [--json FILE] [--size 120x40]

The real program on a pseudo-terminal, on a cache of its own: BBC News embedded with
wordllama-256 and glove-50, and a store of 9,524 runs of 21 cycles (200,004 rows) beside those that
come with the program; 16 runs are on the chart of the Live screen. "idle": nothing is computed.
"grid": a grid of 960 runs is computed on every core. "grid, runs": and 24 more runs, one a core at
a time and as fast as they can, come onto the chart. Keys are pressed one after another on all six
screens, each 50 ms after the repaint of the one before was seen. A time runs from writing the key
to the terminal until that piece of output has been read in which the emulator pyte finds the change
that the key makes; what pyte takes to draw it is not counted. "go to" are the changes from each
screen to each other.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, permutations
from pathlib import Path

from machine import describe
from store import make_runs
from terminal import DOWN, ENTER, ESCAPE, HOME, LEFT, PROGRAM, RIGHT, UP, Session

from tui_al.results.store import ResultStore

MODELS = ("wordllama-256", "glove-50")
EACH = 20  # keys of a kind
EVERYWHERE = 6  # of those that do the same on each screen; even, for they open and close
ROUNDS = 1  # of changes from each screen to each other
REST = 0.05  # seconds between two keys
LOADING = 4  # seconds at most until a screen has loaded everything when it is shown first
STRATEGIES = ["random", "margin", "entropy", "coreset", "typiclust", "probcover", "badge",
              "dropquery"]  # fmt: skip
REMEMBERED = {
    "app": {"greeted": True},
    "live": {"several": STRATEGIES, "seeds": 2},
    "grid": {
        "datasets": ["bbcnews"], "models": [*MODELS], "strategies": STRATEGIES,
        "ips": ["random", "coreset", "typiclust"], "seeds": list(range(20)),
    },
    "grid-options": {"budget": "1500", "cycles": "60"},  # not over before all keys are pressed
}  # fmt: skip
"""Choices as if they had been made before."""

Look = Callable[[Session], object]
"""What of the screen a key changes, and nothing else does."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Keys pressed in turn; `look` is what each changes. `first` are pressed before, one after
    another, `then` after each, `last` at the end, which takes what was looked at away; none of
    these counts."""

    name: str
    keys: Sequence[bytes]
    look: Look
    first: Sequence[bytes] = ()
    then: bytes = b""
    last: bytes = b""


def words(pattern: str) -> Look:
    """The first place that matches."""
    expression = re.compile(pattern)

    def look(session: Session) -> object:
        found = expression.search(session.text)
        return found and found[0]

    return look


def cells(first: int, last: int, columns: range | None = None) -> Look:
    """The rows `first`..`last` - 1."""
    return lambda session: session.cells(range(first, last), columns)


def letters(name: str, first: bytes, last: bytes = ESCAPE) -> Kind:
    """Typing into a field, which `first` goes to."""
    keys = (b"a", b"b", b"e", *[b"\x7f"] * 3)
    return Kind(name, keys, words(r"zq[abe]*"), (first, b"zq"), last=last)


def jump(letter: bytes) -> list[bytes]:
    """Give a pane the focus, by its letter."""
    return [b"\x0f", letter]


def up_and_down(times: int = 6) -> list[bytes]:
    return [DOWN] * times + [UP] * times


PAGES = {  # a screen's name: its key, words that it alone shows, the keys to press there
    "Live": (b"1", "─ Cycles", [
        Kind("metric", [b"m"], words(r"(balanced accuracy|accuracy|macro-F1) over")),
        Kind("axis", [b"a"], words(r"over (labels|seconds)")),
        Kind("means or runs", [b"b"], words(r"mean ± sd")),
        Kind("zoom", [b"+", b"+", b"-", b"-"], words(r"└.*\n.*")),
        Kind("crosshair", [LEFT, LEFT, LEFT, LEFT, RIGHT, RIGHT, RIGHT], words(r"at cycle \d+"),
             last=ESCAPE),
        Kind("other run", [b"]"], words(r"Cycles of .*?─")),
    ]),
    "Explorer": (b"2", "─ Classes", [
        Kind("cycle", [RIGHT] * 10 + [LEFT] * 10, words(r"cycle \d+ of"),
             first=[*jump(b"a"), HOME]),
        Kind("cursor", up_and_down(), cells(5, 20), first=jump(b"s")),
        Kind("choose a run", [b"a", ENTER], words("words of its names")),
        letters("find, letter", b"/"),
    ]),
    "Results": (b"3", " filter: ", [
        Kind("cursor", up_and_down(), cells(3, 20)),
        Kind("select", [b" "], cells(3, 20)),
        Kind("sort", [b"s"], words(r"\w+[↑↓]")),
        letters("filter, letter", b"/", last=b"\x7f" * 4 + ESCAPE),
    ]),
    "Analysis": (b"4", "─ Sections", [
        Kind("section", [b"]"] * 6 + [b"["] * 6, cells(2, 19, range(32))),
        Kind("metric", [b"m"], words(r"(balanced accuracy|accuracy|macro-F1)  ")),
        letters("filter, letter", b"/", last=b"\x7f" * 4 + ESCAPE),
    ]),
    "Embeddings": (b"5", "Embeddings:", [
        Kind("cursor", [UP] * 3 + [DOWN] * 3 + [LEFT, RIGHT], cells(2, 15)),
        Kind("mark", [b" "], cells(2, 15)),
        Kind("sizes or qualities", [b"v"], cells(2, 15)),
    ]),
    "Grid": (b"6", "─ Seed ", [
        Kind("cursor", up_and_down(), cells(1, 14), first=[RIGHT * 4]),
        Kind("tick", [b" "], cells(1, 14)),
    ]),
}  # fmt: skip
PAUSE = Kind("pause", [b"p"], words(r"Paused:|Running "))
HELP = Kind("help", [b"?", b"q"], words("Esc closes"))
PALETTE = Kind("palette", [b"\x10"], words("Search for commands"), then=ESCAPE)


def measure(session: Session, kind: Kind, each: int) -> Iterator[float]:
    """Milliseconds from each key to its repaint; what is shown first is loaded first."""
    for key in kind.first:
        session.press(key)
        session.rest(0.3)
    keys = cycle(kind.keys)
    for number in range(-2, each):
        before = kind.look(session)
        milliseconds = press(session, next(keys), lambda: kind.look(session) != before)  # noqa: B023  (at once)
        if kind.then:
            press(session, kind.then, lambda: kind.look(session) == before)  # noqa: B023
        if number >= 0:
            yield milliseconds
    if kind.last:
        press(session, kind.last, lambda: kind.look(session) is None)
        session.rest(0.3)


def press(session: Session, key: bytes, seen: Callable[[], bool]) -> float:
    """Milliseconds from a key to its repaint; a rest follows."""
    pressed = session.press(key)
    milliseconds = 1000 * (session.wait_until(seen) - pressed)
    session.rest(REST)
    return milliseconds


def go(session: Session, page: str) -> float:
    """Milliseconds until another screen is shown."""
    key, shown, _ = PAGES[page]
    return press(session, key, lambda: is_shown(session, shown))


def is_shown(session: Session, shown: str) -> bool:
    marks = [mark for _, mark, _ in PAGES.values() if session.shows(mark)]
    return marks == [shown]


def measure_all(session: Session, *, running: bool = False) -> dict[tuple[str, str], list[float]]:
    """The times by screen and kind."""
    times: dict[tuple[str, str], list[float]] = {}
    for page, (_, _, kinds) in PAGES.items():
        go(session, page)
        session.rest(0.5)
        for kind in ([PAUSE] if running and page == "Live" else []) + kinds:
            times[page, kind.name] = [*measure(session, kind, EACH)]
        for kind in (HELP, PALETTE):
            times.setdefault(("all", kind.name), []).extend(measure(session, kind, EVERYWHERE))
    here = page
    for one, other in [*permutations(PAGES, 2)] * ROUNDS:
        for page in (one, other):
            if page != here:
                times.setdefault((page, "go to"), []).append(go(session, page))
            here = page
    return times


def prepare(folder: Path) -> None:
    """A cache and settings of its own."""
    os.environ["TUI_AL_CACHE"] = str(folder)
    os.environ["TUI_AL_CONFIG"] = str(folder / "config.toml")
    Path(folder, "config.state.json").write_text(json.dumps(REMEMBERED), "utf-8")
    options = [part for model in MODELS for part in ("--model", model)]
    command = [PROGRAM, "embed", "--dataset", "bbcnews", *options]
    subprocess.run(command, check=True, capture_output=True)
    store = ResultStore(folder / "results" / "runs")
    made = make_runs()
    while runs := [*islice(made, 2000)]:
        store.save_batch(runs)


def compute(session: Session, page: str, keys: bytes, begun: str) -> None:
    """Start something on a screen."""
    go(session, page)
    session.press(keys)
    session.wait_for(begun)


def take(columns: int, rows: int) -> dict[str, dict[tuple[str, str], list[float]]]:
    """All times, by what is computed meanwhile."""
    session = Session(columns=columns, rows=rows)
    session.wait_for("Press r to run")
    compute(session, "Live", b"f" + b"s", "Run several")
    session.press(ENTER)
    session.wait_for("16 finished of 16 runs")
    for page in PAGES:
        go(session, page)
        session.rest(LOADING)
    times = {"idle": measure_all(session)}
    compute(session, "Grid", b"", " to compute")
    compute(session, "Grid", b"r", "runs/s")
    times["grid"] = measure_all(session)
    compute(session, "Live", b"f" + b"s", "Run several")
    session.press(b"5" + ENTER)
    session.wait_for("Running ")
    times["grid, runs"] = measure_all(session, running=True)
    go(session, "Grid")
    assert session.shows("runs/s"), "the grid was over before all keys were pressed"
    session.leave()
    return times


def summarise(times: Sequence[float]) -> dict[str, float]:
    return {
        "keys": len(times),
        "median": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "worst": max(times),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--size", default="120x40")
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        times = take(columns, rows)
    for some in times.values():
        some["all", "all"] = [one for each in some.values() for one in each]
    figures = []
    print("| screen | key | " + " | ".join(f"{when}: median, ms | 95th percentile | worst"
                                           for when in times) + " |")  # fmt: skip
    print("|---" * (2 + 3 * len(times)) + "|")
    for page, kind in times["grid, runs"]:
        row = {when: summarise(some[page, kind]) for when, some in times.items()
               if (page, kind) in some}  # fmt: skip
        figures.append({"screen": page, "key": kind, **row})
        numbers = [f"{row[when][name]:.1f}" if when in row else ""
                   for when in times for name in ("median", "p95", "worst")]  # fmt: skip
        print(f"| {page} | {kind} | {' | '.join(numbers)} |")
    if options.json is not None:
        found = {"machine": describe(), "size": options.size, "rows": figures}
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
