"""Draws docs/app.svg: the app on real runs.

    .venv/bin/python docs/draw_app.py

Runs random, typiclust and badge on bbcnews x wordllama-256 in the app itself, with a real
worker process, and exports its screen.
"""

import asyncio
from pathlib import Path

from textual.widgets import Static

from tui_al.grid.prepare import prepare
from tui_al.paths import find_cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.choices import Choices
from tui_al.tui.widgets.setup import ChoiceList

PICTURE = Path(__file__).with_name("app.svg")
STRATEGIES = ("random", "typiclust", "badge")


async def draw() -> None:
    prepare("bbcnews", "wordllama-256", find_cache())  # embedded first, the app asks nothing
    app = TuiAlApp(Choices("bbcnews", "wordllama-256", "random", "badge"), find_cache())
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("f")  # full speed
        for strategy in STRATEGIES:
            app.screen.query_one("#strategy", ChoiceList).value = strategy
            await pilot.press("r")
            await pilot.pause()
            while "Finished" not in str(app.screen.query_one("#state", Static).render()):
                await pilot.pause(0.1)
        app.clear_notifications()
        await pilot.pause()
        PICTURE.write_text(app.export_screenshot(title="tui-al"), "utf-8")


if __name__ == "__main__":
    asyncio.run(draw())
