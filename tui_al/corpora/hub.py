"""Datasets of the Hugging Face Hub, from the parquet branch that the Hub keeps of each."""

import polars as pl

from tui_al.catalog import DatasetSpec
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus
from tui_al.corpora.splitting import sampled_rows
from tui_al.corpora.tables import (
    choose_columns,
    labeled_texts,
    parquet_class_names,
    read_table,
)
from tui_al.errors import HubUnavailable
from tui_al.hub import Snapshot, fetch
from tui_al.progress import ProgressListener

_PARQUET_BRANCH = "refs/convert/parquet"


def read_hub(spec: DatasetSpec, listener: ProgressListener) -> Corpus:
    """Download a catalog dataset's train and test splits and read them.

    Raises `HubUnavailable` where the Hub is out of reach or lacks a split, and
    `BadInput` where a file's content is not what the catalog says.
    """
    assert spec.hub is not None
    patterns = [f"{spec.hub.config}/{split}/*.parquet" for split in (spec.train, spec.test)]
    snapshot = fetch(spec.hub.repo, "dataset", patterns, listener, revision=_PARQUET_BRANCH)
    train, order = _read_split(spec, snapshot, spec.train)
    test, _ = _read_split(spec, snapshot, spec.test)
    if spec.test_sample is not None:
        test = test.take(sampled_rows(len(test), spec.test_sample))
    return build_corpus(
        spec.name,
        train,
        test,
        budget=spec.budget if spec.budget <= len(train) else None,
        class_order=order,
        origin={
            "kind": "hub",
            "repo": spec.hub.repo,
            "config": spec.hub.config,
            "commit": snapshot.commit,
        },
    )


def _read_split(
    spec: DatasetSpec, snapshot: Snapshot, split: str
) -> tuple[LabeledTexts, tuple[str, ...]]:
    """A split's rows, all its shards in order, and its class names."""
    assert spec.hub is not None
    folder = snapshot.folder / spec.hub.config / split
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise HubUnavailable(f"dataset {spec.hub.repo} has no split '{split}' in {spec.hub.config}")
    frame = pl.concat([read_table(path) for path in paths])
    origin = snapshot.folder / spec.hub.config / split
    text, label = choose_columns(origin, frame, spec.text, spec.label)
    names = parquet_class_names(paths[0], label)
    return labeled_texts(origin, frame, text, label, class_names=names), names
