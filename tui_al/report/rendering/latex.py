"""Sections as LaTeX: tables with booktabs, to be pasted into a paper."""

import math
from collections.abc import Iterator, Sequence

from tui_al.report.blocks import Block, Prose, Section, Table
from tui_al.report.rendering.as_tables import as_table
from tui_al.report.rendering.values import best_rows, source_note, write_notes, write_rows
from tui_al.textsafe import visible

_PREAMBLE = (
    "% In the preamble: \\usepackage[T1]{fontenc} \\usepackage{booktabs}",
    "% Names in other scripts than Latin need LuaLaTeX or XeLaTeX and a font that has them.",
)
_LINE = 64  # characters of the text's size on a line of an article
_SIZES = (  # for more: so many characters, columns included that are closer to each other
    (80, r"\footnotesize\setlength{\tabcolsep}{3pt}"),
    (math.inf, r"\scriptsize\setlength{\tabcolsep}{2pt}"),
)
_GAP = 2  # the space between two columns, in characters
_LEAST = 10  # characters of a title that stay on a line
_LONG = 26  # characters of a cell; one of more is broken in two lines
_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
        "_": r"\_", "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
        "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
        "`": r"\textasciigrave{}", "–": r"\textendash{}", "—": r"\textemdash{}", "…": r"\ldots{}",
        "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "∞": r"$\infty$", "−": "$-$",
        "≤": r"$\leq$", "≥": r"$\geq$", "→": r"$\rightarrow$", "†": r"$\dagger$",
        "[": "{[}", "]": "{]}", "*": "{*}",
    }
)  # fmt: skip


def render_latex(sections: Sequence[Section]) -> str:
    """Sections under headings; matrices, bars and ranks as tables, curves as comments."""
    lines = list(_PREAMBLE)
    for section in sections:
        lines += ["", rf"\subsection*{{{_escape(section.title)}}}"]
        if section.source:
            lines.append(rf"\emph{{{_escape(source_note(section))}}}")
        for block in section.blocks:
            lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Prose):
        yield "\n\n".join(map(_escape, block.sentences))
        return
    table = as_table(block)
    if isinstance(table, str):
        yield f"% {visible(table, one_line=True)}"
    elif table.frame.is_empty():
        yield f"% {visible(table.title, one_line=True)}: nothing to show"
    else:
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    rows, titles = write_rows(table), [column.title for column in table.columns]
    sides = ["l" if column.kind == "text" else "r" for column in table.columns]
    widths = [max(len(row[place].text) for row in rows) for place in range(len(titles))]
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    if (width := _width(titles, sides, widths)) > _LINE:
        yield next(size for most, size in _SIZES if width <= most)
    yield rf"\caption{{{_escape(table.title)}}}"
    yield rf"\begin{{tabular}}{{@{{}}{''.join(sides)}@{{}}}}"
    yield r"\toprule"
    yield _row(_lines(*each) for each in zip(titles, sides, widths, strict=True))
    yield r"\midrule"
    for row, best in zip(rows, best_rows(table), strict=True):
        cells = (_figure(written.text) if side == "r" else _lines(written.text, side)
                 for written, side in zip(row, sides, strict=True))  # fmt: skip
        yield _row(rf"\textbf{{{cell}}}" if best else cell for cell in cells)
    yield r"\bottomrule"
    yield r"\end{tabular}"
    for note in write_notes(table):
        yield rf"\par\smallskip{{\footnotesize {_escape(note)}\par}}"
    yield r"\end{table}"


def _width(titles: Sequence[str], sides: Sequence[str], widths: Sequence[int]) -> float:
    """Characters of a line that a table takes."""
    columns = (max(width if side == "r" else min(width, _LONG), *map(len, _halve(title, width)))
               for title, side, width in zip(titles, sides, widths, strict=True))  # fmt: skip
    return sum(columns) + _GAP * (len(titles) - 1)


def _halve(text: str, width: int) -> list[str]:
    """A text of one line; where it is longer than `width`, of two about equally long ones."""
    text = visible(text, one_line=True)
    spaces = [place for place, sign in enumerate(text) if sign == " "]
    if len(text) <= max(width, _LEAST) or not spaces:
        return [text]
    middle = min(spaces, key=lambda place: abs(2 * place - len(text)))
    return [text[:middle], text[middle + 1 :]]


def _lines(text: str, side: str, width: int = _LONG) -> str:
    first, *second = map(_escape, _halve(text, width))
    return rf"\shortstack[{side}]{{{first}\\{second[0]}}}" if second else first


def _row(cells: Iterator[str]) -> str:
    return " & ".join(cells) + r" \\"


def _figure(text: str) -> str:
    """A figure, with a minus sign where a hyphen stands for one, and brackets as they are."""
    return _escape(text.replace("-", "−")).replace("{[}", "[").replace("{]}", "]")


def _escape(text: str) -> str:
    return visible(text, one_line=True).translate(_ESCAPED).replace("--", "-{}-")
