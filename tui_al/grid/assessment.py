"""What was found of an embedding's quality. Importable without numpy."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui_al.embeddings.inventory import QUALITY


@dataclass(frozen=True, slots=True)
class Probe:
    """Cross-validated accuracy of the classifier on a sample of the train pool.

    `deviation` is over the folds, `majority` the share of the sample's largest class: what
    a guess that ignores the text would reach.
    """

    accuracy: float
    deviation: float
    majority: float
    rows: int
    folds: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Facts of a finished embedding: rows that repeat an earlier one to the last bit, rows
    of zeros, Euclidean lengths before scaling (least, mean, greatest), and the probe, which is
    None for a handful of texts, or where no class has two. Embeddings made by earlier versions
    have no lengths."""

    rows: int
    dimension: int
    duplicates: int
    zeros: int
    norms: tuple[float, float, float] | None
    probe: Probe | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_quality(folder: Path, key: str) -> Quality | None:
    """What is kept beside the embedding of this key, or None where nobody has looked."""
    try:
        facts = json.loads((folder / QUALITY).read_text("utf-8"))
        if facts.pop("key") != key:
            return None
        probe = facts.pop("probe")
        norms = facts.pop("norms")
        lengths = tuple(norms) if norms else None
        return Quality(norms=lengths, probe=Probe(**probe) if probe else None, **facts)
    except (OSError, ValueError, TypeError, KeyError):
        return None
