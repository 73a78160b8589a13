"""The sections of a report for a screen: read, built and drawn in a thread of their own.

Nothing here is light: import it in that thread.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

import polars as pl
from textual.strip import Strip

from tui_al.analysis.slices import Results, Slice, load_results
from tui_al.paths import Cache
from tui_al.report.blocks import Section
from tui_al.report.palette import STRATEGY_MARKS
from tui_al.report.question import Question
from tui_al.report.results import all_results, describe_missing
from tui_al.report.sections import SECTIONS, build_sections
from tui_al.tui.drawing import draw
from tui_al.tui.slicing import FIELDS, Answer, Chosen, Count, Wanted

_KEPT = 64  # sections


@dataclass(frozen=True, slots=True)
class _State:
    """What was in the store at one time."""

    version: int
    run_ids: frozenset[str]
    results: Results
    unusable: tuple[str, ...]


class Findings:
    """Answers one question after the other; what was read and built is kept."""

    def __init__(self, cache: Cache) -> None:
        self._store = all_results(cache)
        self._visit: int | None = None
        self._state: _State | None = None
        self._built: dict[tuple[object, ...], Section | None] = {}

    def answer(
        self, wanted: Wanted, shown: Answer | None, outdated: Callable[[], bool]
    ) -> Iterator[Answer]:
        """The first lines as soon as there are enough, then all; nothing where `shown` is the
        same, or once the question is outdated."""
        state = self._look(wanted.visit)
        known = shown is not None and shown.complete and shown.version == state.version
        if shown and known and shown.wanted.looks_like(wanted):
            return
        slice_ = Slice(**asdict(wanted.chosen))
        results = state.results.of(slice_)
        section = None if outdated() else self._build(wanted, results)
        missing = [] if section else _explain(wanted, slice_, state.results, results)
        answer = Answer(
            wanted, state.version, section, (), missing, not section,
            _count(wanted.chosen, state.results.runs), results.runs.height,
            results.earlier.height, state.unusable,
        )  # fmt: skip
        if section is None:
            yield answer
            return
        lines: list[Strip] = []
        early = False
        for piece in draw(section, wanted.width, dark=wanted.dark, color=wanted.color):
            if outdated():
                return
            lines += piece
            if not early and len(lines) >= wanted.enough:
                early = True
                yield replace(answer, lines=tuple(lines))
        yield replace(answer, lines=lines, complete=True)

    def _look(self, visit: int) -> _State:
        """What is stored; at another visit, read again if there are other runs."""
        if self._state is not None and visit == self._visit:
            return self._state
        run_ids = frozenset(self._store.run_ids())
        if self._state is None or run_ids != self._state.run_ids:
            unusable = (f"passed over {path}: it {reason}"
                        for path, reason in self._store.unreadable().items())  # fmt: skip
            version = self._state.version + 1 if self._state else 0
            results = load_results(self._store)
            self._state = _State(version, run_ids, results, tuple(unusable))
            self._built.clear()
        self._visit = visit
        return self._state

    def _build(self, wanted: Wanted, results: Results) -> Section | None:
        key = (wanted.section, wanted.metric, wanted.terms, wanted.chosen)
        if key not in self._built:
            built = [] if results.runs.is_empty() else build_sections(
                [wanted.section], results, Question(wanted.metric, **asdict(wanted.terms))
            )  # fmt: skip
            if len(self._built) >= _KEPT:
                del self._built[next(iter(self._built))]
            self._built[key] = next(iter(built), None)
        return self._built[key]


def _explain(wanted: Wanted, slice_: Slice, everything: Results, results: Results) -> list[str]:
    """Why there is nothing to show, and what to do."""
    if results.runs.is_empty():
        return list(describe_missing(slice_, everything.runs))
    return [
        "Nothing stored of this slice has something to show here. The section is about: "
        f"{SECTIONS[wanted.section]}."
    ]


def _count(chosen: Chosen, runs: pl.DataFrame) -> dict[str, list[Count]]:
    """The stored names of each field; chosen names that are not stored any more stay."""
    facets = {}
    for field in FIELDS:
        there = dict(Slice(**asdict(chosen.without(field))).of(runs)[field].value_counts().rows())
        known = set(runs[field].unique()) | set(chosen.names(field))
        order = [name for name in STRATEGY_MARKS if name in known]
        names = [*order, *sorted(known - set(order))] if field != "dataset" else sorted(known)
        facets[field] = [Count(name, there.get(name, 0)) for name in names]
    return facets
