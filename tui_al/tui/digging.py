"""What the explorer computes, in threads: each function posts what it finds, as it finds it."""

from collections.abc import Callable, Sequence, Set
from itertools import zip_longest
from pathlib import Path

from textual.message import Message
from textual.worker import get_current_worker

from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.projection import Projection, project_embedding
from tui_al.embeddings.store import Entry
from tui_al.grid.explore import Predictions, predict_batches
from tui_al.grid.pools import is_here, open_pool
from tui_al.paths import Cache
from tui_al.results.reading import list_queried_runs, read_run
from tui_al.results.schema import RunIdentity
from tui_al.results.store import ResultStore
from tui_al.tui.exploration import Side, mark_of

Post = Callable[[Message], object]


class RunsListed(Message, bubble=False):
    """The stored runs, and which of their datasets are here: the names of those whose texts
    are, and names of dataset and model for the embedded ones."""

    def __init__(
        self, runs: Sequence[RunIdentity], texts: Set[str], embedded: Set[tuple[str, str]]
    ) -> None:
        super().__init__()
        self.runs = runs
        self.texts = texts
        self.embedded = embedded


class SidesOpened(Message, bubble=False):
    """Runs with what is here of their texts."""

    def __init__(self, sides: Sequence[Side]) -> None:
        super().__init__()
        self.sides = sides


class Predicted(Message, bubble=False):
    """Predictions for one cycle of a run."""

    def __init__(self, run_id: str, predictions: Predictions) -> None:
        super().__init__()
        self.run_id = run_id
        self.predictions = predictions


class Projected(Message, bubble=False):
    """The map of an embedding."""

    def __init__(self, key: str, projection: Projection) -> None:
        super().__init__()
        self.key = key
        self.projection = projection


def list_runs(store: ResultStore, cache: Cache, data_dir: Path | None, post: Post) -> None:
    """List what is stored: what this user ran first, then what comes with the program."""
    own = ResultStore(cache.runs).run_ids()
    runs = sorted(list_queried_runs(store), key=lambda run: run.run_id not in own)
    embedded = {(entry.dataset, entry.model) for entry in list_entries(cache)}
    texts = {name for name in {run.dataset for run in runs} if is_here(name, cache, data_dir)}
    _post(post, RunsListed(runs, texts, embedded))


def open_sides(
    runs: Sequence[RunIdentity],
    known: Sequence[Side],
    store: ResultStore,
    cache: Cache,
    data_dir: Path | None,
    post: Post,
) -> None:
    """Read runs and open their texts; sides that are known and lack nothing stay as they are."""
    kept = {side.run.identity.run_id: side for side in known if not side.pool.missing}
    sides = []
    for run in runs:
        if run.run_id not in kept:
            stored = read_run(store, run.run_id)
            kept[run.run_id] = Side(stored, open_pool(stored, cache, data_dir), mark_of(run))
        sides.append(kept[run.run_id])
    _post(post, SidesOpened(sides))


def predict_sides(sides: Sequence[Side], post: Post) -> None:
    """Fit the classifiers of all cycles again, one of each run in turn."""
    missing = [side for side in sides if len(side.predictions) < side.last]
    for row in zip_longest(*(predict_batches(side.run, side.pool) for side in missing)):
        for side, predictions in zip(missing, row, strict=True):
            if predictions is not None:
                _post(post, Predicted(side.run.identity.run_id, predictions))
        if get_current_worker().is_cancelled:
            return


def draw_map(entry: Entry, post: Post) -> None:
    """Find the two principal components of an embedding."""
    _post(post, Projected(entry.key, project_embedding(entry)))


def _post(post: Post, message: Message) -> None:
    if not get_current_worker().is_cancelled:
        post(message)
