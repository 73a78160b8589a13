"""Every screen at every size: nothing breaks, nothing is left behind."""

import random

import pytest
from explorer_samples import add_explored
from rich.cells import cell_len
from scripted import MakeApp, ScriptedEngine
from textual.pilot import Pilot

from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.widgets.footer import SteadyFooter

PLACES = {
    "live": ("1",), "explorer": ("2",), "results": ("3",), "analysis": ("4",),
    "embeddings": ("5",), "grid": ("6",), "help": ("question_mark",), "tour": ("f1", "t"),
    "several": ("s",), "palette": ("ctrl+p",), "find": ("2", "slash"), "columns": ("3", "c"),
    "export": ("3", "e"),
}  # fmt: skip
SIZES = ((40, 12), (20, 6), (80, 24), (140, 45), (300, 80), (24, 80))
HOME = (100, 30)
SEED = 20


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    while pilot.app.workers:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.wait_for_animation()


def lines(app: TuiAlApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def open_place(pilot: Pilot[None], engine: ScriptedEngine, place: str) -> None:
    """A run goes on behind every screen."""
    await pilot.press("r")
    engine.report_cycles(9)
    await settle(pilot)
    for key in PLACES[place]:
        await pilot.press(key)
        await settle(pilot)


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("resizes", [6, pytest.param(50, marks=pytest.mark.sweep)])
async def test_a_storm_of_resizes(
    new_app: MakeApp, engine: ScriptedEngine, cache: Cache, place: str, resizes: int
) -> None:
    add_explored(cache)
    app = new_app()
    chance = random.Random(SEED)
    async with app.run_test(size=HOME) as pilot:
        await open_place(pilot, engine, place)
        before = lines(app)
        storm = [(chance.randint(2, 120), chance.randint(2, 40)) for _ in range(resizes)]
        for size in [*SIZES, *storm]:
            await pilot.resize_terminal(*size)
            while app.screen.size != size:
                await pilot.pause()
        engine.report_cycles(10, first=9)
        await pilot.resize_terminal(*HOME)
        await settle(pilot)
        after = lines(app)
        assert [cell_len(line) for line in after] == [HOME[0]] * HOME[1]
        assert after[-1] == before[-1]


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("place", ["live", "explorer", "results", "analysis", "embeddings", "grid"])
async def test_a_small_terminal_shows_the_way_to_help(
    new_app: MakeApp, engine: ScriptedEngine, cache: Cache, place: str
) -> None:
    add_explored(cache)
    app = new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await open_place(pilot, engine, place)
        footer = lines(app)[-1]
        assert "? Help" in footer
        assert app.screen.query_one(SteadyFooter).region.bottom == 24
