"""Datasets of the mirror directory, and FNC-1 in its published two-file form."""

from pathlib import Path

import polars as pl

from tui_al.catalog import DatasetSpec
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus
from tui_al.corpora.inventory import file_stamps
from tui_al.corpora.splitting import sampled_rows, split_rows
from tui_al.corpora.tables import choose_columns, labeled_texts, parquet_class_names, read_table
from tui_al.errors import BadInput

_FNC_TEST_SHARE = 0.1


def read_mirror(paths: tuple[Path, ...], name: str, spec: DatasetSpec | None) -> Corpus:
    """Read the files that `mirror_files` found; a train file alone is split."""
    order: tuple[str, ...] = ()
    if spec is not None and spec.two_files:
        train, test = split_rows(_join_two_files(paths[0], paths[1], spec), _FNC_TEST_SHARE)
    else:
        train, order = _read_split(paths[0], spec)
        train, test = (
            split_rows(train) if len(paths) == 1 else (train, _read_split(paths[1], spec)[0])
        )
    if spec is not None and spec.test_sample is not None:
        test = test.take(sampled_rows(len(test), spec.test_sample).tolist())
    return build_corpus(
        name,
        train,
        test,
        budget=spec.budget if spec and spec.budget <= len(train) else None,
        class_order=order,
        origin={"kind": "mirror", "files": file_stamps(paths)},
    )


def _read_split(path: Path, spec: DatasetSpec | None) -> tuple[LabeledTexts, tuple[str, ...]]:
    """One file's rows and its class names, with the catalog's columns or the obvious ones."""
    frame = read_table(path)
    if spec is not None and {*spec.text, spec.label} <= set(frame.columns):
        text, label = spec.text, spec.label
    else:
        text, label = choose_columns(path, frame)
    order = parquet_class_names(path, label) if path.suffix == ".parquet" else ()
    return labeled_texts(path, frame, text, label, class_names=order), order


def _join_two_files(stances_path: Path, bodies_path: Path, spec: DatasetSpec) -> LabeledTexts:
    stances, bodies = read_table(stances_path), read_table(bodies_path)
    choose_columns(stances_path, stances, ("Headline", "Body ID"), "Stance")
    choose_columns(bodies_path, bodies, ("Body ID",), "articleBody")
    pairs = stances.join(
        bodies.unique("Body ID", keep="first"), on="Body ID", how="left", maintain_order="left"
    )
    lost = pairs.with_row_index("row", offset=1).filter(pl.col("articleBody").is_null())
    if lost.height:
        raise BadInput(
            f"{stances_path}: row {lost['row'][0]} refers to body {lost['Body ID'][0]}, "
            f"which {bodies_path.name} does not hold"
        )
    return labeled_texts(stances_path, pairs, spec.text, spec.label)
