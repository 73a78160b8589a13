"""From the names of a dataset and a model to data that a simulation can use."""

import json
from dataclasses import dataclass
from pathlib import Path

from tui_al.catalog import find_model
from tui_al.corpora.corpus import Corpus
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.encoders import EncoderOptions
from tui_al.embeddings.job import embed_corpus, find_embedding
from tui_al.embeddings.store import Entry
from tui_al.errors import BadInput
from tui_al.learning.dataset import EmbeddedDataset
from tui_al.learning.experiment import Experiment
from tui_al.paths import Cache, find_cache, find_data_dir
from tui_al.progress import ProgressListener, ignore_progress
from tui_al.results.runs import UNKNOWN, Origin


@dataclass(frozen=True, slots=True)
class Prepared:
    """A corpus with its embedding; `key` names exactly this embedding of exactly this text."""

    corpus: Corpus
    data: EmbeddedDataset
    key: str
    origin: Origin = UNKNOWN


def prepare(
    dataset: str,
    model: str,
    cache: Cache,
    *,
    experiment: Experiment | None = None,
    data_dir: Path | None = None,
    options: EncoderOptions | None = None,
    listener: ProgressListener = ignore_progress,
) -> Prepared:
    """Load a dataset embedded by a model, embedding it first where that was never done.

    With an `experiment`, one that the dataset's size rules out is refused before anything
    is computed or written.
    """

    def check(corpus: Corpus) -> None:
        if experiment is not None:
            experiment.schedule(len(corpus.train), corpus.budget)
        find_embedding(corpus, spec, cache)  # a model that is nowhere is refused

    spec = find_model(model)
    corpus = load_corpus(dataset, cache, data_dir=data_dir, listener=listener, check=check)
    entry = find_embedding(corpus, spec, cache)
    if entry is None:
        entry = embed_corpus(corpus, spec, cache, options=options, listener=listener)
    return _bind(corpus, spec.name, entry)


def load_embedded(
    dataset: str, model: str, *, cache_dir: Path | None = None, data_dir: Path | None = None
) -> EmbeddedDataset:
    """Load a dataset that was embedded before.

    Raises `BadInput` with the command to run where it was not, and `DamagedFile` where a
    matrix is truncated or altered.
    """
    cache = find_cache(cache_dir)
    spec = find_model(model)
    corpus = load_corpus(dataset, cache, data_dir=find_data_dir(data_dir))
    entry = find_embedding(corpus, spec, cache)
    if entry is None:
        raise BadInput(
            f"{dataset} is not embedded with {model} yet: "
            f"run 'tui-al embed --dataset {dataset} --model {model}'"
        )
    return _bind(corpus, spec.name, entry).data


def _bind(corpus: Corpus, model: str, entry: Entry) -> Prepared:
    train_x, test_x = entry.open()
    data = EmbeddedDataset.from_arrays(
        train_x,
        corpus.train.labels,
        test_x,
        corpus.test.labels,
        classes=corpus.classes,
        name=corpus.name,
        model=model,
        budget=corpus.budget,
    )
    return Prepared(corpus, data, entry.key, origin_of(corpus, entry))


def origin_of(corpus: Corpus, entry: Entry) -> Origin:
    """What an embedding was made of, the checksums of what came out, and how long it took."""
    request = entry.meta["request"]
    facts = {
        "embedding": entry.key,
        "text": request["fingerprint"],
        "weights": request["weights"],
        "revision": entry.meta["commit"] or request["revision"],
        **{name: file["sha256"] for name, file in entry.meta["files"].items()},
    }
    return Origin(json.dumps(facts), corpus.classes, entry.meta.get("seconds"))
