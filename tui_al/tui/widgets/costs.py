"""A grid by dataset and strategy: what it takes, how far each is; and what failed."""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual import on
from textual.message import Message
from textual.widgets import DataTable

from tui_al.grid.bulk import FailedRun
from tui_al.report.amounts import show_bytes, show_seconds
from tui_al.textsafe import visible
from tui_al.tui.grid_state import RowState
from tui_al.tui.widgets.rows import RowTable, color_of

_NAMES = (("dataset", 10), ("strategy", 10))
_NUMBERS = (("done", 7), ("failed", 6), ("compute", 7), ("memory", 8), ("disk", 8))
_FEWER = 3  # numbers where there is no room for all
_PADDING, _SCROLLBAR = 2, 1
_LONGEST_BAR, _SHORTEST_BAR = 12, 4
_SHORTEST_REASON = 36
_FAILED_COLUMNS = (("strategy", 10), ("dataset", 10), ("model", 14),
                   ("pool", 9), ("seed", 4))  # fmt: skip


class CostTable(RowTable):
    """A row a dataset and strategy; its bar fills as runs are stored."""

    BINDING_GROUP_TITLE = "This table"

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=1)
        self.border_title = "What it takes"
        self._rows: Sequence[RowState] = ()
        self._pools = False
        self._bar_width = 0
        self._numbers = 0  # columns

    def on_resize(self) -> None:
        super().on_resize()
        if self._measure() != (self._numbers, self._bar_width):
            self._rebuild()

    def show(self, rows: Sequence[RowState], *, pools: bool) -> None:
        """Show these rows, of initial pools alone or of strategies; the cursor stays where it
        was."""
        self._rows = list(rows)
        self.border_subtitle = self._total()
        if pools != self._pools:
            self._pools = pools
            self._rebuild()
        elif self._numbers:
            self._fill()

    def _measure(self) -> tuple[int, int]:
        """How many columns of numbers there is room for, and how many cells for the bar."""
        for numbers in (len(_NUMBERS), _FEWER):
            columns = (*_NAMES, *_NUMBERS[:numbers])
            taken = sum(width + _PADDING for _, width in columns) + _PADDING + _SCROLLBAR
            room = self.size.width - taken
            if room >= _SHORTEST_BAR:
                return numbers, min(_LONGEST_BAR, room)
        return _FEWER, _SHORTEST_BAR

    def _rebuild(self) -> None:
        self._numbers, self._bar_width = self._measure()
        self.clear(columns=True)
        (dataset, width), (strategy, choice) = _NAMES
        self.add_column(Text(dataset), width=width)
        self.add_column(Text("pool" if self._pools else strategy), width=choice)
        self.add_column(Text(""), width=self._bar_width)
        for title, width in _NUMBERS[: self._numbers]:
            self.add_column(Text(title, justify="right"), width=width)
        self._fill()

    def _fill(self) -> None:
        cursor = self.cursor_row
        self.clear()
        for row in self._rows:
            self.add_row(*self._draw(row))
        self.move_cursor(row=min(cursor, max(0, len(self._rows) - 1)), animate=False)

    def _total(self) -> str:
        """Of what was still to compute; memory has no sum."""
        costs = [row.cost for row in self._rows]
        seconds, disk = sum(cost.seconds for cost in costs), sum(cost.disk for cost in costs)
        if not disk:
            return ""
        return f"total: {show_seconds(seconds)} of computing, {show_bytes(round(disk))}"

    def update(self, rows: Sequence[RowState]) -> None:
        """Draw those rows again of which something was computed."""
        for row in rows:
            place = next((n for n, known in enumerate(self._rows) if known is row), None)
            if place is not None:
                for column, cell in enumerate(self._draw(row)):
                    self.update_cell_at((place, column), cell)  # type: ignore[arg-type]

    def _draw(self, row: RowState) -> list[Text]:
        cost = row.cost
        numbers = (f"{row.done:,}/{cost.runs:,}", f"{row.failed:,}" if row.failed else "",
                   show_seconds(cost.seconds) if cost.seconds else "",
                   show_bytes(round(cost.memory)) if cost.memory else "",
                   show_bytes(round(cost.disk)) if cost.disk else "")  # fmt: skip
        right = (Text(number or "", justify="right") for number in numbers)
        names = _cell(cost.dataset), _cell(cost.choice)
        return [*names, self._bar(row), *right][: len(_NAMES) + 1 + self._numbers]

    def _bar(self, row: RowState) -> Text:
        """Done, failed and left, each in a sign and a colour of its own."""
        runs, width = max(1, row.cost.runs), self._bar_width
        done = int(width * row.done / runs)
        failed = min(width - done, -(-width * row.failed // runs))
        bar = Text("━" * done, color_of(self.app, "success"), no_wrap=True)
        bar.append("×" * failed, color_of(self.app, "error"))
        return bar.append("╌" * (width - done - failed), Style(dim=True))


class FailureTable(RowTable):
    """Runs that failed, with their errors."""

    BINDING_GROUP_TITLE = "This table"

    class Opened(Message):
        """A failure was chosen for reading."""

        def __init__(self, failure: FailedRun) -> None:
            super().__init__()
            self.failure = failure

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=1)
        self._failures: Sequence[FailedRun] = ()
        self._reason_width = 0

    def on_resize(self) -> None:
        """The reason takes all the room that is left."""
        super().on_resize()
        others = sum(width + _PADDING for _, width in _FAILED_COLUMNS) + _PADDING + _SCROLLBAR
        reason = max(_SHORTEST_REASON, self.size.width - others)
        if reason != self._reason_width:
            self._reason_width = reason
            self.clear(columns=True)
            for title, width in (("reason", reason), *_FAILED_COLUMNS):
                self.add_column(Text(title), width=width)
            self._add(self._failures)

    def show(self, failures: Sequence[FailedRun]) -> None:
        """Show these; where they only became more, the new ones are added."""
        before, self._failures = self._failures, list(failures)
        self.border_title = f"Failed: {len(failures)}   Enter shows one in full"
        if not self._reason_width:
            return
        if self._failures[: len(before)] != before:
            self.clear()
            before = ()
        self._add(failures[len(before) :])

    def _add(self, failures: Sequence[FailedRun]) -> None:
        for failure in failures:
            run = failure.run
            strategy = run.strategy if run.k0 is None else f"k0 {run.k0:,}"
            words = (failure.reason, strategy, run.dataset, run.model, run.ips, str(run.seed))
            self.add_row(*map(_cell, words))

    @property
    def current(self) -> FailedRun | None:
        """The failure under the cursor."""
        return self._failures[self.cursor_row] if self.cursor_row < len(self._failures) else None

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if self.current is not None:
            self.post_message(self.Opened(self.current))


def _cell(words: str) -> Text:
    return Text(visible(words, one_line=True), no_wrap=True, overflow="ellipsis")
