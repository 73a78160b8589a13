"""What the explorer computes, in threads: each function posts what it finds, as it finds it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from itertools import zip_longest
from pathlib import Path

from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, get_current_worker

from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.projection import Projection, project_embedding
from tui_al.embeddings.store import Entry
from tui_al.grid.explore import Predictions, predict_batches
from tui_al.grid.pools import Pool, is_here, open_pool
from tui_al.paths import Cache
from tui_al.results.reading import list_queried_runs, open_stored, read_run
from tui_al.results.runs import RecordedRun, RunIdentity
from tui_al.results.store import ResultStore
from tui_al.tui.exploration import Side, mark_of
from tui_al.tui.services import Services
from tui_al.tui.session import RunState

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


class Digger:
    """Starts threads that post to a screen, each in place of what was being done of its kind."""

    def __init__(self, screen: Screen[None], services: Services) -> None:
        self._screen = screen
        self._services = services
        self._store = open_stored(services.cache)
        self._lister = Lister(services.cache)
        self._predicting: Worker[None] | None = None

    def list_runs(self) -> None:
        self._start(list_runs, self._lister, self._services.cache, self._services.data_dir)

    def open_sides(self, runs: Sequence[RunIdentity], known: Sequence[Side]) -> None:
        services = self._services
        begun = {identity.run_id: state for identity, state in services.session.begun()}
        self._start(open_sides, runs, known, begun, self._store, services.cache, services.data_dir)

    def predict(self, sides: Sequence[Side], *, anew: bool = True) -> bool:
        """Predict what is not predicted; not `anew`, only where nothing is being predicted.
        Whether it was begun."""
        if not anew and self._predicting is not None and self._predicting.is_running:
            return False
        missing = [(side, frozenset(side.predictions)) for side in sides]
        self._predicting = self._start(predict_sides, missing)
        return True

    def draw_map(self, entry: Entry) -> None:
        self._start(draw_map, entry)

    def _start(self, work: Callable[..., None], *arguments: object) -> Worker[None]:
        return self._screen.run_worker(
            partial(work, *arguments, self._screen.post_message),
            thread=True, exclusive=True, group=work.__name__, exit_on_error=False,
            description=work.__name__,  # else Textual writes out all texts among the arguments
        )  # fmt: skip


class Lister:
    """Lists what is stored, again only when it has changed."""

    def __init__(self, cache: Cache) -> None:
        self._own = ResultStore(cache.runs)
        self._everything = open_stored(cache)
        self._listed: tuple[set[str], Sequence[RunIdentity]] = (set(), ())

    def runs(self) -> Sequence[RunIdentity]:
        """What this user ran first, then what comes with the program."""
        own, everything = self._own.run_ids(), self._everything.run_ids()
        if self._listed[0] != everything:
            runs = list_queried_runs(self._everything)
            self._listed = everything, sorted(runs, key=lambda run: run.run_id not in own)
        return self._listed[1]


def list_runs(lister: Lister, cache: Cache, data_dir: Path | None, post: Post) -> None:
    """List what is stored, and what is here of it."""
    runs = lister.runs()
    embedded = {(entry.dataset, entry.model) for entry in list_entries(cache)}
    texts = {name for name in {run.dataset for run in runs} if is_here(name, cache, data_dir)}
    _post(post, RunsListed(runs, texts, embedded))


def open_sides(
    runs: Sequence[RunIdentity],
    known: Sequence[Side],
    begun: Mapping[str, RunState],
    store: ResultStore,
    cache: Cache,
    data_dir: Path | None,
    post: Post,
) -> None:
    """Read runs and open their texts; sides that are known and lack nothing stay as they are.

    Runs that have `begun` since the app opened, by run id, are not read from the store.
    """
    kept = {side.run.identity.run_id: side for side in known if not side.pool.missing}
    sides = []
    for run in runs:
        if run.run_id not in kept:
            state = begun.get(run.run_id)
            recorded = (state and state.recorded) or read_run(store, run.run_id)
            pool = _find_pool(recorded, kept.values()) or open_pool(recorded, cache, data_dir)
            kept[run.run_id] = Side(recorded, pool, mark_of(run), state)
        sides.append(kept[run.run_id])
    _post(post, SidesOpened(sides))


def _find_pool(run: RecordedRun, sides: Iterable[Side]) -> Pool | None:
    """The pool of a side that chose from the same texts, embedded by the same model."""
    wanted = _source(run)
    return next((side.pool for side in sides if _source(side.run) == wanted), None)


def _source(run: RecordedRun) -> tuple[str, str, str | None]:
    key = json.loads(run.identity.experiment)["embedding"]
    return run.identity.dataset, key, run.origin.fingerprints


def predict_sides(sides: Sequence[tuple[Side, Set[int]]], post: Post) -> None:
    """Fit the classifiers of all cycles again, one of each run in turn, but for the cycles
    whose predictions are known."""
    batches = (predict_batches(side.run, side.pool, known) for side, known in sides)
    for row in zip_longest(*batches):
        for (side, _), predictions in zip(sides, row, strict=True):
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
