"""What a place of the matrix of datasets x models shows: a sign, and a word or a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tui_al.report.amounts import show_bytes
from tui_al.tui.embedding_jobs import EmbeddingState
from tui_al.tui.shelf import Slot

View = Literal["sizes", "quality"]
Look = Literal["here", "running", "waiting", "begun", "stale", "missing", "failed", "assessing"]

SIGNS: Mapping[Look, str] = {
    "here": "●", "running": "◐", "waiting": "◌", "begun": "◔", "stale": "▲", "missing": "·",
    "failed": "✗", "assessing": "…",
}  # fmt: skip
LEGEND: tuple[tuple[Look, str], ...] = (
    ("here", "here"), ("running", "running"), ("waiting", "waits"), ("begun", "begun"),
    ("stale", "texts changed"), ("failed", "failed"), ("missing", "missing"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What a place of the matrix shows."""

    look: Look = "missing"
    narrow: str = ""
    wide: str = ""


def describe(
    slot: Slot, job: EmbeddingState | None, elsewhere: float | None, view: View, *, assessing: bool
) -> Cell:
    """What to show of a slot, the job of this screen, and another's that is so far with it."""
    if job is not None and job.state == "waiting":
        return Cell("waiting", wide="waits")
    if job is not None and job.state == "running":
        return _share("running", job.share)
    if slot.state == "here":
        return Cell("assessing", wide="looking") if assessing else _describe_here(slot, view)
    if elsewhere is not None or slot.busy:
        return _share("running", slot.share if elsewhere is None else elsewhere)
    return _describe_missing(slot, failed=job is not None and job.state == "failed")


def _describe_missing(slot: Slot, *, failed: bool) -> Cell:
    if failed:
        return Cell("failed", wide="failed")
    if slot.state == "begun":
        return _share("begun", slot.share)
    return Cell("stale", wide="old texts") if slot.state == "stale" else Cell()


def _share(look: Look, share: float) -> Cell:
    return Cell(look, f"{share:.0%}", f"{share:.0%}")


def _describe_here(slot: Slot, view: View) -> Cell:
    if view == "sizes":
        return Cell("here", wide=show_bytes(slot.n_bytes) or "" if slot.n_bytes else "")
    probe = slot.quality.probe if slot.quality else None
    if probe is None:
        return Cell("here", wide="" if slot.quality else "?")
    short = f"{probe.accuracy:.2f}".removeprefix("0")
    return Cell("here", short, f"{probe.accuracy:.3f}")
