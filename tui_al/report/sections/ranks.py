"""Mean ranks of strategies over datasets, with a critical difference."""

import polars as pl

from tui_al.analysis.ranks import Ranking, rank_strategies
from tui_al.analysis.slices import Results, score_runs
from tui_al.report.blocks import Column, RankLine, Section, Table
from tui_al.report.phrases import count, name_score
from tui_al.report.question import Question


def build(results: Results, question: Question) -> Section | None:
    """Ranks as a picture and a table; None where fewer than two strategies share settings.

    `rows` has one row a dataset and strategy: dataset, strategy, score, rank, mean_rank,
    and what is true of all: critical_difference, chi_square, p_chi_square, f and p_f.
    """
    scores = score_runs(results.curves, question.metric)
    ranking = rank_strategies(scores, confidence=question.confidence)
    if ranking is None:
        return None
    title = name_score(question.metric)
    place = f"of mean {title} over {count(len(ranking.datasets), 'dataset')}"
    line = RankLine(
        title=f"Mean ranks {place}",
        names=ranking.names,
        ranks=ranking.ranks,
        distance=ranking.distance,
        groups=ranking.groups,
        note=_explain(ranking, question.confidence),
    )
    return Section(
        name="ranks",
        title="Would the order hold on other datasets?",
        blocks=[line, _tabulate(ranking, title)],
        rows=_list_figures(ranking),
    )


def _explain(ranking: Ranking, confidence: float) -> str:
    seeds = count(ranking.seeds, "seed")
    text = f"Rank 1 is best; a dataset's scores are means over {seeds} and all common settings. "
    friedman, distance = ranking.friedman, ranking.distance
    if friedman is None or distance is None:
        return text + "One dataset has no critical difference."
    differ = "differ" if friedman.p_f <= 1 - confidence else "cannot be told apart as a whole"
    return text + (
        f"Strategies {differ}: Friedman chi-square {friedman.chi_square:.2f} "
        f"(p {friedman.p_chi_square:.2g}), F {friedman.f:.2f} (p {friedman.p_f:.2g}). "
        f"Critical difference (Nemenyi, {100 * confidence:g}%): {distance:.2f} ranks."
    )


def _tabulate(ranking: Ranking, title: str) -> Table:
    frame = (
        ranking.table.group_by("name")
        .agg(
            pl.col("rank").mean(),
            pl.col("rank").min().alias("best"),
            pl.col("rank").max().alias("worst"),
            pl.col("score").mean(),
        )
        .sort("rank", "name")
    )
    return Table(
        title="Ranks by strategy",
        frame=frame,
        columns=(
            Column("name", "strategy"),
            Column("rank", "mean rank", "decimal", digits=2),
            Column("best", "best", "decimal", digits=1),
            Column("worst", "worst", "decimal", digits=1),
            Column("score", f"mean {title}", "decimal"),
        ),
    )


def _list_figures(ranking: Ranking) -> pl.DataFrame:
    test = ranking.friedman
    return ranking.table.rename({"name": "strategy"}).with_columns(
        pl.col("rank").mean().over("strategy").alias("mean_rank"),
        pl.lit(ranking.distance, pl.Float64).alias("critical_difference"),
        *(
            pl.lit(getattr(test, name) if test else None, pl.Float64).alias(name)
            for name in ("chi_square", "p_chi_square", "f", "p_f")
        ),
    )
