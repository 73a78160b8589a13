"""Runs are taken out of a folder of parts, while others write and read."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import polars as pl

from tui_al.paths import make_folder, unwritable
from tui_al.results.claims import claims_of
from tui_al.results.compaction import CLAIM
from tui_al.results.parts import Part, write_part
from tui_al.results.shelves import COMPACTED, Shelves


def delete_runs(folder: Path, run_ids: Collection[str]) -> int:
    """Delete runs, their earlier versions too; return how many of them there were.

    A part that holds other runs as well is first written again without them, then it goes:
    killed in between, or without room for it, other runs lose nothing. Whoever compacts or
    deletes at the same time is waited for: it would bring back what it has read. A run that is
    stored meanwhile stays. Parts that cannot be read stay where they are. Raises `BadInput`
    where the folder cannot be written.
    """
    doomed = frozenset(run_ids)
    if not doomed or not folder.is_dir():
        return 0
    make_folder(folder)
    with claims_of(folder).wait_for(CLAIM):
        shelves = Shelves([folder]).survey()
        parts = [shelf.part for shelf in shelves if not doomed.isdisjoint(shelf.part.finished)]
        for part in parts:
            _write_rest(part, doomed)
        for part in parts:
            _unlink(part.path)
    return len(doomed.intersection(run for part in parts for run in part.finished))


def _write_rest(part: Part, doomed: frozenset[str]) -> None:
    """Write the other runs of a part as one of their own. The name says that it takes the
    place of another: who lists the folder between the two looks again."""
    if part.finished.keys() <= doomed:
        return
    with suppress(FileNotFoundError):  # deleted by hand since it was listed
        rest = part.scan().filter(~pl.col("run_id").is_in(sorted(doomed))).collect()
        write_part(part.path.parent, f"{COMPACTED}-{uuid4().hex[:8]}", rest)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
