"""Charts as tables, for formats that have no pictures."""

import polars as pl

from tui_al.report.blocks import Bars, Chart, Column, Lines, Matrix, RankLine, Table


def as_table(block: Table | Chart) -> Table | str:
    """The figures of a chart; for curves, which have too many, the line that stands for them."""
    match block:
        case Table():
            return block
        case Lines():
            return f"{block.title}: a chart, which --format html and --figures draw"
        case Matrix():
            digits = 2 if block.kind == "percent" else 3
            return _pivot(block.title, block.frame, (block.row, block.column, block.value),
                          Column("", "", block.kind, digits), "")  # fmt: skip
        case Bars():
            return _pivot(block.title, block.frame, (block.x, block.series, block.y),
                          Column("", "", "percent", 2), block.x_title)  # fmt: skip
        case RankLine():
            return _ranking(block)


def _pivot(
    title: str, frame: pl.DataFrame, names: tuple[str, str, str], like: Column, first: str
) -> Table:
    """A row a value of the first name, a column a value of the second."""
    row, column, _ = names
    rows = frame[row].unique(maintain_order=True)
    columns = list(frame[column].unique(maintain_order=True))
    if set(rows) == set(columns):
        columns = list(rows)
    values = {(of_row, of): value for of_row, of, value in frame.select(names).iter_rows()}
    cells = {f"c{place}": [values.get((name, of)) for name in rows]
             for place, of in enumerate(columns)}  # fmt: skip
    shown = [Column(f"c{place}", str(of), like.kind, like.digits)
             for place, of in enumerate(columns)]  # fmt: skip
    return Table(title, pl.DataFrame({"row": rows, **cells}), [Column("row", first), *shown])


def _ranking(line: RankLine) -> Table:
    """Names by rank, with the letters of the groups that each belongs to."""
    letters = dict.fromkeys(line.names, "")
    for place, group in enumerate(line.groups):
        for name in group:
            letters[name] += chr(ord("a") + place % 26)
    frame = pl.DataFrame(
        {"name": list(line.names), "rank": list(line.ranks), "group": list(letters.values())},
        schema={"name": pl.String, "rank": pl.Float64, "group": pl.String},
    ).sort("rank", maintain_order=True)
    columns = [Column("name", ""), Column("rank", "mean rank", "decimal", 2)]
    notes = []
    if line.groups:
        columns.append(Column("group", "group"))
        notes.append("names with a letter in common cannot be told apart")
    if line.distance is not None:
        notes.append(f"critical difference {line.distance:.2f}")
    return Table(line.title, frame, columns, note="; ".join([*notes, line.note]).strip("; "))
