"""How fast the program starts, and how fast the app answers keys while its worker is busy.

    .venv/bin/python benchmarks/app.py

On a pseudo-terminal of 80x24, with an empty cache; a first, uncounted start of each fills the
file cache. "key" is the time from pressing ? to the help on screen while the worker process
embeds BBC News with minilm-l6 on every core, "key, running" while cycles come in; both end when
the repaint has been read, before the terminal emulator pyte has drawn it.
Prints minimum, median and maximum in seconds.
"""

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from terminal import ESCAPE, PROGRAM, Session

REPETITIONS = 10
KEYS = 30


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
        os.environ["TUI_AL_CONFIG"] = str(Path(cache) / "config.toml")
        greeted = {"app": {"greeted": True}}
        Path(cache, "config.state.json").write_text(json.dumps(greeted), "utf-8")
        show("first frame", repeat(time_first_frame))
        show("--help", repeat(time_help))
        show("key, embedding", time_keys(" texts ", "--model", "minilm-l6"))
        show("key, running", time_keys("Running", "--model", "wordllama-256"))


if __name__ == "__main__":
    main()
