"""What a model knows after its initial pool alone, by the size of the pool."""

import polars as pl

from tui_al.analysis.pools import mean_pools
from tui_al.analysis.slices import Metric, Results
from tui_al.report.blocks import Block, Column, Lines, Prose, Section, Table
from tui_al.report.question import Question
from tui_al.report.sections.naming import METRIC_NAMES, with_metric
from tui_al.textsafe import visible


def build(results: Results, question: Question) -> Section | None:
    """For each dataset a chart of its models' mean by IPS, and a table of all models."""
    if results.pools.is_empty():
        return None
    means = mean_pools(results.pools, question.metric)
    several_oracles = means["oracle"].n_unique() > 1
    blocks: list[Block] = []
    for part in means.partition_by("dataset", "oracle"):
        dataset, oracle = part.select("dataset", "oracle").row(0)
        title = visible(
            f"{dataset}, oracle {oracle}" if several_oracles else dataset, one_line=True
        )
        blocks += [*_draw(part, title, question.metric), _tabulate(part, title, question.metric)]
    notes = ["Means over seeds. A chart is the mean of the models that have every selection at "
             "every size; its band is one standard deviation over seeds."]  # fmt: skip
    title = "What the initial pool alone is worth"
    rows = with_metric(means, question.metric)
    return Section("pool-accuracy", title, [*blocks, Prose(notes)], rows, "Fig. 2")


def _draw(means: pl.DataFrame, title: str, metric: Metric) -> list[Lines]:
    """The chart of a dataset, if there is more than one size to draw."""
    sizes = means["k0"].n_unique()
    wanted = means.select("ips", "k0").n_unique()
    whole = means.filter(pl.len().over("model") == wanted)
    if sizes < 2 or whole.is_empty():
        return []
    spread = (pl.col("sd") ** 2).mean().sqrt()
    banded = whole["sd"].is_not_null().any()
    frame = (
        whole.group_by("ips", "k0")
        .agg(pl.col("mean").mean(), spread.fill_null(0).alias("sd"))
        .sort("ips", "k0")
        .with_columns(
            (pl.col("mean") - pl.col("sd")).alias("low"),
            (pl.col("mean") + pl.col("sd")).alias("high"),
        )
    )
    n_models = whole["model"].n_unique()
    models = whole["model"][0] if n_models == 1 else f"mean of {n_models} models"
    return [
        Lines(
            visible(f"{title}, {models}", one_line=True),
            frame,
            x="k0",
            y="mean",
            series="ips",
            x_title="labels in the initial pool",
            y_title=METRIC_NAMES[metric],
            low="low" if banded else None,
            high="high" if banded else None,
            log_x=True,
        )
    ]


def _tabulate(means: pl.DataFrame, title: str, metric: Metric) -> Table:
    """All models of a dataset; in percent, without the sign, so that nine sizes fit a line."""
    sizes = sorted(means["k0"].unique())
    percent = means.with_columns(pl.col("mean") * 100)
    frame = percent.pivot("k0", index=["model", "ips"], values="mean").sort("model", "ips")
    columns = [
        Column("model", "model"),
        Column("ips", "ips"),
        *(Column(str(size), str(size), "decimal", digits=1) for size in sizes),
    ]
    return Table(f"{title}: {METRIC_NAMES[metric]} in %, by labels in the initial pool",
                 frame, columns)  # fmt: skip
