"""Parts of a line that stay whole where the line must be broken."""

from collections.abc import Sequence

from rich.text import Text

_GAP = 3  # columns between two parts


def flow(parts: Sequence[Text], width: int) -> list[Text]:
    """Parts on lines of a width, never broken."""
    lines = [Text(no_wrap=True, overflow="ellipsis")]
    for part in parts:
        if lines[-1] and lines[-1].cell_len + _GAP + part.cell_len > width:
            lines.append(Text(no_wrap=True, overflow="ellipsis"))
        if lines[-1]:
            lines[-1].append(" " * _GAP)
        lines[-1].append_text(part)
    return lines


def count_lines(parts: Sequence[Text], width: int) -> int:
    """How many lines `flow` makes of them, without making them."""
    lines, used = 1, 0
    for part in parts:
        length = part.cell_len
        if used and used + _GAP + length > width:
            lines, used = lines + 1, 0
        used += length + (_GAP if used else 0)
    return lines
