"""Results whose AULC is known: two cycles at the same height."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl

from tui_al.analysis.slices import RUN, Results, score_runs

SCHEDULE = {"oracle": "labels", "budget": 30, "k0": 10, "batch": 20, "cycles": 1}


def make_results(scores: Mapping[tuple[str, ...], Sequence[float | None]]) -> Results:
    """Of (strategy, dataset, model, ips), the last three optional: the score of each seed, None
    where that seed did not run."""
    rows = []
    for names, values in scores.items():
        strategy, dataset, model, ips = (*names, *("d", "m", "i")[len(names) - 1 :])
        for seed, value in enumerate(values):
            task = {"dataset": dataset, "model": model, "ips": ips} | SCHEDULE
            run = {"run_id": f"{names}/{seed}"} | task | {"strategy": strategy, "seed": seed}
            if value is not None:
                rows += [run | {"cycle": cycle, "n_labeled": 10 + 20 * cycle, "accuracy": value,
                                "balanced_accuracy": value, "macro_f1": value / 2,
                                "fit_seconds": 0.0, "query_seconds": 0.0}
                         for cycle in (0, 1)]  # fmt: skip
    curves = pl.DataFrame(rows)
    runs = curves.select("run_id", *RUN).unique(maintain_order=True)
    runs = runs.with_columns(
        setting=pl.lit("s"), finished_at=datetime(2026, 1, 1, tzinfo=UTC), classes=pl.lit("[]"),
        embedding_seconds=pl.lit(None, pl.Float64),
    )  # fmt: skip
    classes = runs.lazy().select("run_id", cycle=0, class_recall=None, class_labels=None)
    return Results(runs, curves, curves.clear(), classes, runs.clear())


def make_scores(scores: Mapping[tuple[str, ...], Sequence[float | None]]) -> pl.DataFrame:
    return score_runs(make_results(scores).curves, "accuracy")


def spread(
    centre: float, noise: float, generator: np.random.Generator, seeds: int = 5
) -> list[float]:
    return (centre + noise * generator.normal(size=seeds)).tolist()
