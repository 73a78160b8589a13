"""Pairs of strategies, paired by seed: how far one is ahead of the other, and who leads where."""

import polars as pl

from tui_al.analysis.comparisons import Comparison, compare
from tui_al.analysis.slices import CELL, Results, score_runs
from tui_al.analysis.targets import BASELINE
from tui_al.report.blocks import Block, Column, Section, Table
from tui_al.report.phrases import count, differences_from, join_names, name_score
from tui_al.report.question import Question
from tui_al.textsafe import visible

_PAIR_COLUMNS = (
    Column("first", "strategy"),
    Column("second", "and"),
    Column("seeds", "seeds", "count"),
    Column("difference", "difference", "signed", digits=4, low="low", high="high"),
    Column("p_holm", "p (Holm)", "p"),
    Column("verdict", "verdict"),
)
_PLACES = ("dataset", "model")
_PLACE_SCHEMA = {
    "dataset": pl.String, "model": pl.String, "leader": pl.String, "score": pl.Float64,
    "equals": pl.String, "best": pl.Boolean, "difference": pl.Float64, "low": pl.Float64,
    "high": pl.Float64,
}  # fmt: skip


def build(results: Results, question: Question) -> Section | None:
    """All pairs over the whole slice, those of the leader first, and the leaders by dataset and
    model; None where no two strategies can be compared.

    `rows` has the pairs over everything, in each dataset with each model, and in each setting;
    the columns of a place are null where pairs are over several of them.
    """
    scores = score_runs(results.curves, question.metric)
    overall = compare(scores, confidence=question.confidence)
    by_place = compare(scores, by=_PLACES, confidence=question.confidence)
    by_cell = compare(scores, by=CELL, confidence=question.confidence)
    rows = pl.concat([each.pairs for each in (overall, by_place, by_cell)], how="diagonal")
    if rows.is_empty():
        return None
    title = name_score(question.metric)
    blocks: list[Block] = []
    if not overall.pairs.is_empty():
        blocks.append(_tabulate_pairs(overall, title, question.confidence))
    if by_place.means.select(_PLACES).n_unique() > 1:
        blocks.append(_tabulate_places(by_place, title))
    return Section(
        name="comparisons",
        title="Strategies compared pair by pair",
        blocks=blocks,
        rows=rows.select(*CELL, *overall.pairs.columns),
    )


def _tabulate_pairs(overall: Comparison, title: str, confidence: float) -> Table:
    of_leader = pl.col("first") == overall.leader
    verdict = (
        pl.when(pl.col("p").is_null())
        .then(
            pl.when(pl.col("seeds") < 2)
            .then(pl.lit("too few seeds"))
            .otherwise(pl.lit("same in every seed"))
        )
        .when(pl.col("low") > 0)
        .then(pl.lit("ahead"))
        .when(pl.col("high") < 0)
        .then(pl.lit("behind"))
        .otherwise(pl.lit("not told apart"))
    )
    return Table(
        title=f"Differences in mean {title}",
        frame=overall.pairs.with_columns(verdict.alias("verdict")).sort(
            ~of_leader, maintain_order=True
        ),
        columns=_PAIR_COLUMNS,
        note=_explain(overall, confidence),
    )


def _explain(overall: Comparison, confidence: float) -> str:
    cells, found = overall.means.select("cells", "found").row(0)
    means = f"Means over {count(cells, 'setting')}"
    if cells < found:
        means = f"Means over the {cells:,} of {found:,} settings that all strategies have"
    parts = [means]
    if number := overall.pairs["p"].count():
        parts.append(
            f"Differences are paired by seed, intervals and p corrected for "
            f"{count(number, 'pair')} (Holm): an interval excludes zero exactly where p is at most "
            f"{1 - confidence:.3g}"
        )
    if not overall.left_out.is_empty():
        names = join_names(overall.left_out["name"].unique(maintain_order=True).to_list())
        parts.append(f"Left out, in too few settings of the others: {names}")
    return visible(". ".join(parts), one_line=True) + "."


def _tabulate_places(by_place: Comparison, title: str) -> Table:
    """Which strategy has the best mean where, its equals, and how far it is above random."""
    rows = []
    for place, group in by_place.groups(_PLACES):
        means, leader = group.means, group.leader
        equals = means.filter("leader", pl.col("name") != leader)["name"].to_list()
        known = differences_from(group.pairs, leader)
        gain = next((each for each in known if each.other == BASELINE), None)
        rows.append(
            {
                "dataset": place[0],
                "model": place[1],
                "leader": leader,
                "score": means.filter(name=leader)["score"][0],
                "equals": join_names(equals) if equals else None,
                "best": means.filter(name=leader)["best"][0],
                "difference": gain and gain.difference,
                "low": gain and gain.low,
                "high": gain and gain.high,
            }
        )
    return Table(
        title="The highest mean by dataset and model",
        frame=pl.DataFrame(rows, schema=_PLACE_SCHEMA),
        columns=(
            Column("dataset", "dataset"),
            Column("model", "model"),
            Column("leader", "strategy"),
            Column("score", title, "decimal"),
            Column("equals", "not told apart from it"),
            Column("difference", f"above {BASELINE}", "signed", digits=4, low="low", high="high"),
        ),
        best="best",
        note="Each row is judged by itself: its intervals are corrected for its own pairs.",
    )
