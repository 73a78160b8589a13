"""How often each strategy beats each other one."""

import polars as pl

from tui_al.analysis.pools import BASELINE
from tui_al.analysis.slices import Results
from tui_al.analysis.wins import win_rates
from tui_al.report.blocks import Matrix, Prose, Section
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, with_metric
from tui_al.textsafe import visible


def build(results: Results, question: Question) -> Section | None:
    """A matrix for each IPS, the strategy with the highest mean win rate first.

    Fields on the diagonal, and those of strategies that were never compared, are null. None
    where no two strategies were.
    """
    rates = win_rates(results.curves, question.metric)
    if rates.is_empty():
        return None
    parts = rates.partition_by("ips", as_dict=True)
    order = sorted(parts, key=lambda key: (key[0] != BASELINE, key[0]))
    matrices = [_draw(parts[key], str(key[0])) for key in order]
    ties = rates.select(pl.col("ties").sum() / pl.col("compared").sum()).item()
    note = (
        "A row's share of comparisons in which it has the higher "
        f"{METRIC_NAMES[question.metric]} than the column: everything else equal, at every cycle "
        f"after the initial pool. The rest is the column's, or ties ({ties:.1%} over all)."
    )
    rows = with_metric(rates, question.metric)
    title = "Which strategy beats which"
    return Section("win-rates", title, [*matrices, Prose([note])], rows, "Fig. 4")


def _draw(rates: pl.DataFrame, ips: str) -> Matrix:
    names = rates.select(pl.col("strategy").unique(maintain_order=True))
    fields = names.join(
        names.rename({"strategy": "rival"}), how="cross", maintain_order="left_right"
    )
    values = rates.select("strategy", "rival", "win_rate")
    frame = fields.join(values, on=["strategy", "rival"], how="left", maintain_order="left")
    title = visible(f"Win rates, {ips} initial pool", one_line=True)
    return Matrix(title, frame, row="strategy", column="rival", value="win_rate")
