"""Embed a corpus once, and find it again ever after."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tui_al.catalog import ModelSpec
from tui_al.corpora.corpus import Corpus, require_texts
from tui_al.embeddings.encoders import Batch, Encoder, EncoderOptions, load_encoder
from tui_al.embeddings.ledger import NAME as LEDGER
from tui_al.embeddings.ledger import read_ledger
from tui_al.embeddings.lock import hold_lock
from tui_al.embeddings.partial import Partial, open_partial, partial_folder
from tui_al.embeddings.request import EmbeddingRequest, WeightsAbsent, request_embedding
from tui_al.embeddings.shards import Shard, cut_shards
from tui_al.embeddings.store import Entry, find_any_release, find_entry
from tui_al.errors import DamagedFile, TuiAlError
from tui_al.paths import Cache, make_folder
from tui_al.progress import Progress, ProgressListener, ignore_progress

EncoderLoader = Callable[[ModelSpec, EncoderOptions, ProgressListener], Encoder]
_LOOK_AGAIN = 0.2  # seconds between two looks at what another process does


def find_embedding(corpus: Corpus, spec: ModelSpec, cache: Cache) -> Entry | None:
    """The finished embedding of a corpus under a model, or None. Its bytes are not checked.

    One that the model's own code computed, by permission, serves those who do not give it too.
    Where the model is not on this machine, what any release of it made elsewhere serves, and
    `WeightsAbsent` is raised where there is none.
    """
    try:
        request = request_embedding(corpus.name, corpus.fingerprint, spec)
    except WeightsAbsent:
        request = request_embedding(corpus.name, corpus.fingerprint, spec, any_release=True)
        own_code = request.with_own_code()
        entry = find_any_release(cache, request) or find_any_release(cache, own_code)
        if entry is None:
            raise
        return entry
    return find_entry(cache, request) or find_entry(cache, request.with_own_code())


def embed_corpus(
    corpus: Corpus,
    spec: ModelSpec,
    cache: Cache,
    *,
    options: EncoderOptions | None = None,
    listener: ProgressListener = ignore_progress,
    load: EncoderLoader | None = None,
) -> Entry:
    """Embed every text of a corpus, unless an intact embedding is there already.

    Work goes on where an earlier process stopped. Where another process is at it now, this one
    waits, and takes over should the other one fail. The listener hears of rows; an exception
    it raises stops the work, and finished shards stay for the next call. `load` replaces
    `load_encoder`, for callers who keep encoders.
    """
    options = options or EncoderOptions()
    try:
        request = request_embedding(
            corpus.name, corpus.fingerprint, spec, trust_remote_code=options.trust_remote_code
        )
    except WeightsAbsent:
        if (imported := find_embedding(corpus, spec, cache)) is None:
            raise
        return imported
    # What the model's own code computed, by an earlier permission, is there without one too.
    for answer in (request, request.with_own_code()):
        if (existing := _find_intact(cache, answer)) is not None:
            return existing
    require_texts(corpus)
    make_folder(cache.embeddings / corpus.name)  # before the work, not after it
    folder = partial_folder(cache, request)
    waiting = _Waiting(f"{corpus.name} with {request.model}", folder, len(corpus), listener)
    with hold_lock(folder.with_suffix(".lock"), waiting.look):
        if (existing := _find_intact(cache, request)) is not None:  # made meanwhile
            return existing
        encoder = (load or load_encoder)(spec, options, listener)
        shards = cut_shards(corpus)
        with open_partial(cache, request, encoder, shards) as partial:
            _fill(corpus, partial, encoder, request, listener)
            return partial.publish(
                {
                    "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "model_option": spec.option,
                }
            )


def _find_intact(cache: Cache, request: EmbeddingRequest) -> Entry | None:
    entry = find_entry(cache, request)
    try:
        if entry is not None:
            entry.open()
    except DamagedFile:
        return None
    return entry


def _fill(
    corpus: Corpus,
    partial: Partial,
    encoder: Encoder,
    request: EmbeddingRequest,
    listener: ProgressListener,
) -> None:
    """Encode the shards that are not finished yet."""
    stage = f"embedding {corpus.name} with {request.model}"
    started = finished = time.perf_counter()
    done = before = partial.rows_done
    tokens = 0
    listener(Progress(stage, done, len(corpus), "texts", 0.0, before))
    drafts: dict[int, _Draft] = {}
    for batch in encoder.batches(shard.texts(corpus) for shard in partial.pending):
        shard = partial.pending[batch.window]
        _require_finite(corpus, shard, request, batch)
        draft = drafts.setdefault(batch.window, _Draft.of(shard, encoder.dimension))
        if draft.take(batch):
            now = time.perf_counter()
            partial.write(shard, draft.vectors, tokens=draft.tokens, seconds=now - finished)
            finished = now
            del drafts[batch.window]
        done, tokens = done + len(batch.rows), tokens + batch.n_tokens
        seconds = time.perf_counter() - started
        listener(Progress(stage, done, len(corpus), "texts", seconds, before, tokens))


@dataclass(slots=True)
class _Draft:
    """The vectors of a shard as its batches come in."""

    vectors: NDArray[np.float32]
    missing: int
    tokens: int = 0

    @classmethod
    def of(cls, shard: Shard, dimension: int) -> "_Draft":
        return cls(np.empty((len(shard), dimension), dtype=np.float32), len(shard))

    def take(self, batch: Batch) -> bool:
        """Take a batch in; tell whether it was the last one."""
        self.vectors[batch.rows] = batch.vectors
        self.missing -= len(batch.rows)
        self.tokens += batch.n_tokens
        return self.missing == 0


@dataclass(slots=True)
class _Waiting:
    """What a process tells while another one does its work."""

    what: str
    folder: Path
    total: int
    listener: ProgressListener
    started: float = field(default_factory=time.perf_counter)
    before: int | None = None

    def look(self, owner: int | None) -> None:
        """Report how far the other process is, and let a little time pass."""
        kept = read_ledger(self.folder / LEDGER)
        done = sum(record.rows for record in kept[1].values()) if kept else 0
        self.before = done if self.before is None else self.before
        who = "another process" if owner is None else f"process {owner}"
        seconds = time.perf_counter() - self.started
        stage = f"waiting for {who}: {self.what}"
        self.listener(Progress(stage, done, self.total, "texts", seconds, self.before))
        time.sleep(_LOOK_AGAIN)


def _require_finite(corpus: Corpus, shard: Shard, request: EmbeddingRequest, batch: Batch) -> None:
    finite = np.isfinite(batch.vectors).all(axis=1)
    if not finite.all():
        row = shard.start + int(batch.rows[int(finite.argmin())])
        raise TuiAlError(
            f"{request.model} turns {shard.part} text {row + 1} of {corpus.name} into NaN or "
            "infinity: the embedding is not finished; try --device cpu, or another model"
        )
