"""Sections for a terminal: tables and charts as wide as the console, at most 100 columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from rich.console import Console, RenderableType
from rich.text import Text

from tui_al.report.blocks import Bars, Block, Lines, Matrix, Prose, RankLine, Section, Table
from tui_al.report.output import PIPE_WIDTH, make_console
from tui_al.report.rendering.looks import Looks, choose_looks
from tui_al.report.rendering.terminal_charts import bars_renderables, lines_renderables
from tui_al.report.rendering.terminal_ranks import draw_ranks
from tui_al.report.rendering.terminal_tables import matrix_renderables, table_renderables
from tui_al.report.rendering.values import source_note
from tui_al.textsafe import visible

_LEAST_WIDTH = 40
_COLOR_SYSTEMS: Mapping[str, Literal["standard", "256", "truecolor", "windows"]] = {
    "standard": "standard", "256": "256", "truecolor": "truecolor", "windows": "windows",
}  # fmt: skip


def render_terminal(
    sections: Sequence[Section], *, width: int | None = None, color: bool | None = None
) -> str:
    """Sections as text; without `color` there is no escape code of any kind.

    By default both are as standard output has them: no colour in a pipe, in a dumb
    terminal, or with NO_COLOR.
    """
    console = _console(width, color)
    looks = choose_looks(sections)
    with console.capture() as capture:
        for place, section in enumerate(sections):
            if place:
                console.print()
            for renderable in section_renderables(section, looks, console.width):
                console.print(renderable)
    lines = capture.get().split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _console(width: int | None, color: bool | None) -> Console:
    found = make_console()
    if color is None:
        color = found.color_system is not None and not found.no_color
    return Console(
        width=max(_LEAST_WIDTH, min(width or found.width, PIPE_WIDTH)),
        force_terminal=color,
        color_system=_COLOR_SYSTEMS.get(str(found.color_system), "truecolor") if color else None,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
    )


def section_renderables(section: Section, looks: Looks, width: int) -> Iterator[RenderableType]:
    """A section's heading and blocks, an empty line before each block."""
    heading = Text(visible(section.title, one_line=True), "bold underline")
    if section.source:
        heading.append(Text(f"  {source_note(section)}", "not bold not underline dim"))
    yield heading
    for block in section.blocks:
        yield Text()
        yield from block_renderables(block, looks, width)


def block_renderables(
    block: Block, looks: Looks, width: int, *, dark: bool = False
) -> Iterator[RenderableType]:
    """What a block looks like in so many columns; with `dark`, on ground known to be dark."""
    match block:
        case Table():
            yield from table_renderables(block, width)
        case Lines():
            yield from lines_renderables(block, looks, width)
        case Bars():
            yield from bars_renderables(block, looks, width)
        case Matrix():
            yield from matrix_renderables(block, width, dark=dark)
        case RankLine():
            yield Text(visible(block.title, one_line=True), "bold")
            yield Text(draw_ranks(block, width), no_wrap=True)
            if block.note:
                yield Text(visible(block.note), "dim")
        case Prose():
            yield from (Text(visible(sentence)) for sentence in block.sentences)
