"""Tables of text on disk: csv, tsv, jsonl and parquet, read the same way."""

import codecs
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tui_al.corpora.corpus import LabeledTexts
from tui_al.corpora.inventory import SUFFIXES
from tui_al.errors import BadInput, first_line
from tui_al.textsafe import visible

_TEXT_NAMES = ("text", "texts", "sentence", "content", "body", "document", "review",
               "comment", "comment_text", "message", "utterance", "question", "query",
               "tweet", "title")  # fmt: skip
_LABEL_NAMES = ("label", "labels", "class", "category", "target", "intent", "topic", "sentiment",
                "coarse_label", "stance", "y")  # fmt: skip
_CHUNK = 1 << 20
_LONGEST_FIELD = 2**31 - 1  # articles outgrow the csv module's 131,072 characters


def read_table(path: Path) -> pl.DataFrame:
    """Read a table by its suffix. Values of csv and tsv files stay strings.

    Raises `BadInput`, naming the file and where possible the row, for a file that is
    missing, empty, not UTF-8, not of its format, or of an unknown format.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise BadInput(f"{path} does not exist or is not a file")
    if suffix not in SUFFIXES:
        raise BadInput(f"{path}: unknown format '{suffix}', use one of {', '.join(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty")
    try:
        frame = _read_parquet(path) if suffix == ".parquet" else _read_text(path, suffix)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror or error}") from error
    if frame.height == 0:
        raise BadInput(f"{path} is empty: it holds no rows")
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
    become empty strings.
    """
    columns = [_strings(path, frame.get_column(name)) for name in text]
    joined = pl.select(pl.concat_str(columns, separator="\n")).to_series()
    values = frame.get_column(label)
    if class_names and values.dtype.is_integer():
        labels = [_class_name(path, row, code, class_names) for row, code in enumerate(values, 1)]
    else:
        labels = _strings(path, values).to_list()
    return LabeledTexts(texts=joined.to_list(), labels=labels, origin=str(path))


def choose_columns(
    path: Path, frame: pl.DataFrame, text: Sequence[str] = (), label: str | None = None
) -> tuple[tuple[str, ...], str]:
    """The text and label columns: as named, or guessed where only one guess is possible."""
    for name in (*text, *([label] if label else [])):
        if name not in frame.columns:
            raise BadInput(f"{path} has no column '{name}': it has {_listed(frame.columns)}")
    if label in text:
        raise BadInput(f"{path}: column '{label}' cannot be the text and the label at once")
    label = label or _guess(path, frame.columns, _LABEL_NAMES, taken=text, option="--label")
    text = text or [_guess(path, frame.columns, _TEXT_NAMES, taken=(label,), option="--text")]
    return tuple(text), label


def parquet_class_names(path: Path, column: str) -> tuple[str, ...]:
    """Class names of an integer label column, from the metadata that `datasets` writes."""
    try:
        described = json.loads(pl.read_parquet_metadata(path).get("huggingface", "{}"))
        return tuple(map(str, described["info"]["features"][column]["names"]))
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


def _strings(path: Path, values: pl.Series) -> pl.Series:
    """A column as strings, missing values as empty ones."""
    try:
        if not values.dtype.is_nested():
            return values.cast(pl.String, strict=False).fill_null("")
    except pl.exceptions.PolarsError:
        pass
    column = visible(values.name, one_line=True)
    raise BadInput(f"{path}: column '{column}' holds {values.dtype}, which is not text")


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
        return pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise BadInput(
            f"{path} is not a readable parquet file: {visible(first_line(error))}"
        ) from error


def _read_text(path: Path, suffix: str) -> pl.DataFrame:
    _require_utf8(path)
    if suffix == ".jsonl":
        return _read_jsonl(path)
    return _read_delimited(path, "\t" if suffix == ".tsv" else ",")


def _read_delimited(path: Path, separator: str) -> pl.DataFrame:
    """Blank lines do not count. Python's reader tells which row is at fault; polars' does not."""
    csv.field_size_limit(_LONGEST_FIELD)
    rows: list[list[str]] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            records = filter(None, reader)
            header = _distinct(next(records, []))
            for row in records:
                if len(row) != len(header):
                    raise BadInput(
                        f"{path}: row {len(rows) + 1} (line {reader.line_num}) has {len(row)} "
                        f"instead of {len(header)} fields: quote a text that holds the separator"
                    )
                rows.append(row)
        except csv.Error as error:
            raise BadInput(
                f"{path}: row {len(rows) + 1} (up to line {reader.line_num}) has an unbalanced "
                'quotation mark: close it, and write "" for one inside a quoted text'
            ) from error
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return pl.DataFrame(
        {name: list(values) for name, values in zip(header, columns, strict=True)},
        schema=dict.fromkeys(header, pl.String),
    )


def _distinct(header: Sequence[str]) -> list[str]:
    """Column names, a repeated one with its position added."""
    return [
        name if name not in header[:place] else f"{name} (column {place + 1})"
        for place, name in enumerate(header)
    ]


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
            except (ValueError, RecursionError) as error:
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
