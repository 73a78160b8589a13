"""Pictures of the app at its smallest and at a usual size."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from scripted import MakeApp, ScriptedEngine
from textual.pilot import Pilot

from tui_al.tui.app import TuiAlApp
from tui_al.tui.config import DARK, LIGHT, Preferences, Settings

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
LOOKS = pytest.mark.parametrize(
    ("size", "theme"),
    [((80, 24), DARK), ((80, 24), LIGHT), ((140, 45), DARK), ((140, 45), LIGHT)],
    ids=["80x24-dark", "80x24-light", "140x45-dark", "140x45-light"],
)
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
@pytest.mark.parametrize("keys", [("r",), ("shift+tab", "shift+tab", "enter")],
                         ids=["offer", "models"])  # fmt: skip
def test_picture_of_dialogs(
    snap_compare: Any, app: TuiAlApp, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@LOOKS
@pytest.mark.usefixtures("six", "embedded")
def test_picture_of_the_bar_of_six_screens(
    snap_compare: Any, new_app: MakeApp, engine: ScriptedEngine, size: tuple[int, int], theme: str
) -> None:
    """One of them computes while another is shown."""
    app = new_app(settings=Settings(Preferences(theme=theme)))

    async def run(pilot: Pilot[None]) -> None:
        await pilot.press("r")
        engine.report_cycles(9)
        await pilot.press("3")
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


@LOOKS
@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("keys", [("f1",), ("f1", "t", "right"), ("r", "ctrl+q"), ()],
                         ids=["help", "tour", "leave", "welcome"])  # fmt: skip
def test_picture_over_the_screen(
    snap_compare: Any, new_app: MakeApp, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    app = new_app(settings=Settings(Preferences(theme=theme)), greeted=bool(keys))

    async def run(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=size, run_before=run)


async def _settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.wait_for_animation()
