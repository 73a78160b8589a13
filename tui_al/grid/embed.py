"""Many embeddings in one go: datasets x models, one after another, whatever becomes of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from tui_al.catalog import ModelSpec
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders import Encoder, EncoderOptions, load_encoder
from tui_al.embeddings.estimate import Estimate, estimate_embedding
from tui_al.embeddings.inventory import weights_source
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.store import Entry
from tui_al.errors import Cancelled, TuiAlError, first_line
from tui_al.grid.assessment import Quality
from tui_al.grid.quality import assess_embedding
from tui_al.paths import Cache
from tui_al.progress import Progress, ProgressListener


@dataclass(frozen=True, slots=True)
class EmbeddingJob:
    """A dataset to be embedded with a model; `number` counts from 0 in the order of work."""

    number: int
    dataset: str
    spec: ModelSpec


@dataclass(frozen=True, slots=True)
class Embedded:
    """A job is done; `fresh` tells whether anything had to be computed."""

    job: EmbeddingJob
    entry: Entry
    quality: Quality
    fresh: bool


@dataclass(frozen=True, slots=True)
class EmbeddingFailed:
    """A job could not be done; the others go on. `reason` is one line."""

    job: EmbeddingJob
    reason: str
    exit_code: int


JobListener = Callable[[EmbeddingJob, Progress], None]
Done = TypeVar("Done")


def plan_jobs(datasets: Sequence[str], specs: Sequence[ModelSpec]) -> list[EmbeddingJob]:
    """Every dataset with every model, model by model: weights are loaded once."""
    distinct = {spec.option: spec for spec in specs}
    pairs = [(name, spec) for spec in distinct.values() for name in dict.fromkeys(datasets)]
    return [EmbeddingJob(number, name, spec) for number, (name, spec) in enumerate(pairs)]


@dataclass(slots=True)
class JobRunner:
    """Does embedding jobs over one cache. The model of the last job is kept for the next."""

    cache: Cache
    data_dir: Path | None
    options: EncoderOptions
    _kept: tuple[ModelSpec, Encoder] | None = field(default=None, init=False)

    def run(
        self, jobs: Sequence[EmbeddingJob], listener: JobListener
    ) -> Iterator[Embedded | EmbeddingFailed]:
        """Do the jobs in turn, an outcome for each. An exception of the listener ends them."""
        for job in jobs:
            yield _attempt(job, partial(self._embed, job, partial(listener, job)))

    def estimate(
        self, jobs: Sequence[EmbeddingJob], listener: JobListener
    ) -> Iterator[Estimate | EmbeddingFailed]:
        """What each job would take, without doing it. Texts are loaded, weights where present."""
        for job in jobs:
            yield _attempt(job, partial(self._estimate, job, partial(listener, job)))

    def _embed(self, job: EmbeddingJob, listener: ProgressListener) -> Embedded:
        corpus = load_corpus(job.dataset, self.cache, data_dir=self.data_dir, listener=listener)
        fresh = find_embedding(corpus, job.spec, self.cache) is None
        entry = embed_corpus(
            corpus, job.spec, self.cache, options=self.options, listener=listener, load=self._load
        )
        return Embedded(job, entry, assess_embedding(corpus, entry), fresh)

    def _estimate(self, job: EmbeddingJob, listener: ProgressListener) -> Estimate:
        corpus = load_corpus(job.dataset, self.cache, data_dir=self.data_dir, listener=listener)
        here = weights_source(job.spec) in ("package", "directory", "cached")
        encoder = self._load(job.spec, self.options, listener) if here else None
        return estimate_embedding(corpus, job.spec, self.cache, encoder)

    def _load(
        self, spec: ModelSpec, options: EncoderOptions, listener: ProgressListener
    ) -> Encoder:
        if self._kept is None or self._kept[0] != spec:
            self._kept = None  # the old weights go before the new ones come
            self._kept = (spec, load_encoder(spec, options, listener))
        return self._kept[1]


def worst_exit_code(outcomes: Iterable[object]) -> int:
    """0 where every job was done, 2 where only wrong input was in the way, else 1."""
    codes = {outcome.exit_code for outcome in outcomes if isinstance(outcome, EmbeddingFailed)}
    return min(codes, default=0)


def _attempt(job: EmbeddingJob, work: Callable[[], Done]) -> Done | EmbeddingFailed:
    """Do a job's work, or tell why it could not be done."""
    try:
        return work()
    except Cancelled:
        raise
    except TuiAlError as error:
        return EmbeddingFailed(job, str(error), error.exit_code)
    except (OSError, RuntimeError, ValueError) as error:  # of the libraries below a model
        reason = f"{type(error).__name__}: {first_line(error)}"
        return EmbeddingFailed(job, reason, TuiAlError.exit_code)
