"""The cycles of one run, one row each."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.markup import escape
from textual.message import Message
from textual.widgets import DataTable

from tui_al.learning.records import CycleRecord
from tui_al.tui.widgets.rows import RowTable

_COLUMNS = (("cycle", 5), ("labels", 7), ("accuracy", 9), ("macro-F1", 9), ("seconds", 8))


class CycleTable(RowTable):
    """Follows the newest cycle until the cursor is moved to another."""

    class Selected(Message):
        """The cursor is on another cycle."""

        def __init__(self, cycle: int) -> None:
            super().__init__()
            self.cycle = cycle

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=True, cell_padding=0)
        self.border_title = "Cycles"

    def on_mount(self) -> None:
        for title, width in _COLUMNS:
            self.add_column(Text(title, justify="right"), width=width)

    def show(
        self, records: Sequence[CycleRecord], title: str = "", cursor: int | None = None
    ) -> None:
        """Show a run's cycles from the first; the cursor goes to the newest, or where it is
        told to."""
        self.border_title = f"Cycles of {escape(title)}" if title else "Cycles"
        self.clear()
        for record in records:
            self._add(record)
        if records:  # of an empty table, the row before the first is its header
            newest = self.row_count - 1
            self.move_cursor(row=newest if cursor is None else min(cursor, newest), animate=False)

    def extend(self, records: Sequence[CycleRecord]) -> None:
        """Add what is new of a run's cycles; the cursor follows where it was on the newest."""
        new = records[self.row_count :]
        following = self.cursor_row >= self.row_count - 1
        for record in new:
            self._add(record)
        if new and following:
            self.move_cursor(row=self.row_count - 1, animate=False)

    @on(DataTable.RowHighlighted)
    def _highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if self.row_count:  # where the cursor is by now: several moves are one
            self.post_message(self.Selected(self.cursor_row))

    def _add(self, record: CycleRecord) -> None:
        seconds = record.query_seconds + record.fit_seconds
        cells = (f"{record.cycle}", f"{record.n_labeled:,}", f"{record.accuracy:.4f}",
                 f"{record.macro_f1:.4f}", f"{seconds:.3f}")  # fmt: skip
        self.add_row(*(Text(cell, justify="right") for cell in cells))
