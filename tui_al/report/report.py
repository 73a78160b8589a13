"""`tui-al report`: from a slice and a question to text, files and pictures."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from tui_al.analysis.slices import Results, Slice, load_results
from tui_al.errors import BadInput
from tui_al.paths import Cache, atomic_write
from tui_al.report.blocks import Section
from tui_al.report.narration import tell
from tui_al.report.overview import shorten
from tui_al.report.question import Question
from tui_al.report.rendering.arrange import (
    Filter,
    Order,
    arrange,
    columns_of,
    parse_filter,
    parse_order,
    require_columns,
)
from tui_al.report.rendering.drawing import Picture
from tui_al.report.rendering.render import render
from tui_al.report.results import open_results, resolve, tell_missing
from tui_al.report.sections import SECTIONS, build_sections, check_sections

_DATA = ("json", "csv")
_SHORT = ("table", "markdown", "latex")
_PLAIN_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Output:
    """What is shown and where it goes.

    Without `sections`, programs (JSON, CSV) get the settings, a page (HTML) everything, and
    all other formats an overview. `sort`, `filters` and `columns` act on tables.
    """

    form: str = "table"
    sections: tuple[str, ...] = ()
    out: Path | None = None
    figures: Path | None = None
    figure_formats: tuple[Picture, ...] = ("svg",)
    sort: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.form == "html" and self.out is None and sys.stdout.isatty():
            raise BadInput("a page is no reading for a terminal: add --out report.html")


def list_sections() -> None:
    """Print the names of the sections and what they show."""
    width = max(map(len, SECTIONS))
    for name, shows in SECTIONS.items():
        sys.stdout.write(f"{name:{width}}  {shows}\n")


def write_report(
    wanted: Slice, question: Question, output: Output, cache: Cache, data_dir: Path | None
) -> None:
    """Print what the stored results of a slice say, or write it to a file.

    Where nothing is stored, standard error says what is, and the command that would compute
    it. Raises `UnknownName` for names that neither the store nor any catalog knows.
    """
    filters, orders = map(parse_filter, output.filters), map(parse_order, output.sort)
    names = check_sections(output.sections)
    usual = ("settings",) if output.form in _DATA else tuple(SECTIONS)
    everything = load_results(open_results(cache))
    chosen = resolve(wanted, everything.runs, cache, data_dir)
    tell_missing(chosen, everything.runs)
    results = everything.of(chosen)
    _tell_left_out(results)
    sections = build_sections(names or usual, results, question)
    built = {section.name for section in sections}
    for name in names:
        if name not in built:
            tell(f"section {name}: nothing stored of this slice has something to show there")
    if not sections and output.form in _DATA:
        sections = [Section("", "", (), pl.DataFrame())]  # no rows are data too
    sections = _arrange(sections, tuple(filters), tuple(orders), output.columns)
    if output.figures is not None:
        _draw(sections, output.figures, output.figure_formats)
    if not names and output.form in _SHORT:
        command = shlex.join(["tui-al", "report", *_options(wanted)])
        sections = [shorten(section, command) for section in sections]
    width = None if output.out is None and sys.stdout.isatty() else _plain_width()
    if output.out is None:
        sys.stdout.write(render(sections, output.form, width=width))
        return
    text = render(sections, output.form, width=width, color=False)
    with atomic_write(output.out.absolute(), advice="choose another file with --out") as temporary:
        temporary.write_text(text, "utf-8")
    tell(f"the report is in {output.out}")


def _tell_left_out(results: Results) -> None:
    if n := results.earlier.height:
        runs = "1 run" if n == 1 else f"{n:,} runs"
        tell(f"left out {runs} of an earlier text, embedding or parameter: --evidence has all")


def _arrange(
    sections: Sequence[Section],
    filters: Sequence[Filter],
    orders: Sequence[Order],
    columns: Sequence[str],
) -> list[Section]:
    """Each section by those of the conditions that are about its columns."""
    named = (*(each.column for each in filters), *(each.column for each in orders), *columns)
    if not sections or not named:
        return list(sections)
    require_columns(named, sections)
    arranged = []
    for section in sections:
        known = columns_of([section])
        shown = [name for name in columns if name in known]
        if columns and not shown:
            continue
        arranged.append(
            arrange(
                section,
                filters=[each for each in filters if each.column in known],
                orders=[each for each in orders if each.column in known],
                columns=shown,
            )
        )
    return arranged


def _plain_width() -> int:
    """Of text for a pipe or a file: what COLUMNS says, else what every terminal has."""
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else _PLAIN_WIDTH


def _options(wanted: Slice) -> Iterator[str]:
    """The command line that means a slice."""
    for field in fields(wanted):
        for name in getattr(wanted, field.name):
            yield from (f"--{field.name}", name)


def _draw(sections: Sequence[Section], folder: Path, formats: Sequence[Picture]) -> None:
    from tui_al.report.rendering.figures import write_figures

    written = write_figures(sections, folder, formats)
    tell(f"{len(written)} {'picture' if len(written) == 1 else 'pictures'} in {folder}")
