"""A critical-difference picture in characters."""

from rich.cells import cell_len, set_cell_size

from tui_al.report.blocks import RankLine
from tui_al.report.rendering.ranks import RankedName, RankPicture, lay_out
from tui_al.textsafe import visible

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_BOXES = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"  # by the sum of the sides that are joined
_LONGEST_NAME = 24
_LEAST_AXIS = 24
_WIDEST_AXIS = 64


def draw_ranks(line: RankLine, width: int) -> str:
    """The picture, at most `width` columns wide.

    The axis, below it a bar over each group of names that cannot be told apart, and the names
    with their ranks, joined to the axis by lines.
    """
    if not line.names:
        return "nothing to rank"
    picture = lay_out(line)
    room = max(4, min(_LONGEST_NAME, (width - _LEAST_AXIS) // 2 - 6))
    labels = {placed: _label(placed, room) for placed in picture.names}
    left = max(cell_len(labels[placed]) for placed in picture.names if not placed.right) + 1
    right = max((cell_len(labels[p]) for p in picture.names if p.right), default=0) + 1
    canvas = _Canvas(picture, left + 2, min(_WIDEST_AXIS, width - left - right - 4), width)
    rows = canvas.ruler(line.distance) if line.distance is not None else []
    rows += [canvas.numbers(), *canvas.lines()]
    first_name = len(rows) - canvas.name_rows
    for row in range(canvas.name_rows):
        drawn = rows[first_name + row]
        for placed in picture.names:
            if placed.row != row:
                continue
            if placed.right:
                drawn = f"{drawn.rstrip()} {labels[placed]}"
            else:
                label = f"{labels[placed]} "
                drawn = label + drawn[cell_len(label) :]
        rows[first_name + row] = drawn
    return "\n".join(row.rstrip() for row in rows)


def _label(placed: RankedName, room: int) -> str:
    name = visible(placed.name, one_line=True)
    if cell_len(name) > room:
        name = set_cell_size(name, room - 1) + "…"
    return f"{placed.rank:.2f} {name}" if placed.right else f"{name} {placed.rank:.2f}"


class _Canvas:
    """Characters below and on an axis that begins in column `start`, `length` columns long."""

    def __init__(self, picture: RankPicture, start: int, length: int, width: int) -> None:
        self._picture = picture
        self._start, self._length, self._width = start, length, width
        self._bar_rows = max((bar.level + 1 for bar in picture.bars), default=0)
        self.name_rows = max(placed.row for placed in picture.names) + 1

    def column(self, rank: float) -> int:
        share = (rank - 1) / (self._picture.last - 1)
        return self._start + round(share * (self._length - 1))

    def ruler(self, distance: float) -> list[str]:
        """The critical difference, to the scale of the axis, with its value where there is room."""
        end = min(self.column(1 + distance), self._start + self._length - 1)
        inner = "─" * (end - self._start - 1)
        ruler = f"{' ' * self._start}├{inner}┤"
        said = f"critical difference {distance:.2f}"
        if len(ruler) + 1 + len(said) <= self._width:
            return [f"{ruler} {said}"]
        return [said.rjust(min(len(ruler), self._width)), ruler]

    def numbers(self) -> str:
        row = " " * (self._start + self._length + 2)
        step = next(step for step in (1, 2, 5, 10, 20, 50)
                    if step * (self._length - 1) >= 4 * (self._picture.last - 1))  # fmt: skip
        for rank in range(1, self._picture.last + 1, step):
            label = str(rank)
            begin = self.column(rank) - (len(label) - 1) // 2
            row = row[:begin] + label + row[begin + len(label) :]
        return row

    def lines(self) -> list[str]:
        """The axis, a row for each level of bars, then the rows of names."""
        head = 1 + self._bar_rows
        sides = [[0] * (self._start + self._length + 2) for _ in range(head + self.name_rows)]
        for column in range(self._start, self._start + self._length):
            sides[0][column] |= (column > self._start) * _LEFT
            sides[0][column] |= (column < self._start + self._length - 1) * _RIGHT
        for rank in range(1, self._picture.last + 1):
            sides[0][self.column(rank)] |= _UP
        for placed in self._picture.names:
            self._join(sides, placed, head + placed.row)
        rows = [[_BOXES[side] for side in row] for row in sides]
        for bar in self._picture.bars:
            row = rows[1 + bar.level]
            for column in range(self.column(bar.first), self.column(bar.last) + 1):
                row[column] = "━" if row[column] == " " else "┿"
        return ["".join(row) for row in rows]

    def _join(self, sides: list[list[int]], placed: RankedName, row: int) -> None:
        column = self.column(placed.rank)
        sides[0][column] |= _DOWN
        for above in range(1, row):
            sides[above][column] |= _UP | _DOWN
        sides[row][column] |= _UP | (_RIGHT if placed.right else _LEFT)
        outside = range(column + 1, len(sides[row])) if placed.right else range(column)
        for beyond in outside:
            sides[row][beyond] |= _LEFT | _RIGHT
