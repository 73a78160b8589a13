"""Facts in two columns: what is known of a dataset, a model, and what one made of the other."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.markup import escape
from textual.widgets import Static

from tui_al.grid.assessment import Quality
from tui_al.report.amounts import show_bytes
from tui_al.report.catalog import DatasetRow, ModelRow
from tui_al.textsafe import visible
from tui_al.tui.embedding_board import EmbeddingBoard
from tui_al.tui.embedding_jobs import EmbeddingState
from tui_al.tui.keys import bind
from tui_al.tui.keys.common import SCROLL_KEYS
from tui_al.tui.shelf import Pair, Slot

Fact = tuple[str, str]
_TEXT_FROM = {
    "user": "your file", "mirror": "data directory", "cached": "cache", "package": "a package",
    "labels": "labels alone", "hub": "on the Hub", "none": "not here",
}  # fmt: skip
_WEIGHTS_FROM = {
    "package": "a package", "directory": "a folder", "cached": "here", "hub": "on the Hub",
    "none": "not here", "yours": "unknown",
}  # fmt: skip

_AWAY = ("hub", "none")  # of texts or weights that are not on this machine


class FactBox(VerticalScroll):
    """A title and facts below it."""

    BINDINGS: ClassVar[list[BindingType]] = bind(SCROLL_KEYS)

    def __init__(self, title: str, id_: str) -> None:
        super().__init__(id=id_, classes="facts")
        self.border_title = title
        self.can_focus = False
        self._shown: tuple[str, list[Fact]] | None = None

    def compose(self) -> ComposeResult:
        yield Static(classes="body")

    def show(self, title: str, facts: Sequence[Fact]) -> None:
        """Replace what is shown. A fact without a name is a line of its own."""
        if (title, list(facts)) == self._shown:
            return
        self._shown = title, list(facts)
        self.border_title = escape(visible(title, one_line=True))
        table = Table.grid(padding=(0, 1, 0, 0), expand=True)
        table.add_column(no_wrap=True, style="dim")
        table.add_column(overflow="ellipsis", ratio=1, no_wrap=True)
        for name, value in facts:
            table.add_row(Text(name), Text(visible(value, one_line=True)))
        self.query_one(Static).update(table)


class PairFacts(Horizontal):
    """The dataset, the model, and the embedding that one made of the other."""

    def compose(self) -> ComposeResult:
        yield FactBox("Dataset", "dataset")
        yield FactBox("Model", "model")
        yield FactBox("Embedding", "slot")

    def show(self, board: EmbeddingBoard, pair: Pair) -> None:
        """Show what is known of a place of the matrix."""
        shelf, slot, job = board.shelf, board.shelf.slot(pair), board.jobs.of(pair)
        dataset, model = shelf.dataset(pair[0]), shelf.model(pair[1])
        title = dataset.title if dataset is not None else pair[0]
        self.query_one("#dataset", FactBox).show(title, dataset_facts(dataset))
        self.query_one("#model", FactBox).show(pair[1], model_facts(model))
        hint = "looking ..." if board.is_assessed(pair) else "Enter looks"
        if slot.state != "here":
            hint = hint_missing(dataset, model)
        facts = [("", hint_job(job))] if job is not None and job.open else slot_facts(slot, hint)
        if job is not None and job.state == "failed" and slot.state != "here":
            facts = [("failed", job.reason), *facts]
        self.query_one("#slot", FactBox).show(" x ".join(pair), facts)


def hint_job(job: EmbeddingState) -> str:
    """What becomes of a job that is not over, and the key that ends it."""
    return "being made: x stops it" if job.state == "running" else "waits: x takes it back"


def hint_missing(dataset: DatasetRow | None, model: ModelRow | None) -> str:
    """What the key that embeds would do."""
    texts = dataset is not None and dataset.text in _AWAY
    weights = model is not None and model.weights in _AWAY
    return "e fetches and embeds it" if texts or weights else "e embeds it"


def dataset_facts(row: DatasetRow | None) -> list[Fact]:
    """What the catalog, or the text on disk, says of a dataset."""
    if row is None:
        return []
    facts = [
        ("task", row.task),
        ("texts", _counts(row)),
        ("classes", _number(row.classes)),
        ("budget", f"{_number(row.budget)} labels"),
        ("from", _TEXT_FROM[row.text]),
    ]
    return [(name, value) for name, value in facts if value]


def model_facts(row: ModelRow | None) -> list[Fact]:
    """What the catalog says of a model; MTEB as published."""
    if row is None:
        return []
    mteb = f"{row.mteb:.2f}, published" if row.mteb is not None else "not published"
    return [
        ("MTEB", mteb),
        ("width", _number(row.dimension)),
        ("pooling", row.pooling or "own"),
        ("params", _parameters(row.parameters)),
        ("weights", _WEIGHTS_FROM[row.weights]),
        ("source", row.source),
    ]


def slot_facts(slot: Slot, hint: str) -> list[Fact]:
    """What is on disk of a dataset and a model, and how good it looks."""
    if slot.state == "missing":
        return [("", hint)]
    (item, *_) = slot.items or (None,)
    size = show_bytes(slot.n_bytes) or ""
    if slot.state == "begun":
        how = ("by", "another process") if slot.busy else ("", "goes on where it stopped")
        return [("begun", f"{slot.share:.0%}, {size}"), how]
    if slot.state == "stale":
        return [("", "of texts that changed"), ("", "nothing uses it"), ("size", size)]
    facts = [("size", size)] if slot.n_bytes else []
    if item is not None and item.rows is not None:
        facts = [("matrix", f"{item.rows:,} × {item.dimension}"),
                 ("size", f"{size}, {item.dtype}")]  # fmt: skip
    return facts + (quality_facts(slot.quality) if slot.quality else [("quality", hint)])


def quality_facts(quality: Quality) -> list[Fact]:
    """The quality signal: the probe against guessing, rows that are alike, lengths."""
    facts = []
    if (probe := quality.probe) is not None:
        facts = [("probe", f"{probe.accuracy:.3f} ± {probe.deviation:.3f}"),
                 ("guess", f"{probe.majority:.3f}")]  # fmt: skip
    facts.append(
        ("equal", f"{quality.duplicates:,} rows ({quality.duplicates / quality.rows:.1%})")
    )
    if quality.zeros:
        facts.append(("zeros", f"{quality.zeros:,} rows"))
    if quality.norms is not None:
        low, mean, high = quality.norms
        facts.append(("length", f"{mean:.3g} ({low:.3g} to {high:.3g})"))
    return facts


def _counts(row: DatasetRow) -> str:
    if row.train is None:
        return "not counted yet"
    return f"{row.train:,} + {row.test or 0:,}"


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _parameters(count: int | None) -> str:
    if count is None:
        return "?"
    return f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:.0f} million"
