"""Datasets x models: a sign and a colour for what there is of each."""

from collections.abc import Callable, Collection, Mapping, Sequence

from rich.style import Style
from rich.text import Text
from textual import on
from textual.coordinate import Coordinate
from textual.message import Message
from textual.widgets import DataTable

from tui_al.report.catalog import DatasetRow
from tui_al.textsafe import visible
from tui_al.tui.embedding_cells import SIGNS, Cell, Look
from tui_al.tui.shelf import Pair, Shelf
from tui_al.tui.widgets.rows import RowTable, color_of

_COLORS: Mapping[Look, str] = {
    "here": "success", "running": "primary", "waiting": "primary", "begun": "warning",
    "stale": "warning", "failed": "error", "assessing": "primary",
}  # fmt: skip
_NARROW, _WIDE = 6, 10  # cells of a column: a sign and a percentage, or a size
_LONGEST_NAME = 18


class EmbeddingMatrix(RowTable):
    """A row a model, the best by MTEB first; a column a dataset."""

    BINDING_GROUP_TITLE = "This matrix"

    class Moved(Message):
        """The cursor is on another dataset and model."""

    class Opened(Message):
        """Enter, or a click on the cursor."""

    def __init__(self) -> None:
        super().__init__(cursor_type="cell", cell_padding=0, zebra_stripes=True, header_height=2)
        self.border_title = "Embeddings"
        self._shelf = Shelf()
        self._look: Callable[[Pair], Cell] = lambda _: Cell()
        self._marks: Collection[Pair] = ()
        self._shown_wide: bool | None = None

    def show(self, shelf: Shelf, look: Callable[[Pair], Cell], marks: Collection[Pair]) -> None:
        """Show a shelf, each place as `look` says; the cursor stays on its pair."""
        same = self._names(shelf) == self._names(self._shelf) and self.row_count > 0
        self._shelf, self._look, self._marks = shelf, look, marks
        if not same:
            self._rebuild()
        else:
            self.update(
                [(row.name, model.name) for row in shelf.datasets for model in shelf.models]
            )

    def update(self, pairs: Sequence[Pair]) -> None:
        """Draw these places again."""
        columns = {row.name: place for place, row in enumerate(self._shelf.datasets)}
        rows = {model.name: place for place, model in enumerate(self._shelf.models)}
        for dataset, model in pairs:
            if dataset in columns and model in rows and self.row_count:
                place = Coordinate(rows[model], columns[dataset])
                drawn = self._draw((dataset, model))
                if self.get_cell_at(place) != drawn:
                    self.update_cell_at(place, drawn)

    @property
    def pair(self) -> Pair | None:
        """The dataset and model under the cursor."""
        row, column = self.cursor_coordinate
        if row < len(self._shelf.models) and column < len(self._shelf.datasets):
            return self._shelf.datasets[column].name, self._shelf.models[row].name
        return None

    def go_to(self, pair: Pair) -> None:
        """Put the cursor on a pair, where there is such."""
        dataset, model = pair
        rows = [row.name for row in self._shelf.models]
        columns = [row.name for row in self._shelf.datasets]
        if model in rows and dataset in columns:
            place = Coordinate(rows.index(model), columns.index(dataset))
            self.move_cursor(row=place.row, column=place.column, animate=False)

    def recolor(self) -> None:
        """Draw everything again, in the theme's colours."""
        self._rebuild()

    def on_resize(self) -> None:
        super().on_resize()
        if self._wide != self._shown_wide:
            self._rebuild()

    @property
    def _wide(self) -> bool:
        """Whether there is room for words in every column."""
        names = max((len(row.name) for row in self._shelf.models), default=0)
        columns = len(self._shelf.datasets)
        return self.size.width >= min(names, _LONGEST_NAME) + 1 + columns * _WIDE

    def _rebuild(self) -> None:
        pair = self.pair
        self._shown_wide = self._wide
        with self.prevent(DataTable.CellHighlighted):
            self.clear(columns=True)
            least = _WIDE if self._shown_wide else _NARROW
            for row in self._shelf.datasets:
                name = visible(row.name, one_line=True)
                label = Text(f"{name}\n", no_wrap=True, overflow="ellipsis")
                label.append(_count(row), "dim")
                self.add_column(label, width=max(least, min(len(name) + 1, _LONGEST_NAME)))
            for model in self._shelf.models:
                name = visible(model.name, one_line=True)
                cells = (self._draw((row.name, model.name)) for row in self._shelf.datasets)
                self.add_row(*cells, label=_shorten(name))
        if pair is not None:
            self.go_to(pair)

    def _draw(self, pair: Pair) -> Text:
        cell = self._look(pair)
        color = _COLORS.get(cell.look)
        text = Text(SIGNS[cell.look], self._style(color) if color else "", no_wrap=True)
        text.append("+" if pair in self._marks else " ", self._style("accent", bold=True))
        text.append(cell.wide if self._shown_wide else cell.narrow, Style(dim=cell.look == "here"))
        return text

    def _style(self, name: str, *, bold: bool = False) -> Style:
        return color_of(self.app, name, bold=bold) if self.is_attached else Style(bold=bold)

    @staticmethod
    def _names(shelf: Shelf) -> tuple[list[str], list[str]]:
        return [row.name for row in shelf.datasets], [row.name for row in shelf.models]

    @on(DataTable.CellHighlighted)
    def _highlighted(self, event: DataTable.CellHighlighted) -> None:
        event.stop()
        self.post_message(self.Moved())

    @on(DataTable.CellSelected)
    def _selected(self, event: DataTable.CellSelected) -> None:
        event.stop()
        self.post_message(self.Opened())


def _shorten(name: str) -> Text:
    """A name as long as there is room for; of a Hub id, the end tells more."""
    if len(name) > _LONGEST_NAME:
        name = f"…{name[1 - _LONGEST_NAME :]}"
    return Text(f"{name} ", no_wrap=True, end="")


def _count(row: DatasetRow) -> str:
    if row.train is None:
        return ""
    number = row.train + (row.test or 0)
    return f"{number / 1000:,.0f}k" if number >= 10_000 else f"{number:,}"
