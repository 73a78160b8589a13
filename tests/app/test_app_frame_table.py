"""The table over a data frame: keys, mouse, marks, and its speed over 200,000 rows."""

import time

import polars as pl
import pytest
from rich.cells import cell_len
from stored_samples import make_many
from textual.app import App, ComposeResult
from textual.color import Color
from textual.geometry import Offset

from tui_al.analysis.browse import View
from tui_al.report.blocks import Column
from tui_al.report.palette import STRATEGY_MARKS
from tui_al.report.stored import QUIET, columns_of
from tui_al.tui.widgets.frame_layout import Rows, arrange
from tui_al.tui.widgets.frame_table import FrameTable

COLUMNS = [Column("name", "name"), Column("value", "value", "decimal"), Column("n", "n", "count"),
           Column("key", "key")]  # fmt: skip
FRAME = pl.DataFrame({
    "key": [f"k{n:03}" for n in range(100)],
    "name": [f"name {n}" for n in range(100)],
    "value": [n / 100 for n in range(100)],
    "n": [1000 * n for n in range(100)],
})  # fmt: skip


class TableApp(App[None]):
    """A table alone, and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield FrameTable()

    @property
    def table(self) -> FrameTable:
        return self.query_one(FrameTable)

    def show(self, frame=FRAME, columns=COLUMNS, **options) -> None:
        nothing = options.pop("nothing", "")
        self.table.show(Rows(frame, columns, "key", ["key"], **options), nothing)

    def lines(self) -> list[str]:
        return ["".join(part.text for part in self.table.render_line(y))
                for y in range(self.table.size.height)]  # fmt: skip

    def on_frame_table_toggled(self, event: FrameTable.Toggled) -> None:
        self.said.append(("toggled", event.row))

    def on_frame_table_opened(self, event: FrameTable.Opened) -> None:
        self.said.append(("opened", event.row))

    def on_frame_table_sort_asked(self, event: FrameTable.SortAsked) -> None:
        self.said.append(("sort", event.column))


@pytest.fixture
async def pilot():
    app = TableApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.show()
        app.table.focus()
        await pilot.pause()
        yield pilot


async def test_titles_and_rows_stand_in_columns(pilot):
    lines = pilot.app.lines()
    assert lines[0].split() == ["name", "value", "n", "key"]
    assert lines[1].split() == ["name", "0", "0.000", "0", "k000"]
    assert lines[0].index("value") + len("value") == lines[1].index("0.000") + len("0.000")
    assert {cell_len(line) for line in lines} == {pilot.app.table.scrollable_content_region.width}


@pytest.mark.parametrize(
    ("keys", "row", "column"),
    [
        (["down", "j", "k", "j"], 2, 0),
        (["G"], 99, 0),
        (["end", "g"], 0, 0),
        (["end", "up", "home", "up"], 0, 0),
        (["l", "right", "h"], 0, 1),
        (["right"] * 9, 0, 3),
        (["pagedown", "pagedown"], 20, 0),
        (["G", "down", "pageup"], 89, 0),
    ],
)  # fmt: skip
async def test_keys_move_the_cursor_and_it_stays_in_sight(pilot, keys, row, column):
    await pilot.press(*keys)
    table = pilot.app.table
    assert (table.cursor, table.cursor_column) == (row, column)
    assert any(f"name {row} " in line for line in pilot.app.lines()[1:])


async def test_space_and_enter_name_the_row(pilot):
    await pilot.press("down", "space", "enter")
    assert pilot.app.said == [("toggled", 1), ("opened", 1)]


async def test_the_mouse_does_what_the_keys_do(pilot):
    table = pilot.app.table
    column = pilot.app.lines()[0].index("value")
    await pilot.click(table, offset=Offset(column + 1, 0))
    await pilot.click(table, offset=Offset(8, 3))
    assert (table.cursor, table.cursor_column) == (2, 0)
    await pilot.click(table, offset=Offset(0, 2))
    await pilot.click(table, offset=Offset(8, 4), times=2)
    assert pilot.app.said == [("sort", "value"), ("toggled", 1), ("opened", 3)]


async def test_a_click_below_the_rows_does_nothing(pilot):
    pilot.app.show(FRAME.head(2))
    await pilot.click(pilot.app.table, offset=Offset(8, 6))
    assert pilot.app.table.cursor == 0


async def test_marks_can_be_read_without_colour(pilot):
    pilot.app.table.mark({"k001": STRATEGY_MARKS["badge"]}, ["k002"])
    lines = pilot.app.lines()
    assert [line[:3] for line in lines[1:4]] == ["   ", "★  ", " ↑ "]
    marked = list(pilot.app.table.render_line(2))
    assert all(part.style.bold for part in marked if part.text.strip() and part.text != "★")
    color = Color.from_rich_color(marked[0].style.color).rgb
    assert color == STRATEGY_MARKS["badge"].on_dark


async def test_the_cursor_stays_on_its_row_and_column_when_rows_move(pilot):
    await pilot.press("down", "down", "down", "right")
    pilot.app.show(FRAME.sort("value", descending=True), COLUMNS[1:], order="value",
                   descending=True)  # fmt: skip
    await pilot.pause()
    table = pilot.app.table
    assert table.here == "k003"
    assert table.column.name == "value"
    assert "value↓" in pilot.app.lines()[0]
    pilot.app.show(FRAME.head(3))
    assert table.cursor == 2


async def test_no_rows_say_why(pilot):
    pilot.app.show(FRAME.clear(), nothing="Nothing here")
    await pilot.press("down", "space", "enter", "G", "pagedown")
    assert pilot.app.lines()[2].strip() == "Nothing here"
    assert pilot.app.table.here is None
    assert pilot.app.said == []
    pilot.app.show()
    assert pilot.app.table.cursor == 0


async def test_columns_out_of_sight_are_hinted_at_and_reached():
    app = TableApp()
    async with app.run_test(size=(16, 8)) as pilot:
        app.show()
        app.table.focus()
        await pilot.pause()
        assert app.lines()[0].endswith("›")
        await pilot.press("right", "right", "right")
        assert "key" in app.lines()[0]
        assert app.lines()[0][2] == "‹"
        assert "k000" in app.lines()[1]
        await pilot.press("left", "left", "left")
        assert app.lines()[0].strip().startswith("name")


async def test_texts_are_shown_as_characters_whatever_they_contain(pilot):
    hostile = ["\x1b[31mred", "[bold]x[/]", "日本語テキスト" * 9, "a\nb"]
    frame = pl.DataFrame({"key": list("abcd"), "name": hostile, "value": 4 * [None], "n": 4 * [1]})
    await pilot.resize_terminal(90, 12)
    pilot.app.show(frame)
    await pilot.pause()
    shown = "\n".join(pilot.app.lines())
    assert "\x1b" not in shown
    assert "␛[31mred" in shown
    assert "[bold]x[/]" in shown
    assert "…" in shown
    assert "a b" in shown
    assert "–" in shown
    assert len({cell_len(line) for line in pilot.app.lines()}) == 1


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (300, 90)])
async def test_any_size_is_survived(size):
    app = TableApp()
    async with app.run_test(size=size) as pilot:
        app.show()
        app.table.focus()
        await pilot.press("down", "right", "G", "pagedown", "end")
        await pilot.resize_terminal(40, 10)
        assert any("name 99" in line for line in app.lines())


def test_columns_do_not_become_narrower_while_rows_are_filtered():
    few, many = (Rows(rows, COLUMNS, "key", ["key"]) for rows in (FRAME.head(1), FRAME))
    wide = arrange(many, 80)
    assert arrange(few, 80, wide).places == wide.places
    assert arrange(few, 80).width < wide.width


async def test_two_hundred_thousand_rows_are_fluid():
    """A key takes a few milliseconds where nothing else runs; this only notices a collapse."""
    view = View("cycles", grouped=False)
    frame = make_many().show(view)
    app = TableApp()
    async with app.run_test(size=(140, 45)) as pilot:
        started = time.perf_counter()
        app.table.show(Rows(frame, columns_of(view, QUIET), "run_id", ["run_id", "cycle"]))
        app.table.focus()
        await pilot.pause()
        assert time.perf_counter() - started < 1
        table = app.table
        slowest = 0.0
        for row in (1, 2, 50, 100_000, 199_999, 3):
            started = time.perf_counter()
            table.cursor = row
            lines = app.lines()
            slowest = max(slowest, time.perf_counter() - started)
            assert any(cell.strip() in "".join(lines) for cell in table.written(row)[:1])
        assert table.cursor == 3
        assert slowest < 0.25
