"""Draws the README's pictures of the app, from real runs.

    COLORTERM=truecolor TUI_AL_CACHE=/tmp/pictures .venv/bin/python docs/draw_app.py

Runs random, typiclust and badge on bbcnews x wordllama-256 in the app itself, with a real
worker process, goes through its screens as a user would, and exports four of them.
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from tui_al.grid.prepare import prepare
from tui_al.paths import find_cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import DEMO
from tui_al.tui.config import Settings
from tui_al.tui.memory import Memory
from tui_al.tui.services import make_services
from tui_al.tui.widgets.setup import ChoiceList

FOLDER = Path(__file__).parent
STRATEGIES = ("random", "typiclust", "badge")
SIZE = (120, 36)


async def draw(folder: Path) -> None:
    """Run, look around, and write a picture of each screen."""
    prepare(DEMO.dataset, DEMO.model, find_cache())  # embedded first, the app asks nothing
    memory = Memory(folder / "state.json")
    memory.remember("app", greeted=True)
    app = TuiAlApp(make_services(find_cache(), None, DEMO, Settings(), memory))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f")  # full speed
        for strategy in STRATEGIES:
            app.screen.query_one("#strategy", ChoiceList).value = strategy
            await pilot.press("r")
            await pilot.pause()
            await _wait(pilot, lambda: "Finished" in _state(app))
        app.clear_notifications()
        await _draw(pilot, "app")
        await pilot.press("2")
        await _wait(pilot, lambda: "cycle 0 of 20" in _text(app))
        await pilot.press(*["right"] * 6)
        await _draw(pilot, "explorer")
        await pilot.press("3")
        await _wait(pilot, lambda: "means over seeds" in _text(app))
        await pilot.press("slash", *"bbcnews wordllama random", "enter")
        await pilot.press("space", "j", "space", "j", "space")
        await _draw(pilot, "results")
        await pilot.press("4")
        await _wait(pilot, lambda: "What can be said" in _text(app))
        await pilot.press(*["j"] * 5, "enter")
        await _wait(pilot, lambda: "Which strategy beats which" in _text(app))
        await _draw(pilot, "analysis")


async def _draw(pilot: Pilot[None], name: str) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause(0.5)
    picture = pilot.app.export_screenshot(title="tui-al")
    (FOLDER / f"{name}.svg").write_text(picture, "utf-8")


async def _wait(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    while not seen():
        await pilot.pause(0.1)


def _state(app: TuiAlApp) -> str:
    return str(app.screen.query_one("#state", Static).render())


def _text(app: TuiAlApp) -> str:
    """What is on the screen, as text."""
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(draw(Path(folder)))
