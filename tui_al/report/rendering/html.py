"""Sections as one HTML file that needs nothing else: no network, no scripts.

Charts are SVG inside the page. Vega's own scripts would be 0.9 MB whatever is drawn and
would have to run in the reader's browser; a chart of eight curves is 40 kB and 50 ms here.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from tui_al.report.blocks import Block, Chart, Column, Prose, Section, Table
from tui_al.report.rendering.charts import chart_spec
from tui_al.report.rendering.drawing import draw, import_altair
from tui_al.report.rendering.looks import Looks, choose_looks
from tui_al.report.rendering.values import (
    Written,
    best_rows,
    source_note,
    write_notes,
    write_rows,
)
from tui_al.textsafe import visible

_TITLE = "Active learning: what the runs say"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SVG_HEAD = re.compile(r"<svg [^>]*?(width=\"[^\"]*\" height=\"[^\"]*\" viewBox=\"[^\"]*\")[^>]*>")


def render_html(sections: Sequence[Section]) -> str:
    """The page. Raises `BadInput` without the packages of the extra `export`."""
    import_altair()
    looks = choose_looks(sections)
    style = resources.files("tui_al.report.rendering").joinpath("page.css").read_text("utf-8")
    places = {section.name: f"s{place}" for place, section in enumerate(sections)}
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_TITLE}</title>\n<style>\n{style}</style>\n</head>\n<body>",
        f"<header><h1>{_TITLE}</h1></header>",
    ]
    if len(sections) > 1:
        lines += ['<nav aria-label="Contents">\n<ol>']
        lines += [
            f'<li><a href="#{places[section.name]}">{_text(section.title)}</a></li>'
            for section in sections
        ]
        lines.append("</ol>\n</nav>")
    lines.append("<main>")
    for section in sections:
        lines += _section(section, places[section.name], looks)
    lines.append("</main>\n</body>\n</html>\n")
    return "\n".join(lines)


def _section(section: Section, place: str, looks: Looks) -> Iterator[str]:
    yield f'<section id="{place}">'
    source = f" <small>{_text(source_note(section))}</small>" if section.source else ""
    yield f"<h2>{_text(section.title)}{source}</h2>"
    for block in section.blocks:
        yield from _block(block, looks)
    yield "</section>"


def _block(block: Block, looks: Looks) -> Iterator[str]:
    match block:
        case Prose():
            yield from (f"<p>{_text(sentence)}</p>" for sentence in block.sentences)
        case Table():
            yield from _table(block)
        case _:
            yield from _chart(block, looks)


def _table(table: Table) -> Iterator[str]:
    yield "<figure>"
    if table.title:
        yield f"<figcaption>{_text(table.title)}</figcaption>"
    if table.frame.is_empty():
        yield '<p class="note">nothing to show</p>'
    else:
        yield '<div class="scroll" tabindex="0"><table>\n<thead><tr>'
        for column in table.columns:
            yield f"<th{_side(column)}>{_text(column.title)}</th>"
        yield "</tr></thead>\n<tbody>"
        for row, best in zip(write_rows(table), best_rows(table), strict=True):
            cells = (f"<td{_side(column)}>{_cell(written)}</td>"
                     for written, column in zip(row, table.columns, strict=True))  # fmt: skip
            row_tag = '<tr class="best">' if best else "<tr>"
            yield f"{row_tag}{''.join(cells)}</tr>"
        yield "</tbody></table></div>"
    yield from (f'<p class="note">{_text(note)}</p>' for note in write_notes(table))
    yield "</figure>"


def _chart(chart: Chart, looks: Looks) -> Iterator[str]:
    spec = chart_spec(chart, looks, ink="currentColor", background="transparent", titled=False)
    yield f"<figure><figcaption>{_text(chart.title)}</figcaption>"
    if spec is None:
        yield '<p class="note">nothing to draw</p>'
    else:
        label = _text(chart.title)
        drawn = _SVG_HEAD.sub(
            lambda head: f'<svg role="img" aria-label="{label}" {head[1]}>',
            draw(spec, "svg").decode(),
            count=1,
        )
        yield f'<div class="scroll" tabindex="0">{drawn}</div>'
    note = getattr(chart, "note", "")
    if note:
        yield f'<p class="note">{_text(note)}</p>'
    yield "</figure>"


def _cell(written: Written) -> str:
    around = f" <small>{_text(written.around)}</small>" if written.around else ""
    mark = f" {_text(written.mark)}" if written.mark else ""
    return f"{_text(written.main)}{around}{mark}"


def _side(column: Column) -> str:
    return "" if column.kind == "text" else ' class="n"'


def _text(text: str) -> str:
    return escape(visible(text, one_line=True))
