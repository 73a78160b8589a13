"""What a run is: its identity, what it was computed from, its cycles. Importable without polars."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_al.learning.records import CycleRecord


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What distinguishes a run from every other: its experiment, resolved, and its embedding.

    `setting` digests the same without the seed: runs that differ by their seed alone share it.
    """

    run_id: str
    setting: str
    dataset: str
    model: str
    ips: str
    strategy: str
    seed: int
    oracle: str
    k0: int
    batch: int
    budget: int
    experiment: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run was computed from.

    `fingerprints` is JSON: of the text, weights and matrices. `embedding_seconds` is what
    embedding all texts of the dataset took, None where nobody measured it.
    """

    fingerprints: str | None = None
    classes: tuple[str, ...] = ()
    embedding_seconds: float | None = None


UNKNOWN = Origin()


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run with the cycles recorded of it: all of them in the store, those so far before."""

    identity: RunIdentity
    records: Sequence[CycleRecord]
    wall_seconds: float
    origin: Origin = UNKNOWN
