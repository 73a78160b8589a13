"""Data the user brings: `tui-al dataset add NAME FILE`."""

from collections.abc import Sequence
from pathlib import Path

from tui_al.catalog import datasets
from tui_al.corpora.corpus import Corpus, LabeledTexts, build_corpus, require_filled_texts
from tui_al.corpora.inventory import check_name, file_stamps, read_meta
from tui_al.corpora.splitting import split_rows
from tui_al.corpora.store import save_corpus
from tui_al.corpora.tables import choose_columns, labeled_texts, parquet_class_names, read_table
from tui_al.errors import BadInput
from tui_al.paths import Cache


def add_dataset(
    name: str,
    file: Path,
    cache: Cache,
    *,
    test_file: Path | None = None,
    text: Sequence[str] = (),
    label: str | None = None,
    replace: bool = False,
) -> Corpus:
    """Check the user's file and keep a copy of it in the cache as dataset `name`.

    Columns are guessed where obvious. Without `test_file` a stratified fifth becomes the
    test set, always the same rows. Nothing is written when anything is wrong.
    """
    check_name(name)
    meta = read_meta(cache, name)
    if meta is not None and meta["origin"]["kind"] == "user" and not replace:
        raise BadInput(f"dataset '{name}' exists: choose another name, or pass --replace")
    if name in datasets() and not replace:
        raise BadInput(
            f"'{name}' is a dataset of the catalog: choose another name, or pass --replace "
            "to put your data in its place"
        )
    rows, order, columns = _read(file, text, label)
    if test_file is None:
        train, test = split_rows(rows)
    else:
        train, (test, _, _) = rows, _read(test_file, *columns)
    files = tuple(path.absolute() for path in (file, test_file) if path is not None)
    origin = {"kind": "user", "files": file_stamps(files), "text": columns[0], "label": columns[1]}
    corpus = build_corpus(name, train, test, class_order=order, origin=origin)
    save_corpus(corpus, cache)
    return corpus


def _read(
    path: Path, text: Sequence[str], label: str | None
) -> tuple[LabeledTexts, tuple[str, ...], tuple[tuple[str, ...], str]]:
    frame = read_table(path)
    columns = choose_columns(path, frame, text, label)
    order = parquet_class_names(path, columns[1]) if path.suffix.lower() == ".parquet" else ()
    rows = labeled_texts(path, frame, *columns, class_names=order)
    require_filled_texts(rows)
    return rows, order, columns
