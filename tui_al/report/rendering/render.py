"""Sections as text in the format that was asked for."""

from collections.abc import Sequence
from typing import Literal, get_args

from tui_al.errors import BadInput
from tui_al.report.blocks import Section

Format = Literal["table", "json", "csv", "markdown", "latex", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)


def render(
    sections: Sequence[Section],
    form: str,
    *,
    width: int | None = None,
    color: bool | None = None,
) -> str:
    """The whole output, with a line break at its end.

    `width` and `color` are of the format "table" alone; by default they are standard output's,
    at most 100 columns; text for a file wants `color=False`. Raises `BadInput` for unknown
    formats, for CSV of several sections, and for HTML without the extra `export`.
    """
    match form:
        case "table":
            from tui_al.report.rendering.terminal import render_terminal

            return render_terminal(sections, width=width, color=color)
        case "json":
            from tui_al.report.rendering.data import render_json

            return render_json(sections)
        case "csv":
            from tui_al.report.rendering.data import render_csv

            return render_csv(sections)
        case "markdown":
            from tui_al.report.rendering.markdown import render_markdown

            return render_markdown(sections)
        case "latex":
            from tui_al.report.rendering.latex import render_latex

            return render_latex(sections)
        case "html":
            from tui_al.report.rendering.html import render_html

            return render_html(sections)
    raise BadInput(f"unknown format '{form}': choose among {', '.join(FORMATS)}")
