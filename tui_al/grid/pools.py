"""What is on this machine of the texts that a stored run chose from."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tui_al.catalog import datasets
from tui_al.corpora.corpus import Corpus
from tui_al.corpora.inventory import base_name, text_source
from tui_al.corpora.load import load_corpus
from tui_al.embeddings.inventory import list_entries
from tui_al.embeddings.store import Entry, find_by_key
from tui_al.errors import TuiAlError
from tui_al.learning.dataset import Floats, Labels
from tui_al.paths import Cache
from tui_al.results.runs import RecordedRun


@dataclass(frozen=True, slots=True)
class Pool:
    """A run's train pool, as far as it is here: what is not is None, or empty.

    `labels` (n,) and `texts` belong to the rows of `features` (n, D), whose files are those
    of `entry`. `counts` are the texts of each class. `missing` says in one line what is not
    here, and the command that gets it.
    """

    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    labels: Labels | None = None
    texts: tuple[str, ...] | None = None
    features: Floats | None = None
    entry: Entry | None = None
    missing: str = ""


def is_here(dataset: str, cache: Cache, data_dir: Path | None = None) -> bool:
    """Whether a dataset can be opened without the Hub."""
    return text_source(base_name(dataset), cache, data_dir) not in ("hub", "none")


def open_pool(run: RecordedRun, cache: Cache, data_dir: Path | None = None) -> Pool:
    """Find the very text and the very embedding of a run; nothing is downloaded or embedded."""
    classes, name = run.origin.classes, run.identity.dataset
    if not is_here(name, cache, data_dir):
        return Pool(
            classes, missing=f"the texts of {name} are not on this machine: {_get(run)} them"
        )
    try:
        corpus = load_corpus(name, cache, data_dir=data_dir)
    except TuiAlError as error:
        return Pool(classes, missing=str(error))
    entry = find_by_key(cache, name, json.loads(run.identity.experiment)["embedding"])
    if corpus.fingerprint != _fingerprint(run, entry):
        other = f"the texts of {name} on this machine are others than this run chose from"
        return Pool(classes, missing=other)
    return _bind(run, corpus, entry, cache)


def _bind(run: RecordedRun, corpus: Corpus, entry: Entry | None, cache: Cache) -> Pool:
    features, missing = None, ""
    if entry is None:
        missing = _say_not_embedded(run, cache)
    else:
        try:
            features = entry.open()[0]
        except TuiAlError as error:
            entry, missing = None, str(error)
    if not corpus.has_texts:
        missing = missing or (
            f"the texts of {corpus.name} were not exported: import a file made with --with-texts"
        )
    return Pool(
        corpus.classes,
        tuple(np.bincount(corpus.train.labels, minlength=len(corpus.classes)).tolist()),
        corpus.train.labels,
        corpus.train.texts if corpus.has_texts else None,
        features,
        entry,
        missing,
    )


def _fingerprint(run: RecordedRun, entry: Entry | None) -> str | None:
    """Of the text that a run chose from; older runs leave it to their embedding."""
    if run.origin.fingerprints:
        return str(json.loads(run.origin.fingerprints)["text"])
    return str(entry.meta["request"]["fingerprint"]) if entry is not None else None


def _say_not_embedded(run: RecordedRun, cache: Cache) -> str:
    name, model = run.identity.dataset, run.identity.model
    if any(other.model == model for other in list_entries(cache, name)):
        return f"{name} is embedded with another release of {model} than it was for this run"
    return f"{name} is not embedded with {model} on this machine: {_get(run)} it"


def _get(run: RecordedRun) -> str:
    name, model = shlex.quote(run.identity.dataset), shlex.quote(run.identity.model)
    if base_name(run.identity.dataset) not in datasets():
        return f"'tui-al dataset add {shlex.quote(base_name(run.identity.dataset))} FILE' adds"
    return f"'tui-al embed --dataset {name} --model {model}' gets"
