"""A report's section as lines of a screen.

Not light: import it in the thread that draws.
"""

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import zip_longest

from rich.console import Console, RenderableType
from rich.segment import Segment
from textual.strip import Strip

from tui_al.report.blocks import Block, Lines, Prose, Section
from tui_al.report.rendering.looks import choose_looks
from tui_al.report.rendering.terminal import block_renderables

_READABLE = 96  # columns of a sentence
_CHART = 72  # columns of a chart that has another one beside it
_GAP = 3


def draw(section: Section, width: int, *, dark: bool, color: bool) -> Iterator[list[Strip]]:
    """The lines of a section, in parts from top to bottom: blocks, an empty line between them.

    Where there is room for two charts, two stand beside each other.
    """
    pen = _Pen(width, color=color)
    looks = choose_looks([section], dark=dark)
    for place, row in enumerate(_rows(section.blocks, width)):
        columns = width if len(row) == 1 else (width - _GAP) // 2
        drawn = []
        for block in row:
            prose = isinstance(block, Prose)
            room = min(columns, _READABLE) if prose else columns
            renderables = block_renderables(block, looks, room, dark=dark)
            drawn.append(pen.draw(renderables, room, paragraphs=prose))
        lines = _side_by_side(drawn[0], drawn[1], columns + _GAP) if len(drawn) > 1 else drawn[0]
        yield [Strip([]), *lines] if place else lines


class _Pen:
    """Draws what rich can draw."""

    def __init__(self, width: int, *, color: bool) -> None:
        self._console = Console(
            file=StringIO(), width=width, force_terminal=True, color_system="truecolor",
            markup=False, highlight=False, emoji=False, legacy_windows=False,
        )  # fmt: skip
        self._color = color

    def draw(
        self, renderables: Iterator[RenderableType], width: int, *, paragraphs: bool
    ) -> list[Strip]:
        """Lines at most `width` columns long; those of `paragraphs` that do not fit on one line
        each have an empty line between them."""
        options = self._console.options.update_width(width)
        parts = [self._console.render_lines(each, options, pad=False) for each in renderables]
        apart = paragraphs and any(len(part) > 1 for part in parts)
        lines: list[Strip] = []
        for part in parts:
            if apart and lines:
                lines.append(Strip([]))
            lines += map(self._strip, part)
        return lines

    def _strip(self, segments: list[Segment]) -> Strip:
        return Strip(segments if self._color else Segment.remove_color(segments)).simplify()


def _rows(blocks: Sequence[Block], width: int) -> Iterator[tuple[Block, ...]]:
    """Blocks as they stand beside each other."""
    roomy = width >= 2 * _CHART + _GAP
    waiting: Lines | None = None
    for block in blocks:
        if waiting is not None and isinstance(block, Lines):
            yield waiting, block
            waiting = None
        elif roomy and isinstance(block, Lines):
            waiting = block
        else:
            if waiting is not None:
                yield (waiting,)
                waiting = None
            yield (block,)
    if waiting is not None:
        yield (waiting,)


def _side_by_side(left: list[Strip], right: list[Strip], start: int) -> list[Strip]:
    """The lines of two blocks, the second from column `start` on."""
    empty = Strip([])
    return [
        Strip.join([one.extend_cell_length(start), other]) if other else one
        for one, other in zip_longest(left, right, fillvalue=empty)
    ]
