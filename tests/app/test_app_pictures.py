"""Pictures of the app at its smallest and at a usual size."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from scripted import ScriptedEngine
from textual.pilot import Pilot

from tui_al.tui.app import TuiAlApp

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Prepare = Callable[[Pilot[None]], Awaitable[None]]


@SIZES
def test_picture_of_the_start(snap_compare: Any, app: TuiAlApp, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=_settle)


@SIZES
@pytest.mark.usefixtures("embedded")
def test_picture_of_a_run(
    snap_compare: Any, app: TuiAlApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        engine.report_cycles(9)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
@pytest.mark.usefixtures("embedded")
def test_picture_of_two_runs_compared(
    snap_compare: Any, app: TuiAlApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        for lift in (0.0, -0.05):
            await pilot.press("r")
            engine.report_cycles(21, lift=lift)
            engine.report_end()
            await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
def test_picture_of_embedding(
    snap_compare: Any, app: TuiAlApp, engine: ScriptedEngine, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("e")
        engine.report_embedding(1024)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@SIZES
@pytest.mark.parametrize("keys", [("r",), ("f1",), ("shift+tab", "shift+tab", "enter")],
                         ids=["offer", "help", "models"])  # fmt: skip
def test_picture_of_dialogs(
    snap_compare: Any, app: TuiAlApp, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


async def _settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.wait_for_animation()
