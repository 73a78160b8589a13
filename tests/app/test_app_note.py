"""What a strategy left out of its choice is shown with the texts it chose."""

from textual.app import App, ComposeResult
from textual.content import Content

from tui_al.tui.widgets.queried import QueriedTexts


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield QueriedTexts()


async def test_the_note_stands_below_the_texts_as_plain_characters() -> None:
    async with Host().run_test() as pilot:
        table = pilot.app.query_one(QueriedTexts)
        table.show((), 1, "balls around [b]15[/b] of 48 texts\x1b[31m (max_pool)")
        shown = Content.from_markup(str(table.border_subtitle)).plain
        assert shown.startswith("balls around [b]15[/b] of 48 texts")
        assert shown.endswith("(max_pool)")
        assert "\x1b" not in shown
        table.show((), 2)
        assert not table.border_subtitle
