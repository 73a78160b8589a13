"""One section as files: its figures, its text, or pictures of its charts."""

from pathlib import Path
from typing import Literal, get_args

from tui_al.errors import BadInput
from tui_al.paths import atomic_write
from tui_al.report.blocks import Section
from tui_al.report.rendering.render import render

SectionFormat = Literal["csv", "json", "markdown", "svg"]
SECTION_FORMATS: tuple[SectionFormat, ...] = get_args(SectionFormat)
_ADVICE = "choose another file"


def write_section(section: Section, form: SectionFormat, path: Path) -> list[Path]:
    """Write a section to a file; as "svg", its charts into the folder `path`.

    Returns the files. Raises `BadInput` where a file cannot be written, for SVG of a section
    without charts or without the extra `export`, and for CSV of lists in lists.
    """
    if form == "svg":
        from tui_al.report.rendering.figures import write_figures

        written = write_figures([section], path)
        if not written:
            raise BadInput("this section has no charts: choose another format")
        return written
    if path.is_dir():
        raise BadInput(f"{path} is a folder: {_ADVICE}")
    text = render([section], form)
    with atomic_write(path, advice=_ADVICE) as temporary:
        temporary.write_text(text, "utf-8")
    return [path]
