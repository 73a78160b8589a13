"""Sections as GitHub's Markdown."""

import re
from collections.abc import Iterator, Sequence

from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.rendering.as_tables import as_table
from tui_al.report.rendering.values import (
    Written,
    best_rows,
    source_note,
    write_notes,
    write_rows,
)
from tui_al.textsafe import visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&!$])")
_ALIGNED = {True: "---:", False: ":---"}


def render_markdown(sections: Sequence[Section]) -> str:
    """Sections under headings; matrices, bars and ranks as tables, curves by name only."""
    return "\n".join("\n".join(_section(section)) for section in sections)


def _section(section: Section) -> Iterator[str]:
    yield f"## {_escape(section.title)}"
    yield ""
    if section.source:
        yield f"*{_escape(source_note(section))}*"
        yield ""
    for block in section.blocks:
        for line in _block(block):
            yield line
            yield ""


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Prose):
        yield from map(_escape, block.sentences)
        return
    table = as_table(block)
    if isinstance(table, str):
        yield f"*{_escape(table)}*"
        return
    if table.title:
        yield f"**{_escape(table.title)}**"
    yield "nothing to show" if table.frame.is_empty() else "\n".join(_rows(table))
    yield from map(_escape, write_notes(table))


def _rows(table: Table) -> Iterator[str]:
    yield _row(_escape(column.title) or " " for column in table.columns)
    yield _row(_ALIGNED[column.kind != "text"] for column in table.columns)
    for row, best in zip(write_rows(table), best_rows(table), strict=True):
        cells = (_cell(*pair) for pair in zip(row, table.columns, strict=True))
        yield _row(f"**{cell}**" if best and cell else cell for cell in cells)


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(written: Written, column: Column) -> str:
    return _escape(written.text) if column.kind == "text" else written.text


def _escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    escaped = _SPECIAL.sub(r"\\\1", visible(text, one_line=True))
    return re.sub(r"^(\d+)([.)])|^([-+=])", r"\1\\\2\3", escaped)
