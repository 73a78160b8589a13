"""Datasets of the Hugging Face Hub, from the parquet branch that the Hub keeps of each."""

from collections.abc import Sequence
from pathlib import Path

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
    patterns = [f"{spec.hub.config}/{split}/*.parquet" for split in (*spec.train, spec.test)]
    snapshot = fetch(spec.hub.repo, "dataset", patterns, listener, revision=_PARQUET_BRANCH)
    train, order = _read_splits(spec, snapshot, spec.train)
    test, _ = _read_splits(spec, snapshot, (spec.test,))
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


def _read_splits(
    spec: DatasetSpec, snapshot: Snapshot, splits: Sequence[str]
) -> tuple[LabeledTexts, tuple[str, ...]]:
    """The rows of splits, all their shards in order, and the class names."""
    assert spec.hub is not None
    repo, config = spec.hub.repo, spec.hub.config
    paths: list[Path] = []
    for split in splits:
        shards = sorted((snapshot.folder / config / split).glob("*.parquet"))
        if not shards:
            raise HubUnavailable(f"dataset {repo} has no split '{split}' in {config}")
        paths += shards
    names: tuple[str, ...] = ()
    parts = []
    for path in paths:  # one at a time: a bad row is named in its file, and memory is saved
        table = read_table(path)
        choose_columns(path, table, spec.text, spec.label)
        names = names or parquet_class_names(path, spec.label)
        parts.append(labeled_texts(path, table, spec.text, spec.label, class_names=names))
    return LabeledTexts.joined(parts, f"{repo} ({config}, {' and '.join(splits)})"), names
