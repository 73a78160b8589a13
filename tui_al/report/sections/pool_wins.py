"""Which initial pool selection wins, by the size of the pool."""

import polars as pl

from tui_al.analysis.pools import pool_winners
from tui_al.analysis.slices import Results
from tui_al.report.blocks import Bars, Block, Column, Prose, Section, Table
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, describe_compared, with_metric
from tui_al.textsafe import visible


def build(results: Results, question: Question) -> Section | None:
    """Of datasets x models x seeds trained on an initial pool alone, the share that each IPS
    wins, ties excluded. None with fewer than two IPS."""
    pools = results.pools
    n_ips = pools["ips"].n_unique()
    if n_ips < 2:
        return None
    winners, compared, left_out = pool_winners(pools, question.metric)
    notes = describe_compared(compared, left_out, n_ips, "initial pool selections")
    blocks: list[Block] = []
    if compared:
        notes.insert(0, "A comparison is of the same dataset, model, size and seed. It is won by "
                     f"the strictly highest {METRIC_NAMES[question.metric]}; shares are of those "
                     "that anyone won.")  # fmt: skip
        order = winners.group_by("ips").agg(pl.col("wins").sum())
        names = order.sort("wins", "ips", descending=[True, False])["ips"].to_list()
        blocks = [*_draw(winners, names), _tabulate(winners, names)]
    title = "The winning initial pool, by its size"
    rows = with_metric(winners, question.metric)
    return Section("pool-wins", title, [*blocks, Prose(notes)], rows, "Fig. 1")


def _draw(winners: pl.DataFrame, names: list[str]) -> list[Bars]:
    """The bars of the sizes at which anyone won, if there are any."""
    frame = winners.filter(pl.col("share").is_not_null()).sort(
        "k0", pl.col("ips").cast(pl.Enum(names))
    )
    bars = Bars(
        "Share of wins, ties excluded",
        frame.select("k0", "ips", "share"),
        x="k0",
        y="share",
        series="ips",
        x_title="labels in the initial pool",
        y_title="share of wins",
    )
    return [] if frame.is_empty() else [bars]


def _tabulate(winners: pl.DataFrame, names: list[str]) -> Table:
    wins = [
        pl.col("wins").filter(pl.col("ips") == name).sum().alias(f"wins_{number}")
        for number, name in enumerate(names)
    ]
    frame = winners.group_by("k0").agg(*wins, pl.col("ties", "compared").first()).sort("k0")
    columns = [
        Column("k0", "labels", "count"),
        *(
            Column(f"wins_{number}", visible(name, one_line=True), "count")
            for number, name in enumerate(names)
        ),
        Column("ties", "ties", "count"),
        Column("compared", "compared", "count"),
    ]
    return Table("Wins, by labels in the initial pool", frame, columns)
