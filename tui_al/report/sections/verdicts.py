"""What can be said of the results in plain words, and what cannot."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from tui_al.analysis.comparisons import Comparison, Subject, common_runs, compare
from tui_al.analysis.ranks import rank_strategies
from tui_al.analysis.slices import Results, score_runs
from tui_al.analysis.targets import BASELINE
from tui_al.report.blocks import Prose, Section
from tui_al.report.phrases import (
    Difference,
    count,
    describe_leaders,
    differences_from,
    join_names,
    name_score,
    show_seeds,
)
from tui_al.report.question import Question
from tui_al.textsafe import visible

_ENOUGH = 5  # seeds: as many as the results have that come with the program
_SCHEMA = {
    "about": pl.String, "dataset": pl.String, "model": pl.String, "name": pl.String,
    "other": pl.String, "seeds": pl.Int64, "difference": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "p": pl.Float64, "apart": pl.Boolean, "sentence": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ground:
    """A difference that a sentence rests on, and where it was found (None: over everything)."""

    difference: Difference
    dataset: str | None = None
    model: str | None = None

    def __str__(self) -> str:
        parts = (self.dataset and f"on {self.dataset}", self.model and f"with {self.model}")
        return " ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class _Verdict:
    about: str
    sentence: str
    grounds: Sequence[_Ground] = ()


@dataclass(frozen=True, slots=True)
class _Scores:
    """The scores of a slice, and what the reader calls them."""

    runs: pl.DataFrame
    title: str
    confidence: float

    def compare(self, subject: Subject = "strategy", by: Sequence[str] = ()) -> Comparison:
        return compare(self.runs, subject=subject, by=by, confidence=self.confidence)

    def varying(self, *columns: str) -> list[str]:
        return [name for name in columns if self.runs[name].n_unique() > 1]


def build(results: Results, question: Question) -> Section | None:
    """The verdicts on strategies, models and initial pools; None where no two can be compared."""
    runs = score_runs(results.curves, question.metric)
    scores = _Scores(runs, name_score(question.metric), question.confidence)
    overall = scores.compare()
    verdicts = list(_judge_strategies(scores, overall))
    verdicts += [*_judge(scores, "model", "model"), *_judge(scores, "ips", "initial pool")]
    if not verdicts:
        return None
    verdicts += [*_left_out(overall), _about_noise(verdicts, question.confidence)]
    sentences = [f"{visible(each.sentence, one_line=True)}." for each in verdicts]
    return Section(
        name="verdicts",
        title="What can be said, and what cannot",
        blocks=[Prose(sentences)],
        rows=_tabulate(verdicts, sentences),
    )


def _judge_strategies(scores: _Scores, overall: Comparison) -> Iterator[_Verdict]:
    if overall.means.height < 2:
        if scores.varying("strategy"):
            yield _Verdict(
                "strategies", "No two strategies ran in the same settings: compare those"
            )
        return
    leader = overall.leader
    lead = describe_leaders(overall, scores.title, "strategies")
    grounds = [_Ground(each) for each in differences_from(overall.pairs, leader)]
    yield _Verdict("strategies", f"{_describe_slice(scores, overall)}: {lead}", grounds)
    if not overall.means["judged"].any():
        return
    if BASELINE in overall.means["name"]:
        yield _against_baseline(overall)
        if leader != BASELINE:
            yield from _baseline_by_dataset(scores, leader)
    if by := scores.varying("dataset", "model"):
        yield from _elsewhere(scores, leader, by)
    yield from _beyond(scores, leader)


def _describe_slice(scores: _Scores, overall: Comparison) -> str:
    """ "trec6, 3 models, 3 initial pools": a name where there is one, else how many."""
    counted = common_runs(scores.runs.with_columns(all=pl.lit("all")), "strategy", ["all"])
    parts = []
    for column, word in (("dataset", "dataset"), ("model", "model"), ("ips", "initial pool")):
        names = counted[column].unique()
        only = f"{names[0]} pools" if column == "ips" else str(names[0])
        parts.append(only if len(names) == 1 else count(len(names), word))
    cells, found = overall.means.select("cells", "found").row(0)
    if cells < found:
        parts.append(f"only the {cells:,} of {found:,} settings that all strategies have")
    return ", ".join(parts)


def _against_baseline(overall: Comparison) -> _Verdict:
    known = [each.turned() for each in differences_from(overall.pairs, BASELINE)]
    ahead = [f"{each.name} by {each}" for each in known if each.ahead]
    behind = [f"{each.name} by {each.turned()}" for each in known if each.behind]
    same = [each.name for each in known if each.p is not None and not each.apart]
    parts = [f"Ahead of {BASELINE}: {join_names(ahead)}" if ahead
             else f"No strategy is ahead of {BASELINE} beyond the noise"]  # fmt: skip
    if behind:
        parts.append(f"behind it: {join_names(behind)}")
    if same and (ahead or behind):
        parts.append(f"not told apart from it: {join_names(same)}")
    return _Verdict("random", "; ".join(parts), [_Ground(each) for each in known])


def _baseline_by_dataset(scores: _Scores, leader: str) -> Iterator[_Verdict]:
    if not scores.varying("dataset"):
        return
    grounds = [
        _Ground(each, dataset)
        for (dataset,), group in scores.compare(by=["dataset"]).groups(["dataset"])
        for each in differences_from(group.pairs, leader)
        if each.other == BASELINE
    ]
    parts = [
        f"{how} {ground} by {difference}"
        for how, wanted in (("ahead", True), ("behind", False))
        for ground in grounds
        if (difference := ground.difference if wanted else ground.difference.turned()).ahead
    ]
    same = [f"{ground.dataset}" for ground in grounds if not ground.difference.apart]
    if parts:
        if same:
            parts.append(f"not told apart from it on {join_names(same)}")
        yield _Verdict("random", f"{leader} against {BASELINE}: {'; '.join(parts)}", grounds)


def _elsewhere(scores: _Scores, leader: str, by: Sequence[str]) -> Iterator[_Verdict]:
    """Where another strategy than the one that leads overall is ahead of it."""
    grounds, judged = _exceptions(scores.compare(by=by), leader, by)
    if not judged:
        return
    where = f"In {{}} of {judged} pairs of dataset and model"
    if len(by) == 1:
        where = f"{'On' if by == ['dataset'] else 'With'} {{}} of {judged} {by[0]}s"
    if grounds:
        said = f"another strategy is ahead of {leader}: {_list_places(grounds)}"
        yield _Verdict("elsewhere", f"{where.format(len(grounds))} {said}", grounds)
    else:
        said = f"is another strategy ahead of {leader}"
        yield _Verdict("elsewhere", f"{where.format('none')} {said}")


def _exceptions(
    comparison: Comparison, leader: str, by: Sequence[str]
) -> tuple[list[_Ground], int]:
    """Who is ahead of the leader where, and in how many places the leader was judged."""
    grounds, judged = [], 0
    for key, group in comparison.groups(by):
        known = differences_from(group.pairs, leader)
        judged += any(each.p is not None for each in known)
        if ahead := [each.turned() for each in known if each.behind]:
            best = next((each for each in ahead if each.name == group.leader), ahead[0])
            grounds.append(_Ground(best, **dict(zip(by, key, strict=True))))
    return grounds, judged


def _list_places(grounds: Sequence[_Ground]) -> str:
    return join_names(
        [f"{ground.difference.name} {ground} by {ground.difference}" for ground in grounds]
    )


def _beyond(scores: _Scores, leader: str) -> Iterator[_Verdict]:
    """Whether the order would hold on other datasets."""
    ranking = rank_strategies(scores.runs, confidence=scores.confidence)
    if ranking is None or ranking.distance is None or leader not in ranking.names:
        return
    rank = dict(zip(ranking.names, ranking.ranks, strict=True))
    beaten = [name for name in ranking.names if rank[name] - rank[leader] >= ranking.distance]
    told = f"from {join_names(beaten)} only" if beaten else "from no other strategy"
    if len(beaten) == len(ranking.names) - 1:
        told = "from every other strategy"
    yield _Verdict(
        "other datasets",
        f"Whether that holds on other datasets: mean ranks over these {len(ranking.datasets)} "
        f"tell {leader} apart {told}",
    )


def _judge(scores: _Scores, subject: Subject, word: str) -> Iterator[_Verdict]:
    """Which model or initial pool is ahead, and on which datasets another one is."""
    comparison = scores.compare(subject)
    if comparison.means.height < 2:
        return
    leader = comparison.leader
    lead = describe_leaders(comparison, scores.title, f"{word}s")
    grounds = [_Ground(each) for each in differences_from(comparison.pairs, leader)]
    sentence = f"{word.capitalize()}: {lead}"
    if by := scores.varying("dataset"):
        others, _ = _exceptions(scores.compare(subject, by), leader, by)
        grounds += others
        if others:
            sentence += f"; but ahead of {leader}: {_list_places(others)}"
    yield _Verdict(f"{word}s", sentence, grounds)


def _left_out(overall: Comparison) -> Iterator[_Verdict]:
    if overall.means.height < 2:
        return
    for name, runs in overall.left_out.select("name", "runs").iter_rows():
        had = count(runs, "run")
        yield _Verdict("left out", f"{name} is left out: {had}, in too few settings of the others")
    if overall.means["judged"].any():
        for name in overall.means.filter(~pl.col("judged"))["name"]:
            yield _Verdict("left out", f"{name} has too few seeds: run it with --seeds {_ENOUGH}")


def _about_noise(verdicts: Sequence[_Verdict], confidence: float) -> _Verdict:
    """What the brackets are, or why there are none."""
    known = [each.difference for verdict in verdicts for each in verdict.grounds]
    tested = [each for each in known if each.p is not None]
    if not tested:
        why, what = "With one seed", f": run --seeds {_ENOUGH}"
        if not known:
            why = "Without seeds in common"
        elif max(each.seeds for each in known) > 1:
            why, what = "Where differences do not vary,", ""
        return _Verdict("noise", f"{why} nothing can be said about noise{what}")
    text = f"In brackets: {100 * confidence:g}% intervals, paired over {show_seeds(tested)}, "
    text += "corrected for all pairs (Holm)"
    if any(ground.dataset or ground.model for verdict in verdicts for ground in verdict.grounds):
        text += "; datasets and models each judged by themselves"
    if min(each.seeds for each in tested) < _ENOUGH:
        text += f"; more seeds tell more apart: --seeds {_ENOUGH}"
    return _Verdict("noise", text)


def _tabulate(verdicts: Sequence[_Verdict], sentences: Sequence[str]) -> pl.DataFrame:
    """A row a difference, or a sentence where it rests on none."""
    rows = [
        {"about": verdict.about, "sentence": sentence} | (_flatten(ground) if ground else {})
        for verdict, sentence in zip(verdicts, sentences, strict=True)
        for ground in verdict.grounds or (None,)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _flatten(ground: _Ground) -> dict[str, Any]:
    return {"dataset": ground.dataset, "model": ground.model} | asdict(ground.difference)
