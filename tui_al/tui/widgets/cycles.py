"""The cycles of one run, one row each."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.markup import escape
from textual.message import Message

from tui_al.learning.records import CycleRecord
from tui_al.tui.widgets.linetable import Cells, LineColumn, LineTable
from tui_al.tui.widgets.rowview import RowView

_COLUMNS = (
    LineColumn("cycle", 5, right=True),
    LineColumn("labels", 7, right=True),
    LineColumn("accuracy", 8, right=True),
    LineColumn("macro-F1", 8, right=True),
    LineColumn("seconds", 8, right=True),
    LineColumn(""),
)


class CycleTable(LineTable):
    """Follows the newest cycle until the cursor is moved to another."""

    class Selected(Message):
        """The cursor is on another cycle."""

        def __init__(self, cycle: int) -> None:
            super().__init__()
            self.cycle = cycle

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "Cycles"
        self._records: Sequence[CycleRecord] = ()

    def show(
        self, records: Sequence[CycleRecord], title: str = "", cursor: int | None = None
    ) -> None:
        """Show a run's cycles from the first; the cursor goes to the newest, or where it is
        told to."""
        self.border_title = f"Cycles of {escape(title)}" if title else "Cycles"
        newest = len(records) - 1
        self._take(records, newest if cursor is None else min(cursor, newest))

    def extend(self, records: Sequence[CycleRecord]) -> None:
        """Add what is new of a run's cycles; the cursor follows where it was on the newest."""
        if len(records) > self.row_count:
            following = self.cursor >= self.row_count - 1
            self._take(records, len(records) - 1 if following else self.cursor)

    def _take(self, records: Sequence[CycleRecord], cursor: int) -> None:
        self._records = tuple(records)
        self.show_rows(lambda _: _COLUMNS, len(records), self._cells, cursor=cursor)
        if records:
            self.post_message(self.Selected(self.cursor))

    @on(RowView.Moved)
    def _moved(self, event: RowView.Moved) -> None:
        event.stop()
        self.post_message(self.Selected(self.cursor))  # by now: several moves are one

    def _cells(self, row: int) -> Cells:
        record = self._records[row]
        seconds = record.query_seconds + record.fit_seconds
        cells = (f"{record.cycle}", f"{record.n_labeled:,}", f"{record.accuracy:.4f}",
                 f"{record.macro_f1:.4f}", f"{seconds:.3f}", "")  # fmt: skip
        return [Text(cell) for cell in cells]
