"""What the screen of embeddings knows, and what its keys would be about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tui_al.grid.messages import Ended, Event, Failed
from tui_al.report.amounts import show_bytes
from tui_al.storage.inventory import Item
from tui_al.tui.embedding_cells import Cell, View, describe
from tui_al.tui.embedding_jobs import EmbeddingJobs
from tui_al.tui.shelf import Pair, Shelf


@dataclass(slots=True)
class EmbeddingBoard:
    """The shelf, the jobs of this screen, and what is marked.

    `elsewhere` is what other screens embed, with the share that is done; `assessing` are looks
    at quality by their job's number. Where nothing is marked, keys are about the place under
    the cursor, `at`.
    """

    shelf: Shelf = field(default_factory=Shelf)
    jobs: EmbeddingJobs = field(default_factory=EmbeddingJobs)
    marks: set[Pair] = field(default_factory=set)
    elsewhere: Mapping[Pair, float] = field(default_factory=dict)
    assessing: dict[int, Pair] = field(default_factory=dict)
    view: View = "sizes"

    def cell(self, pair: Pair) -> Cell:
        """What the matrix shows of a place."""
        return describe(
            self.shelf.slot(pair),
            self.jobs.of(pair),
            self.elsewhere.get(pair),
            self.view,
            assessing=self.is_assessed(pair),
        )

    @property
    def title(self) -> str:
        """How many embeddings are here, and how large they are."""
        here = sum(slot.state == "here" for slot in (self.shelf.slots or {}).values())
        return (
            f"Embeddings: {here} here, {show_bytes(self.shelf.n_bytes)}" if here else "Embeddings"
        )

    # What keys are about.

    def chosen(self, at: Pair | None) -> list[Pair]:
        """What is marked, else what the cursor is on."""
        return sorted(self.marks) or ([at] if at is not None else [])

    def wanted(self, at: Pair | None) -> list[Pair]:
        """What of it can be embedded, model by model, as they stand."""
        rows = {row.name: place for place, row in enumerate(self.shelf.models)}
        wanted = [pair for pair in self.chosen(at) if self.may_embed(pair)]
        return sorted(wanted, key=lambda pair: rows.get(pair[1], 0))

    def assessable(self, at: Pair | None) -> list[Pair]:
        """What of it is here and is not being looked at."""
        here = (pair for pair in self.chosen(at) if self.shelf.slot(pair).state == "here")
        return [pair for pair in here if not self.is_assessed(pair)]

    def removable(self, at: Pair | None) -> list[Item]:
        """What of it can be deleted now."""
        items = (item for pair in self.chosen(at) for item in self.shelf.slot(pair).items)
        return [item for item in items if item.removable and not item.busy]

    def may_embed(self, pair: Pair) -> bool:
        """Whether it is missing, and nobody is about to embed it."""
        job = self.jobs.of(pair)
        busy = (job is not None and job.open) or pair in self.elsewhere
        return self.shelf.slot(pair).state != "here" and not busy

    def is_assessed(self, pair: Pair) -> bool:
        """Whether its quality is being looked at."""
        return pair in self.assessing.values()

    # Marks.

    def mark(self, pair: Pair) -> None:
        """Mark a place, or take the mark away."""
        self.marks ^= {pair}

    def mark_missing(self, pairs: Iterable[Pair]) -> None:
        """Mark what can be embedded of these, or take the marks away where all have one."""
        missing = {pair for pair in pairs if self.may_embed(pair)}
        self.marks = self.marks - missing if missing <= self.marks else self.marks | missing

    # What happens.

    def take(self, number: int, events: Sequence[Event]) -> list[tuple[str, str]]:
        """Take in what is reported of a job; what failed, each with whom it is about."""
        failed: list[tuple[str, str]] = []
        job, assessed = self.jobs.find(number), self.assessing.get(number)
        for event in events:
            if job is not None and (reason := self.jobs.take(number, event)):
                failed.append((" x ".join(job.pair), reason))
            elif assessed is not None and isinstance(event, Failed):
                failed.append((f"Quality of {' x '.join(assessed)}", event.reason))
            if isinstance(event, Ended | Failed):
                self.assessing.pop(number, None)
        return failed

    def begin(self, number: int) -> None:
        """Note that a job that waited is being done."""
        job = self.jobs.find(number)
        if job is not None and job.state == "waiting":
            job.state = "running"

    def follow_others(self, shares: Mapping[Pair, float]) -> list[Pair]:
        """Note what other screens embed; the places that look another way."""
        before, self.elsewhere = self.elsewhere, shares
        return [pair for pair in before.keys() | shares.keys()
                if before.get(pair) != shares.get(pair)]  # fmt: skip
