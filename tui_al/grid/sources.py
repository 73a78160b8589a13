"""The datasets and models of a grid, as far as they are on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_al.catalog import ModelSpec, find_model
from tui_al.corpora.corpus import Corpus
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders import EncoderOptions
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.request import request_embedding
from tui_al.grid.run import Subject
from tui_al.grid.shared import SharedDataset
from tui_al.paths import Cache
from tui_al.progress import ProgressListener, ignore_progress


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset and a model: what runs are identified by, and how large the work is.

    `model_option` is the model as the user named it. `data` is None until the dataset is
    embedded with the model.
    """

    subject: Subject
    model_option: str
    n_test: int
    n_classes: int
    dimension: int | None
    data: SharedDataset | None


def load_sources(
    datasets: Sequence[str],
    models: Sequence[str],
    cache: Cache,
    *,
    data_dir: Path | None = None,
    listener: ProgressListener = ignore_progress,
) -> list[Source]:
    """Every pair of dataset and model, nothing embedded that is not.

    Raises what loading a corpus raises for a dataset that is unknown or out of reach.
    """
    specs = [find_model(name) for name in models]
    sources = []
    for name in datasets:
        corpus = load_corpus(name, cache, data_dir=data_dir, listener=listener)
        sources += [_bind(corpus, spec, cache) for spec in specs]
    return sources


def embed_source(
    dataset: str,
    model: str,
    cache: Cache,
    *,
    data_dir: Path | None = None,
    options: EncoderOptions | None = None,
    listener: ProgressListener = ignore_progress,
) -> None:
    """Embed a pair, or check byte for byte the embedding that is there."""
    corpus = load_corpus(dataset, cache, data_dir=data_dir, listener=listener)
    embed_corpus(corpus, find_model(model), cache, options=options, listener=listener)


def _bind(corpus: Corpus, spec: ModelSpec, cache: Cache) -> Source:
    entry = find_embedding(corpus, spec, cache)
    return Source(
        subject=Subject(
            dataset=corpus.name,
            model=spec.name,
            n_pool=len(corpus.train),
            budget=corpus.budget,
            # A Hub branch gets its key when it is embedded: until then nothing is stored for it.
            key=entry.key
            if entry is not None
            else request_embedding(corpus.name, corpus.fingerprint, spec).key(),
        ),
        model_option=spec.option,
        n_test=len(corpus.test),
        n_classes=len(corpus.classes),
        dimension=spec.dimension,
        data=SharedDataset.of(corpus, entry) if entry is not None else None,
    )
