"""From a plan to batches of runs: what is stored, what it costs, what has to be embedded."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_al.embeddings.encoders import EncoderOptions
from tui_al.grid.batch import UNIT_SECONDS, Batch
from tui_al.grid.calibrate import Cost
from tui_al.grid.plan import GridPlan, PlannedRun, expand
from tui_al.grid.preflight import Preflight, make_preflight
from tui_al.grid.run import identify
from tui_al.grid.sources import Source, embed_source, load_sources
from tui_al.paths import Cache, find_reference, make_folder
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.failures import Failures
from tui_al.results.store import ResultStore

_MOST_RUNS = 64  # of a batch, however short they are


class GridSession:
    """One plan on one cache: look at it, then get it ready to compute."""

    def __init__(
        self,
        plan: GridPlan,
        cache: Cache,
        *,
        data_dir: Path | None = None,
        options: EncoderOptions | None = None,
        retry_failed: bool = False,
        costs: dict[str, Cost] | None = None,
    ) -> None:
        """`costs` are those of settings that were calibrated before, for the preflight."""
        self._plan, self._cache = plan, cache
        self._data_dir, self._options = data_dir, options
        self._retry_failed, self._costs = retry_failed, costs

    def preflight(self, workers: int, *, listener: ProgressListener = ignore_progress) -> Preflight:
        """Count and estimate. Nothing is embedded, and nothing is run but a few probes."""
        plan = self._plan
        sources = load_sources(
            plan.datasets, plan.models, self._cache, data_dir=self._data_dir, listener=listener
        )
        runs = expand(plan, [source.subject for source in sources])
        names = [run.identity.run_id for run in runs]
        failures = Failures(self._cache.failures)
        return make_preflight(
            runs,
            sources,
            ResultStore(self._cache.runs),
            ResultStore(find_reference()),
            {} if self._retry_failed else failures.reasons(names),
            workers=workers,
            costs=self._costs,
            listener=listener,
        )

    def batches(
        self, preflight: Preflight, *, listener: ProgressListener = ignore_progress
    ) -> list[Batch]:
        """Embed what is missing, check what is there byte for byte, and divide the work.

        Raises `DamagedFile`, `HubUnavailable` or `BadInput` before anything is computed.
        """
        make_folder(self._cache.runs)  # before the work, not after it
        by_pair: dict[tuple[str, str], list[PlannedRun]] = defaultdict(list)
        for run in preflight.todo:
            by_pair[run.identity.dataset, run.identity.model].append(run)
        batches: list[Batch] = []
        for source in preflight.sources:
            if runs := by_pair.get(source.subject.names):
                embedded = self._embed(source, listener)
                seconds = [preflight.costs[run.identity.run_id].seconds for run in runs]
                batches += _divide(embedded, runs, seconds)
        failures = Failures(self._cache.failures)
        for run in preflight.todo:
            failures.forget(run.identity.run_id)
        return sorted(batches, key=lambda batch: -sum(batch.seconds))

    def _embed(self, source: Source, listener: ProgressListener) -> Source:
        dataset, model = source.subject.dataset, source.model_option
        embed_source(
            dataset,
            model,
            self._cache,
            data_dir=self._data_dir,
            options=self._options,
            listener=listener,
        )
        (embedded,) = load_sources([dataset], [model], self._cache, data_dir=self._data_dir)
        return embedded


def _divide(
    source: Source, runs: Sequence[PlannedRun], seconds: Sequence[float]
) -> Iterator[Batch]:
    """Runs in batches, the longest first.

    Runs longer than a unit are batches of their own, so that workers end at about the same
    time; shorter ones share the cost of being sent and stored.
    """
    assert source.data is not None  # it was embedded just now
    batch: list[PlannedRun] = []
    shares: list[float] = []
    order = sorted(range(len(runs)), key=lambda place: -seconds[place])
    for place in order:
        # Identified again: the embedding of a Hub branch gets its key when it is made.
        identity = identify(source.subject, runs[place].experiment)
        batch.append(PlannedRun(identity, runs[place].experiment))
        shares.append(seconds[place])
        if sum(shares) >= UNIT_SECONDS or len(batch) == _MOST_RUNS or place == order[-1]:
            yield Batch(source.data, tuple(batch), tuple(shares))
            batch, shares = [], []
