"""The store as the results screen sees it: read in threads, again only when it has changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from tui_al.analysis.browse import Stored, View, read_stored
from tui_al.paths import Cache
from tui_al.report.results import all_results
from tui_al.results.store import ResultStore
from tui_al.tui.asking import Outdated

Parts = frozenset[str]
"""Names of the user's parts: they never change, so equal names are equal content."""


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """The wish to see what is stored; nothing is read where it is what is `known`."""

    known: Parts | None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was stored, and in which parts; `known` are the keys of its settings (True) and of
    its runs (False)."""

    parts: Parts
    stored: Stored
    known: Mapping[bool, Collection[str]]


class StoredRuns:
    """The user's own runs and those that come with the program."""

    def __init__(self, cache: Cache) -> None:
        self._folder = cache.runs
        self._own = ResultStore(cache.runs)
        self._everything = all_results(cache)

    def read(self, visit: Visit, outdated: Outdated) -> Iterator[Reading]:
        """Read everything, unless it is known or nobody waits for it any more."""
        parts = frozenset(path.name for path in self._folder.glob("*.parquet"))
        if parts == visit.known or outdated():
            return
        stored = read_stored(self._everything, self._own)
        keys = {grouped: set(stored.runs[View(grouped=grouped).key].cast(pl.String))
                for grouped in (True, False)}  # fmt: skip
        yield Reading(parts, stored, keys)

    def facts(self, run_id: str) -> dict[str, Any] | None:
        """The row of `ResultStore.runs` of a run, None where it is gone."""
        found = self._everything.runs().filter(pl.col("run_id") == run_id).collect()
        return found.row(0, named=True) if found.height else None

    def delete(self, run_ids: Collection[str]) -> int:
        """Delete own runs; return how many of them there were."""
        return self._own.delete(run_ids)
