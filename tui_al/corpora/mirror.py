"""Datasets of the mirror directory, and FNC-1 in its published two-file form."""

from pathlib import Path

import polars as pl

from tui_al.catalog import DatasetSpec
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus, require_filled_texts
from tui_al.corpora.inventory import MirrorFiles
from tui_al.corpora.splitting import sampled_rows, split_rows
from tui_al.corpora.tables import choose_columns, labeled_texts, parquet_class_names, read_table
from tui_al.errors import BadInput

_FNC_TEST_SHARE = 4_998 / 49_972  # the rows that the benchmark tests on, of those published


def read_mirror(files: MirrorFiles, name: str, spec: DatasetSpec | None) -> Corpus:
    """Read the files that `mirror_files` found; a train file alone is split."""
    order: tuple[str, ...] = ()
    if spec is not None and files.bodies is not None:
        pairs = _join_two_files(files.train[0], files.bodies, spec)
        train, test = split_rows(pairs, _FNC_TEST_SHARE)
    else:
        parts = [_read_split(path, spec) for path in files.train]
        order = parts[0][1]
        pool = LabeledTexts.joined([rows for rows, _ in parts], " and ".join(map(str, files.train)))
        train, test = (
            split_rows(pool) if files.test is None else (pool, _read_split(files.test, spec)[0])
        )
    if spec is not None and spec.test_sample is not None:
        test = test.take(sampled_rows(len(test), spec.test_sample))
    return build_corpus(
        name,
        train,
        test,
        budget=spec.budget if spec and spec.budget <= len(train) else None,
        class_order=order,
        origin={"kind": "mirror", "files": files.stamps},
    )


def _read_split(path: Path, spec: DatasetSpec | None) -> tuple[LabeledTexts, tuple[str, ...]]:
    """One file's rows and its class names, with the catalog's columns or the obvious ones."""
    frame = read_table(path)
    if spec is not None and {*spec.text, spec.label} <= set(frame.columns):
        text, label = spec.text, spec.label
    else:
        text, label = choose_columns(path, frame)
    order = parquet_class_names(path, label) if path.suffix == ".parquet" else ()
    rows = labeled_texts(path, frame, text, label, class_names=order)
    if spec is None:
        require_filled_texts(rows)
    return rows, order


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
