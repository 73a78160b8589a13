"""A section cut down to what an overview has room for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tui_al.report.blocks import Block, Prose, Section, Table

_CHARTS = _TABLES = 3
_MOST_ROWS, _KEPT_ROWS = 12, 8


def shorten(section: Section, command: str) -> Section:
    """The first charts and tables with their first rows; a line says how to see the rest.

    Sections have what matters most first. `command` is what printed the overview.
    """
    kept = list(_keep(section.blocks))
    whole = len(kept) == len(section.blocks) and all(
        block is shown for block, shown in zip(section.blocks, kept, strict=True)
    )
    if not whole:
        kept.append(Prose([f"All of it: {command} --section {section.name}"]))
    return replace(section, blocks=kept)


def _keep(blocks: Sequence[Block]) -> Iterator[Block]:
    left = {"charts": _CHARTS, "tables": _TABLES}
    for block in blocks:
        if isinstance(block, Prose):
            yield block
            continue
        kind = "tables" if isinstance(block, Table) else "charts"
        left[kind] -= 1
        if left[kind] >= 0:
            yield _cut(block) if isinstance(block, Table) else block


def _cut(table: Table) -> Table:
    if table.frame.height <= _MOST_ROWS:
        return table
    note = f"{table.frame.height - _KEPT_ROWS} more rows. {table.note}".rstrip()
    return replace(table, frame=table.frame.head(_KEPT_ROWS), note=note)
