"""Going to a pane by its letter."""

import pytest
from stored_samples import save_runs
from textual.widgets import Input

from tui_al.paths import Cache
from tui_al.tui.app import TuiAlApp
from tui_al.tui.screens.jump import JumpMark, JumpScreen
from tui_al.tui.screens.live import LiveScreen

SIZE = (110, 36)


def letters(app: TuiAlApp) -> dict[str, str]:
    """What each letter stands on."""
    (screen, jump) = app.screen_stack
    assert isinstance(jump, JumpScreen)
    found = {}
    for mark in jump.query(JumpMark):
        widget, _ = screen.get_widget_at(*mark.region.offset)
        while widget not in screen.focus_chain:
            widget = widget.parent
        found[str(mark.render())] = widget.id or type(widget).__name__
    return found


async def test_a_letter_stands_on_every_pane_and_leads_there(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        there = letters(app)
        assert len(there) == len(app.screen_stack[0].focus_chain) >= 6
        for letter, name in there.items():
            await pilot.press(letter)
            await pilot.pause()
            assert isinstance(app.screen, LiveScreen)
            focused = app.screen.focused
            assert (focused.id or type(focused).__name__) == name
            await pilot.press("ctrl+o")
            await pilot.pause()


@pytest.mark.parametrize("key", ["escape", "ctrl+o", "1", "r", "up"])
async def test_any_other_key_stays_and_does_nothing_else(app: TuiAlApp, key: str, engine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        before = app.screen.focused
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert key not in letters(app)
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert app.screen.focused is before
        assert not engine.commands


async def test_the_mouse_takes_a_letter_too(app: TuiAlApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        mark = app.screen.query(JumpMark).last()
        name = letters(app)[str(mark.render())]
        await pilot.click(mark)
        await pilot.pause()
        focused = app.screen.focused
        assert (focused.id or type(focused).__name__) == name
        await pilot.press("ctrl+o")
        await pilot.pause()
        await pilot.click(offset=(60, 20))
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert app.screen.focused is focused


async def test_it_works_from_a_field_too(app: TuiAlApp, cache: Cache) -> None:
    """Ctrl+O is no character."""
    save_runs(cache.runs, "trec6-badge-0")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        field = app.screen.query_one(Input)
        field.focus()
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert isinstance(app.screen, JumpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.focused is field
