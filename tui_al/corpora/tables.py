"""Tables of text on disk: csv, tsv, jsonl and parquet, read the same way."""

import codecs
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tui_al.corpora.corpus import LabeledTexts
from tui_al.corpora.inventory import SUFFIXES
from tui_al.errors import BadInput
from tui_al.textsafe import visible

_TEXT_NAMES = ("text", "texts", "sentence", "content", "body", "document", "review", "comment",
               "comment_text", "message", "utterance", "question", "query", "tweet", "title")  # fmt: skip
_LABEL_NAMES = ("label", "labels", "class", "category", "target", "intent", "topic", "sentiment",
                "coarse_label", "stance", "y")  # fmt: skip
_CHUNK = 1 << 20


def read_table(path: Path) -> pl.DataFrame:
    """Read a table by its suffix. Values of csv and tsv files stay strings.

    Raises `BadInput`, naming the file and where possible the row, for a file that is
    missing, empty, not UTF-8, not of its format, or of an unknown format.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput(f"{path}: unknown format '{suffix}', use one of {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise BadInput(f"{path} does not exist or is not a file")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty")
    try:
        frame = _read_parquet(path) if suffix == ".parquet" else _read_text(path, suffix)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror or error}") from error
    if frame.height == 0:
        raise BadInput(f"{path} is empty: it has a header but no rows")
    return frame


def labeled_texts(
    path: Path,
    frame: pl.DataFrame,
    text: Sequence[str],
    label: str,
    *,
    class_names: Sequence[str] = (),
) -> LabeledTexts:
    """Take texts and labels out of a table; several text columns join with a line break.

    Integer labels become the names of `class_names` where those are given. Missing values
    become empty strings, which `build_corpus` refuses by row.
    """
    columns = [frame.get_column(name).cast(pl.String, strict=False).fill_null("") for name in text]
    joined = pl.select(pl.concat_str(columns, separator="\n")).to_series()
    values = frame.get_column(label)
    if class_names and values.dtype.is_integer():
        labels = [_class_name(path, row, code, class_names) for row, code in enumerate(values, 1)]
    else:
        labels = values.cast(pl.String, strict=False).fill_null("").to_list()
    return LabeledTexts(texts=joined.to_list(), labels=labels, origin=str(path))


def choose_columns(
    path: Path, frame: pl.DataFrame, text: Sequence[str] = (), label: str | None = None
) -> tuple[tuple[str, ...], str]:
    """The text and label columns: as named, or guessed where only one guess is possible."""
    for name in (*text, *([label] if label else [])):
        if name not in frame.columns:
            raise BadInput(f"{path} has no column '{name}': it has {_listed(frame.columns)}")
    chosen_label = label or _guess(path, frame.columns, _LABEL_NAMES, taken=text, option="--label")
    if text:
        return tuple(text), chosen_label
    return (_guess(path, frame.columns, _TEXT_NAMES, taken=(chosen_label,), option="--text"),), (
        chosen_label
    )


def parquet_class_names(path: Path, column: str) -> tuple[str, ...]:
    """Class names of an integer label column, from the metadata that `datasets` writes."""
    try:
        described = json.loads(pl.read_parquet_metadata(path).get("huggingface", "{}"))
        return tuple(described["info"]["features"][column]["names"])
    except (KeyError, TypeError, ValueError):
        return ()


def _guess(
    path: Path, columns: Sequence[str], names: Sequence[str], *, taken: Sequence[str], option: str
) -> str:
    free = [column for column in columns if column not in taken]
    matches = [column for column in free if column.strip().casefold() in names]
    if len(matches) == 1:
        return matches[0]
    # The plainest name ("text", "label") wins over the others of its list.
    plain = [column for column in matches if column.strip().casefold() == names[0]]
    if len(plain) == 1:
        return plain[0]
    if not matches and len(free) == 1:
        return free[0]
    what = option.removeprefix("--")
    raise BadInput(
        f"{path}: which column is the {what}? Name it with {option}; there are {_listed(columns)}"
    )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"'{visible(column, one_line=True)}'" for column in columns)


def _class_name(path: Path, row: int, code: int | None, names: Sequence[str]) -> str:
    if code is None:
        return ""
    if not 0 <= code < len(names):
        raise BadInput(
            f"{path}: row {row} has the label {code}, but the file names {len(names)} classes"
        )
    return names[code]


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"{path} is not a readable parquet file: {_first_line(error)}") from error


def _read_text(path: Path, suffix: str) -> pl.DataFrame:
    _require_utf8(path)
    if suffix == ".jsonl":
        return _read_jsonl(path)
    try:
        return pl.read_csv(
            path, separator="\t" if suffix == ".tsv" else ",", infer_schema=False, glob=False
        )
    except pl.exceptions.PolarsError as error:
        raise BadInput(
            f"{path} is not a readable {suffix[1:]} file: {_first_line(error)}"
        ) from error


def _read_jsonl(path: Path) -> pl.DataFrame:
    rows = []
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if "\\u" in line:  # an escape can spell half a surrogate pair, which is no text
                    json.dumps(row, ensure_ascii=False).encode()
            except UnicodeEncodeError as error:
                raise BadInput(f"{path}: line {number} holds half a surrogate pair") from error
            except ValueError as error:
                raise BadInput(f"{path}: line {number} is not valid JSON: {error}") from error
            if not isinstance(row, dict):
                raise BadInput(f'{path}: line {number} is not a JSON object like {{"text": ...}}')
            rows.append({key: _scalar(value) for key, value in row.items()})
    columns = dict.fromkeys(key for row in rows for key in row)
    return pl.DataFrame({column: [row.get(column) for row in rows] for column in columns},
                        schema=dict.fromkeys(columns, pl.String))  # fmt: skip


def _scalar(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _require_utf8(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines_before = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = lines_before + error.object[: error.start].count(b"\n") + 1
                raise BadInput(
                    f"{path} is not UTF-8 (line {line}): save it as UTF-8 and try again"
                ) from error
            if not chunk:
                return
            lines_before += chunk.count(b"\n")


def _first_line(error: Exception) -> str:
    return visible(str(error).strip().splitlines()[0] if str(error).strip() else repr(error))
