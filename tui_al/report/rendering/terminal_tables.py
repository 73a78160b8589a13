"""Tables and heat maps that fit a terminal: figures stay whole, all else gives way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from tui_al.report.blocks import Column, Matrix, Table
from tui_al.report.output import cell, make_table
from tui_al.report.palette import Rgb
from tui_al.report.rendering.heat import contrast, css, heat, matrix_cells
from tui_al.report.rendering.values import BEST, Written, best_rows, write_rows, write_value
from tui_al.textsafe import visible

_GAP = 2  # between columns, as rich pads them
_TINY_NAME, _LEAST_NAME, _FAIR_NAME = 4, 8, 12
_SENTENCE, _LEAST_SENTENCE = 32, 24  # longer text is no name: it wraps
_BEST = "*"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column as it will be printed."""

    title: str
    cells: Sequence[str]
    right: bool
    width: int
    folds: bool = False


def table_renderables(table: Table, width: int) -> Iterator[RenderableType]:
    """The table's title, its rows in as many parts as the width asks for, and its notes."""
    if table.title:
        yield _heading(table.title)
    if table.frame.is_empty():
        yield Text("nothing to show", "dim")
        return
    rows, best = write_rows(table), best_rows(table)
    columns = _columns(table.columns, rows, best)
    notes = [table.note] if table.note else []
    if _width(_least(columns, _FAIR_NAME)) > width:
        alone = [[replace(each, around="") for each in row] for row in rows]
        narrow = _columns(table.columns, alone, best)
        fits = _width(_least(narrow, _FAIR_NAME)) <= width
        never = any(_width(_least(part, _LEAST_NAME)) > width for part in _parts(columns, width))
        if alone != rows and (fits or never):
            columns = narrow
            notes.append("± and intervals are left out here: they need a wider terminal")
    for place, part in enumerate(_parts(columns, width)):
        if place:
            yield Text()
        yield _print_columns(_shorten(part, width), best)
    if any(best):
        notes.append(f"{_BEST} {BEST}")
    for note in notes:
        yield Text(visible(note), "dim")


def matrix_renderables(
    matrix: Matrix, width: int, *, dark: bool = False
) -> Iterator[RenderableType]:
    """The heat map as a table: a row a value of `row`, coloured where colours are shown."""
    yield _heading(matrix.title)
    rows, names, values = matrix_cells(matrix)
    if not rows:
        yield Text("nothing to show", "dim")
        return
    digits = 2 if matrix.kind == "percent" else 3
    written = [[write_value(value, matrix.kind, digits) for value in row] for row in values]
    least = max(5, *(len(text) for row in written for text in row))
    first = min(max(map(cell_len, rows)), max(_LEAST_NAME, width // 4))
    each = max(1, (width - first) // (least + 1))
    for start in range(0, len(names), each):
        part = names[start : start + each]
        room = min(max(least, *map(cell_len, part)), (width - first) // len(part) - 1)
        table = RichTable(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
        table.add_column("", width=first, no_wrap=True)
        for name in part:
            table.add_column(_ellipsis(name, room), width=room, justify="center", no_wrap=True)
        for row, name in enumerate(rows):
            fields = (
                _field(written[row][column], heat(values[row][column], matrix, dark=dark), room)
                for column in range(start, start + len(part))
            )
            table.add_row(Text(_ellipsis(name, first)), *fields)
        yield table


def _heading(title: str) -> Text:
    return Text(visible(title, one_line=True), "bold")


def _field(text: str, color: Rgb | None, room: int) -> Text:
    if color is None:
        return Text(text, "dim")
    return Text(text.center(room), Style(color=css(contrast(color)), bgcolor=css(color)))


def _columns(
    columns: Sequence[Column], rows: Sequence[Sequence[Written]], best: Sequence[bool]
) -> list[_Shown]:
    """Columns at their full width; figures, spreads and marks are aligned among themselves."""
    shown = []
    names = [column.kind == "text" for column in columns]
    starred = max(0, (names.index(False) if False in names else len(names)) - 1)
    for place, column in enumerate(columns):
        written = [row[place] for row in rows]
        right = column.kind != "text"
        cells = _aligned(written) if right else [each.text for each in written]
        if place == starred and any(best):
            stars = (f" {_BEST}" if is_best else "  " if right else "" for is_best in best)
            cells = [text + star for text, star in zip(cells, stars, strict=True)]
        title = visible(column.title, one_line=True)
        widest = max(map(cell_len, cells))
        shown.append(_Shown(title, cells, right, max(widest, cell_len(title))))
    return shown


def _aligned(written: Sequence[Written]) -> list[str]:
    around = max(len(each.around) for each in written)
    mark = max(len(each.mark) for each in written)
    return [
        each.main
        + (f" {each.around:<{around}}" if around else "")
        + (f" {each.mark:<{mark}}" if mark else "")
        for each in written
    ]


def _least(columns: Sequence[_Shown], name: int) -> list[_Shown]:
    """The same with titles that fold and names cut to so many columns."""
    return [replace(column, width=_least_width(column, name)) for column in columns]


def _least_width(column: _Shown, name: int = _LEAST_NAME) -> int:
    word = max(map(cell_len, column.title.split()), default=0)
    widest = max(map(cell_len, column.cells))
    if column.right:
        return max(word, widest)
    return min(widest, _LEAST_SENTENCE if widest > _SENTENCE and name > _TINY_NAME else name)


def _width(columns: Sequence[_Shown]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)


def _shorten(columns: Sequence[_Shown], width: int) -> list[_Shown]:
    """Fold titles over figures, then cut names, the widest first, until the table fits."""
    shown = list(columns)
    for name in (_LEAST_NAME, _TINY_NAME):
        while (over := _width(shown) - width) > 0:
            slack = [column.width - _least_width(column, name) for column in shown]
            loose = [place for place in range(len(shown)) if slack[place] > 0]
            if not loose:
                break
            chosen = max(loose, key=lambda place: (shown[place].right, shown[place].width))
            cut = min(over, slack[chosen]) if shown[chosen].right else 1
            shown[chosen] = replace(shown[chosen], width=shown[chosen].width - cut)
    return [
        replace(column, folds=not column.right and max(map(cell_len, column.cells)) > _SENTENCE)
        for column in shown
    ]


def _parts(columns: Sequence[_Shown], width: int) -> Iterator[list[_Shown]]:
    """Tables that fit; each repeats the first columns, which name the rows."""
    if _width(_least(columns, _FAIR_NAME)) <= width:
        yield list(columns)
        return
    names = list(takewhile(lambda column: not column.right, columns)) or list(columns[:1])
    part = list(names)
    for column in columns[len(names) :]:
        if len(part) > len(names) and _width(_least([*part, column], _FAIR_NAME)) > width:
            yield part
            part = list(names)
        part.append(column)
    yield part


def _print_columns(columns: Sequence[_Shown], best: Sequence[bool]) -> RichTable:
    table = make_table("", ())
    for column in columns:
        title = Text(column.title, overflow="ellipsis")
        table.add_column(title, width=column.width, header_style="dim",
                         justify="right" if column.right else "left")  # fmt: skip
    for row, is_best in enumerate(best):
        cells = [_print_cell(column, column.cells[row]) for column in columns]
        table.add_row(*cells, style="bold" if is_best else None)
    return table


def _print_cell(column: _Shown, text: str) -> Text:
    if column.folds:
        return cell(text)
    return Text(text if column.right else _ellipsis(text, column.width), no_wrap=True)


def _ellipsis(text: str, room: int) -> str:
    """Text cut to a number of columns; the mark of a best row stays."""
    if cell_len(text) <= room:
        return text
    end = f"…{text[-2:]}" if text.endswith(f" {_BEST}") else "…"
    return set_cell_size(text, room - len(end)).rstrip() + end
