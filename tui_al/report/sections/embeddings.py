"""What another embedding model changes: the order of strategies, who is ahead when, and labels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from tui_al.analysis.embedding_effect import (
    GROUP,
    compare_pairs,
    correlate_models,
    find_flips,
    rank_strategies,
)
from tui_al.analysis.embedding_worth import BASES, value_models
from tui_al.analysis.leaders import find_leaders
from tui_al.analysis.slices import CELL, Results, score_runs
from tui_al.analysis.targets import BASELINE
from tui_al.catalog import models
from tui_al.report.blocks import Block, Column, Prose, Section, Table
from tui_al.report.cells import split_cells
from tui_al.report.question import Question
from tui_al.report.sections.targets import METRICS, seeds_there
from tui_al.textsafe import visible

_DATASET = tuple(name for name in GROUP if name != "ips")
_MANY = 12
_READING = (
    "Ranks are of the mean AULC (1 is best), averaged over initial pools. Kendall's tau is 1 for "
    "the same order of strategies with both models, -1 for the reverse, and averaged likewise."
)
_UNEVEN = "The models did not run the same strategies: ranks are among those that each has."
_AHEAD = (
    "The strategy that lasts longest without being behind the best beyond the noise (paired t, "
    "Bonferroni over strategies). Level: not behind in all that time either, but lower on average."
)
_WORTH = (
    "Labels with which the best model gets where the weaker one ends, seed by seed: the first "
    "crossing, no mean unless every seed gets there. At once: the initial pool is enough. Best: "
    "each model with its strategy of the best mean AULC."
)

_NAMES = ("dataset", "model", "other", "strategy", "rival")

Frames = Mapping[str, pl.DataFrame]


def build(results: Results, question: Question) -> Section | None:
    """Tables for each dataset; with one model, only who is ahead at how many labels."""
    if results.curves.is_empty():
        return None
    frames = _analyse(results.curves, question)
    if frames["agreement"].is_empty() and frames["leader"].is_empty():
        return None
    blocks: list[Block] = []
    if not frames["agreement"].is_empty():
        sentences = [_READING, *_tell_flips(frames["flip"], question)]
        blocks += [Prose(sentences), _show_models(frames["rank"], question)]
    groups = frames["rank"].select(_DATASET).unique(maintain_order=True)
    for title, group in split_cells(groups, _DATASET):
        of_group = {
            about: frame.join(group, on=_DATASET, how="semi", maintain_order="left")
            for about, frame in frames.items()
        }
        blocks += _show_dataset(title, of_group)
    rows = pl.concat(
        [frame.select(pl.lit(about).alias("about"), pl.all()) for about, frame in frames.items()],
        how="diagonal_relaxed",
    )
    title = "What the embedding model changes, and who is ahead at how many labels"
    return Section("embeddings", title, blocks, rows)


def _analyse(curves: pl.DataFrame, question: Question) -> Frames:
    """What is told, by what it is about: the rows of the section."""
    metric, confidence = question.metric, question.confidence
    scores = score_runs(curves, metric)
    final = pl.col("final").fill_nan(None).mean()
    finals = scores.group_by(*GROUP, "model", "strategy", maintain_order=True).agg(final)
    ranked = rank_strategies(scores)
    keys = [*GROUP, "model", "strategy"]
    worth = [
        value_models(curves, scores, basis, metric, confidence).with_columns(basis=pl.lit(basis))
        for basis in BASES
    ]
    return {
        "rank": ranked.join(finals, on=keys, maintain_order="left"),
        "agreement": correlate_models(ranked),
        "flip": find_flips(compare_pairs(scores), 1 - confidence),
        "leader": find_leaders(curves, metric, confidence),
        "worth": pl.concat(worth),
    }


def _tell_flips(flips: pl.DataFrame, question: Question) -> Iterator[str]:
    if flips.is_empty():
        yield "No two strategies change their order beyond the noise from one model to another."
        return
    keys = [*_DATASET, "model", "other", "strategy", "rival"]
    told = flips.group_by(keys, maintain_order=True).agg(pl.col("ips").sort())
    pairs = "pair of strategies changes" if told.height == 1 else "pairs of strategies change"
    yield (
        f"{told.height} {pairs} the order beyond the noise from one model to another (paired t "
        f"with each, Holm's correction over pairs, risk {100 * (1 - question.confidence):.3g}%):"
    )
    for row in told.head(_MANY).iter_rows(named=True):
        shown = {name: visible(row[name], one_line=True) for name in _NAMES}
        pools = " and ".join(visible(name, one_line=True) for name in row["ips"])
        yield (
            "{dataset}: {strategy} beats {rival} with {model}, {rival} beats {strategy} with "
            "{other} ".format(**shown)
            + f"({pools} pool{'s' * (len(row['ips']) > 1)})"
        )
    if told.height > _MANY:
        yield f"and {told.height - _MANY} more"


def _show_models(ranked: pl.DataFrame, question: Question) -> Table:
    """Each model on each dataset, best first, beside its published score."""
    of_random = pl.col("final").filter(pl.col("strategy") == BASELINE).first()
    of_best = pl.col("final").sort_by("rank", maintain_order=True).first()
    cells = ranked.group_by(CELL, maintain_order=True).agg(
        of_random.alias("random"), of_best.alias("best")
    )
    published = {name: spec.mteb for name, spec in models().items()}
    frame = (
        cells.group_by(*_DATASET, "model", maintain_order=True)
        .agg(pl.col("random", "best").mean())
        .with_columns(
            pl.col("model")
            .replace_strict(published, default=None, return_dtype=pl.Float64)
            .alias("mteb")
        )
        .sort(*_DATASET, "best", descending=[False] * len(_DATASET) + [True], nulls_last=True)
    )
    columns = (
        Column("dataset", "dataset"),
        Column("model", "model"),
        Column("mteb", "MTEB (published)", "decimal", 2),
        Column("random", "with random", "decimal"),
        Column("best", "with the best strategy", "decimal"),
    )
    note = (
        "With all labels, averaged over initial pools; best is the strategy of the best mean AULC."
    )
    return Table(f"Models: {METRICS[question.metric]} in the end", frame, columns, note=note)


def _show_dataset(title: str, frames: Frames) -> Iterator[Table]:
    if frames["rank"]["model"].n_unique() > 1:
        yield _show_ranks(title, frames["rank"])
    if not frames["agreement"].is_empty():
        yield _show_agreement(title, frames["agreement"], frames["flip"])
    if not frames["leader"].is_empty():
        yield _show_leaders(title, frames["leader"])
    if not frames["worth"].is_empty():
        yield _show_worth(title, frames["worth"])


def _show_ranks(title: str, ranked: pl.DataFrame) -> Table:
    """Strategies by models, the better models first."""
    best = ranked.group_by("model", maintain_order=True).agg(pl.col("final").max())
    names = best.sort("final", descending=True, maintain_order=True)["model"].to_list()
    of_model = pl.col("rank").filter
    frame = (
        ranked.group_by("strategy", maintain_order=True)
        .agg(of_model(pl.col("model") == name).mean().alias(f"rank {number}")
             for number, name in enumerate(names))
        .sort("rank 0", nulls_last=True, maintain_order=True)
    )  # fmt: skip
    columns = [Column("strategy", "strategy")]
    columns += [
        Column(f"rank {number}", visible(name, one_line=True), "decimal", 1)
        for number, name in enumerate(names)
    ]
    uneven = frame.null_count().sum_horizontal().item() > 0
    return Table(f"{title}: ranks of strategies", frame, columns, note=_UNEVEN if uneven else "")


def _show_agreement(title: str, agreement: pl.DataFrame, flips: pl.DataFrame) -> Table:
    keys = ["model", "other"]
    counted = flips.group_by(keys).agg(pl.struct("strategy", "rival").n_unique().alias("flips"))
    frame = (
        agreement.group_by(keys, maintain_order=True)
        .agg(pl.len().alias("pools"), pl.col("strategies").max(), pl.col("tau").mean())
        .join(counted, on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("flips").fill_null(0))
        .sort("tau", nulls_last=True, maintain_order=True)
    )
    columns = (
        Column("model", "model"),
        Column("other", "other model"),
        Column("strategies", "strategies", "count"),
        Column("pools", "initial pools", "count"),
        Column("tau", "Kendall's tau", "signed", 2),
        Column("flips", "orders reversed beyond the noise", "count"),
    )
    return Table(f"{title}: agreement of models on the order of strategies", frame, columns)


def _show_leaders(title: str, leaders: pl.DataFrame) -> Table:
    """Such as "margin until 230 labels, then badge"."""
    rows = [
        (model, ips, _tell_stretches(of_cell.rows(named=True)))
        for (model, ips), of_cell in leaders.group_by("model", "ips", maintain_order=True)
    ]
    frame = pl.DataFrame(rows, schema=["model", "ips", "ahead"], orient="row")
    columns = (Column("model", "model"), Column("ips", "initial pool"), Column("ahead", "ahead"))
    return Table(f"{title}: who is ahead at how many labels", frame, columns, note=_AHEAD)


def _tell_stretches(rows: Sequence[Mapping[str, Any]]) -> str:
    names = [row["strategy"] + _tell_level(row["others"]) for row in rows]
    if len(rows) == 1:
        return f"{names[0]} throughout"
    ends = [f" until {row['to_labels']:,} labels" for row in rows[:-1]]
    return ", then ".join(name + end for name, end in zip(names, [*ends, ""], strict=True))


def _tell_level(others: int) -> str:
    if not others:
        return ""
    return f" ({others} other{'s' * (others > 1)} level)"


def _show_worth(title: str, worth: pl.DataFrame) -> Table:
    """Every weaker model against the best one."""
    top = pl.col("better_final") == pl.col("better_final").max().over("ips", "basis")
    shown = worth.filter(top).sort("basis", "ips", descending=[True, False], maintain_order=True)
    shown = shown.with_columns(
        pl.col("labels", "saved", "low", "high").round(),
        seeds_there=seeds_there("pairs"),
    )
    columns = (
        Column("basis", "strategy"),
        Column("ips", "pool"),
        Column("weaker", "weaker model"),
        Column("better", "best model"),
        Column("labels", "labels", "count"),
        Column("share", "share", "percent", 2),
        Column("saved", "saved", "count", low="low", high="high"),
        Column("seeds_there", "seeds there"),
    )
    spent = shown["all_labels"][0]
    title = f"{title}: labels for what the weaker model reaches with all {spent:,.0f}"
    return Table(title, shown, columns, note=_WORTH)
