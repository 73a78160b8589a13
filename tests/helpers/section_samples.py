"""Sections made of small figures like real ones, one of every block and mark."""

import math
from datetime import date

import polars as pl

from tui_al.report.blocks import (
    Bars,
    Column,
    Lines,
    Matrix,
    Prose,
    RankLine,
    Section,
    Table,
)

STRATEGIES = ("random", "margin", "entropy", "coreset", "typiclust", "probcover", "badge",
              "dropquery")  # fmt: skip
_END = (0.842, 0.884, 0.871, 0.829, 0.858, 0.801, 0.889, 0.881)
_PACE = (210, 190, 260, 240, 110, 160, 180, 170)
HOSTILE = "\x1b[31mred|<b>&_$%#{}~^\\`*[x](y)\u202e"


def curves() -> Section:
    """Learning curves with bands, and differences to random."""
    rows = [
        {"strategy": name, "labels": 48 * cycle, "accuracy": mean, "low": mean - 0.012,
         "high": mean + 0.012, "gain": mean - _learned(0, 48 * cycle)}
        for place, name in enumerate(STRATEGIES)
        for cycle in range(1, 22)
        for mean in [_learned(place, 48 * cycle)]
    ]  # fmt: skip
    frame = pl.DataFrame(rows)
    learning = Lines("trec6 · minilm-l6 · random: accuracy, mean of 5 seeds, 95% interval", frame,
                     "labels", "accuracy", "strategy", "labels", "accuracy",
                     low="low", high="high")  # fmt: skip
    gains = Lines("trec6 · minilm-l6 · random: accuracy above random's", frame, "labels", "gain",
                  "strategy", "labels", "difference", reference=0.0, kind="signed")  # fmt: skip
    return Section("curves", "Learning curves", (learning, gains), frame)


def winners() -> Section:
    """A ranking with spreads, intervals, ties and a row ahead of all others."""
    rows = [
        {"dataset": "banking77", "model": "minilm-l6", "strategy": name, "seeds": 5, "aulc": end,
         "std": None if name == "random" else 0.004 + 0.001 * place, "gain": end - _END[0],
         "low": end - _END[0] - 0.006, "high": end - _END[0] + 0.006,
         "p": 1.0 if not place else 0.0004 * 4**place if place < 5 else None,
         "wins": place / 8, "tied": end > 0.88, "best": name == "badge",
         "seconds": 0.012 * 9**(place / 1.3), "price": 812.5 * place}
        for place, (name, end) in enumerate(zip(STRATEGIES, _END, strict=True))
    ]  # fmt: skip
    frame = pl.DataFrame(rows).sort("aulc", descending=True)
    columns = (
        Column("dataset", "dataset"),
        Column("model", "embedding model"),
        Column("strategy", "query strategy"),
        Column("seeds", "seeds", "count"),
        Column("aulc", "AULC", "decimal", spread="std", tied="tied"),
        Column("gain", "above random", "signed", low="low", high="high"),
        Column("p", "p", "p"),
        Column("wins", "win rate", "percent"),
        Column("seconds", "time a run", "seconds"),
        Column("price", "price", "money"),
    )
    note = "= cannot be told apart from the best (Wilcoxon, Holm-corrected, 5%)"
    table = Table("AULC by strategy", frame, columns, best="best", note=note)
    said = "badge is ahead of random on every dataset here; nothing is said about other data."
    return Section("winners", "Who wins", (table, Prose((said,))), frame, source="Table 2")


def duels() -> Section:
    """Win rates of every pair of strategies."""
    rows = [
        {"strategy": one, "opponent": other, "rate": 0.5 + 4 * (_END[first] - _END[second])}
        for first, one in enumerate(STRATEGIES)
        for second, other in enumerate(STRATEGIES)
        if one != other
    ]
    frame = pl.DataFrame(rows)
    matrix = Matrix("How often the row beats the column", frame, "strategy", "opponent", "rate")
    return Section("duels", "Win rates by pair", (matrix,), frame, source="Fig. 4")


def ranks() -> Section:
    """Mean ranks with a critical difference."""
    order = ("badge", "margin", "dropquery", "entropy", "typiclust", "random", "coreset",
             "probcover")  # fmt: skip
    means = (1.9, 2.4, 2.45, 3.9, 5.1, 5.6, 7.2, 7.5)
    groups = (order[:3], order[3:6], order[4:6], order[6:])
    note = "Friedman p < 0.001; names under one bar cannot be told apart (Nemenyi, 5%)"
    line = RankLine("Mean ranks over 12 settings", order, means, 1.31, groups, note)
    frame = pl.DataFrame({"strategy": order, "rank": means})
    return Section("ranks", "Ranks over all settings", (line,), frame)


def stages() -> Section:
    """Shares of wins by part of the budget, which add up to one."""
    parts = ("first quarter", "second quarter", "third quarter", "last quarter")
    weights = [[1.0 + abs(math.sin(1 + 3 * part + place)) for place in range(len(STRATEGIES))]
               for part in range(len(parts))]  # fmt: skip
    frame = pl.DataFrame(
        {"part": part, "strategy": name, "share": weight / sum(of_part)}
        for part, of_part in zip(parts, weights, strict=True)
        for name, weight in zip(STRATEGIES, of_part, strict=True)
    )
    bars = Bars("Share of settings in which a strategy leads", frame, "part", "share", "strategy",
                "part of the budget", "share of wins")  # fmt: skip
    return Section("stages", "When does whom win", (bars,), frame, source="Fig. 5")


def ladder() -> Section:
    """Models along an axis of names, labels along one of powers, and values of every type."""
    models = ("glove-50", "wordllama-256", "minilm-l6")
    quality = pl.DataFrame(
        {"model": model, "pool": pool, "accuracy": 0.6 + 0.1 * step + 0.02 * place}
        for step, model in enumerate(models)
        for place, pool in enumerate(("random", "coreset", "typiclust"))
    )
    sizes = pl.DataFrame(
        {"labels": float(size), "model": model, "seconds": 0.002 * size ** (0.9 + 0.1 * step)}
        for step, model in enumerate(models)
        for size in (10, 30, 100, 300, 1000, 3000)
    )
    charts = (
        Lines("Accuracy at 50 labels", quality, "model", "accuracy", "pool", "embedding model",
              "accuracy"),
        Lines("Seconds of a run", sizes, "labels", "seconds", "model", "labels", "time",
              log_x=True, kind="seconds"),
    )  # fmt: skip
    rows = pl.DataFrame(
        {"model": models, "seen": [date(2026, 1, 31), None, date(2026, 2, 28)],
         "share": [math.nan, math.inf, 0.25], "classes": [["a", "b"], [], None]}
    )  # fmt: skip
    return Section("ladder", "Better embeddings", charts, rows)


def strange() -> Section:
    """Names that try to act, figures that are missing, blocks with nothing in them."""
    frame = pl.DataFrame(
        {"name": [HOSTILE, "字幕", "a name that is much longer than any column has room for", None],
         "value": [None, math.nan, math.inf, -0.0001]}
    )  # fmt: skip
    columns = (Column("name", HOSTILE), Column("value", "value", "signed", digits=2))
    lone = pl.DataFrame({"x": [10], "y": [0.5], "name": [HOSTILE]})
    blocks = (
        Table(HOSTILE, frame, columns, note=HOSTILE),
        Table("Empty", frame.clear(), columns),
        Lines("One point", lone, "x", "y", "name", HOSTILE, "y"),
        Lines("No point", lone.clear(), "x", "y", "name", "x", "y"),
        Bars("One part", lone.with_columns(y=1.0), "x", "y", "name", "x", "y"),
        Matrix("One field", lone, "name", "x", "y"),
        RankLine("One rank", (HOSTILE,), (1.0,), None, ()),
        Prose((HOSTILE,)),
    )
    return Section("strange", f"Strange {HOSTILE}", blocks, frame, source=HOSTILE)


def samples() -> list[Section]:
    """All of them."""
    return [curves(), winners(), duels(), ranks(), stages(), ladder(), strange()]


def _learned(place: int, labels: int) -> float:
    return _END[place] - (_END[place] - 0.3) * math.exp(-labels / _PACE[place])
