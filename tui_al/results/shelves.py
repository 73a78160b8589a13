"""Which parts lie in the store's folders, and which part answers for which run."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tui_al.results.parts import SUFFIX, Part, UnusablePart, inspect_part
from tui_al.results.schema import STORED_COLUMNS

COMPACTED = "compacted"
"""How the name begins of a part that took the place of others."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part, and the runs of it that another part answers for."""

    part: Part
    left_out: frozenset[str]

    @property
    def idle(self) -> bool:
        """Whether others answer for all of it."""
        return len(self.left_out) == len(self.part.finished)


class Shelves:
    """The parts of some folders. Each is checked once; folders are listed at every call.

    Of a run that several folders hold, the first folder's counts; of several in one folder,
    the one that was finished last.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._inspected: dict[tuple[Path, int, int], Part | UnusablePart] = {}
        self._surveyed: tuple[list[tuple[int, Part]], list[Shelf]] = ([], [])  # the last time

    def survey(self) -> list[Shelf]:
        """Every readable part."""
        parts = self._ranked()
        if parts != self._surveyed[0]:
            self._surveyed = parts, _share_out(parts)
        return self._surveyed[1]

    def unusable(self) -> dict[Path, str]:
        """Files that are no parts of this store, and why."""
        return {
            path: str(part)
            for folder in self._folders
            for path, part in self._inspect(folder)
            if isinstance(part, UnusablePart)
        }

    def outdated(self, shelves: Sequence[Shelf]) -> bool:
        """Whether runs were missed because parts were being compacted while they were listed.

        Who lists a folder at the wrong moment sees neither the new part nor the old ones.
        """
        seen = {shelf.part.path for shelf in shelves}
        listed = (path for folder in self._folders for path in folder.glob(f"{COMPACTED}*{SUFFIX}"))
        unseen = [path for path in listed if path not in seen]
        known = {run for shelf in shelves for run in shelf.part.finished} if unseen else set()
        return any(self._holds_more(path, known) for path in unseen)

    def _holds_more(self, path: Path, known: set[str]) -> bool:
        try:
            part = self._inspect_one(path)
        except FileNotFoundError:  # something took its place in turn
            return True
        return isinstance(part, Part) and not part.finished.keys() <= known

    def _ranked(self) -> list[tuple[int, Part]]:
        return [
            (-place, part)
            for place, folder in enumerate(self._folders)
            for _, part in self._inspect(folder)
            if isinstance(part, Part)
        ]

    def _inspect(self, folder: Path) -> Iterator[tuple[Path, Part | UnusablePart]]:
        for path in sorted(folder.glob(f"[!.]*{SUFFIX}")):
            with suppress(FileNotFoundError):  # it went away since it was listed
                yield path, self._inspect_one(path)

    def _inspect_one(self, path: Path) -> Part | UnusablePart:
        stat = path.lstat()
        key = (path, stat.st_mtime_ns, stat.st_size)
        if key not in self._inspected:
            try:
                self._inspected[key] = inspect_part(path)
            except UnusablePart as error:
                self._inspected[key] = error
        return self._inspected[key]


def _share_out(parts: Sequence[tuple[int, Part]]) -> list[Shelf]:
    """Let one part answer for each run; parts come with the rank of their folder."""
    best: dict[str, tuple[int, int]] = {}
    for rank, part in parts:
        for run, finished in part.finished.items():
            best[run] = max(best.get(run, (rank, finished)), (rank, finished))
    taken: set[str] = set()
    shelves = []
    for rank, part in parts:
        runs = part.finished.items()
        own = {run for run, finished in runs if best[run] == (rank, finished)} - taken
        taken |= own
        shelves.append(Shelf(part, frozenset(part.finished.keys() - own)))
    return shelves


def scan(shelves: Sequence[Shelf]) -> pl.LazyFrame:
    """The rows of all shelves; parts of the present form without doubles in a single scan."""
    whole = [shelf.part for shelf in shelves if not shelf.left_out]
    plain = [part.path for part in whole if part.current]
    frames = [pl.scan_parquet(plain, glob=False)] if plain else []
    frames += [part.scan() for part in whole if not part.current]
    for shelf in shelves:
        if shelf.left_out and not shelf.idle:
            double = pl.col("run_id").is_in(sorted(shelf.left_out))
            frames.append(shelf.part.scan().filter(~double))
    return pl.concat(frames) if frames else pl.LazyFrame(schema=STORED_COLUMNS)
