"""Tables of rows, empty ones above all."""

from scripted import MakeApp
from textual.widgets import Input

from tui_al.tui.screens.live import LiveScreen
from tui_al.tui.widgets.facets import ValueTable
from tui_al.tui.widgets.queried import QueriedTexts


async def test_moving_and_copying_in_an_empty_table(new_app: MakeApp) -> None:
    async with new_app().run_test() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, LiveScreen)
        texts = screen.query_one(QueriedTexts)
        texts.focus()
        await pilot.press("up", "k", "left", "y", "enter")
        assert texts.cursor == 0
        assert pilot.app.screen is screen


async def test_moving_where_no_name_fits_what_is_typed(new_app: MakeApp) -> None:
    async with new_app().run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        await pilot.press("slash")
        assert isinstance(pilot.app.focused, Input)
        await pilot.press(*"zzz", "up", "up", *"zzz", "enter")
        assert pilot.app.screen.query_one(ValueTable).cursor_row == 0
