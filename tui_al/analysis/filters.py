"""What is typed to find rows: `dataset=trec6 strategy!=random aulc>0.8 badge`.

Words separated by spaces, all of which must hold. A word with a sign compares a column, any
other is looked for in every name. Quotes keep spaces together.
"""

import math
import operator
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import polars as pl

from tui_al.errors import BadInput, UnknownName
from tui_al.storage.units import parse_age

_SIGNED = re.compile(r"([^=!<>]*)(!=|<=|>=|==|=|<|>)(.*)", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIGESTS = ("setting", "run_id")  # which happen to contain words such as "bad"
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of one column, or, without a column, of any text with a word.

    `value` is kept as it was typed: what it means depends on the column's type.
    """

    column: str | None
    sign: str
    value: str

    def mask(self, table: pl.DataFrame) -> pl.Expr:
        """Which rows of a table with that column it keeps. Raises `BadInput`."""
        if self.column is None:
            return _any_text(table, self.value, wanted=self.sign == "=")
        kind = table.schema[self.column]
        if isinstance(kind, pl.Enum):
            return self._text(kind)
        if kind.is_temporal():
            return self._moment()
        return self._number(whole=kind.is_integer())

    def _text(self, kind: pl.Enum) -> pl.Expr:
        if self.sign not in ("=", "!="):
            raise BadInput(f"{self._typed}: {self.column} is text, compare it with = or !=")
        patterns = [_pattern(part) for part in self.value.split(",") if part]
        names = [
            name for name in kind.categories if any(pattern.fullmatch(name) for pattern in patterns)
        ]
        found = _one_of(self.column or "", names, kind)
        return found if self.sign == "=" else ~found

    def _number(self, *, whole: bool) -> pl.Expr:
        try:
            numbers = [_read_number(part, whole) for part in self.value.split(",") if part]
        except ValueError:
            raise BadInput(
                f"{self._typed}: {self.column} is a number, '{self.value}' is none"
            ) from None
        return self._compare(numbers)

    def _moment(self) -> pl.Expr:
        """A day, all of it, or an age: finished>2d is what finished in the last two days."""
        since = parse_age(self.value, f"{self.column}{self.sign}", datetime.now(UTC))
        column = pl.col(self.column or "")
        if _DATE.fullmatch(self.value):
            return self._hold(column.dt.date(), since.date())
        return self._hold(column, since)

    def _compare(self, numbers: Sequence[float]) -> pl.Expr:
        column = pl.col(self.column or "")
        if self.sign not in ("=", "!=") and len(numbers) > 1:
            raise BadInput(f"{self._typed}: {self.sign} compares with one number")
        found = (self._hold(column, one) for one in numbers)
        join = operator.and_ if self.sign == "!=" else operator.or_
        return reduce(join, found)

    def _hold(self, column: pl.Expr, value: object) -> pl.Expr:
        mask: pl.Expr = _COMPARISONS[self.sign](column, value)
        return mask

    @property
    def _typed(self) -> str:
        return f"{self.column}{self.sign}{self.value}"


def parse_filter(
    text: str, columns: Sequence[str], *, typing: bool = False
) -> tuple[Condition, ...]:
    """The conditions of a line; columns may be shortened while they stay unmistakable.

    While somebody is `typing`, a last word that may become the name of a column is none yet.
    Raises `BadInput` with one line that says what is wrong.
    """
    words = _words(text)
    if typing and words and text.endswith(words[-1]):
        begun = _named(words[-1])
        words = words[:-1] if any(column.startswith(begun) for column in columns) else words
    return tuple(_parse_word(word, columns) for word in words)


def _words(text: str) -> list[str]:
    """Words as a shell reads them, backslashes apart; a quote that is still open ends with
    the line: people are typing."""
    for closing in ("", '"', "'"):
        lexer = shlex.shlex(text + closing, posix=True, punctuation_chars="")
        lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
        try:
            return list(lexer)
        except ValueError:
            continue
    return text.split()


def _parse_word(word: str, columns: Sequence[str]) -> Condition:
    found = _SIGNED.fullmatch(word)
    if found is None or not found[1]:
        unwanted = word[:1] in ("!", "-") and len(word) > 1
        return Condition(None, "!=" if unwanted else "=", word[1:] if unwanted else word)
    column, sign = _find_column(found[1], columns), found[2].replace("==", "=")
    value = found[3].strip(",")
    if not value:
        raise BadInput(f"{column}{sign} what? Write a value after the {sign}")
    return Condition(column, sign, value)


def _find_column(typed: str, columns: Sequence[str]) -> str:
    name = _named(typed)
    close = [column for column in columns if column.startswith(name)]
    if name in columns or len(close) == 1:
        return name if name in columns else close[0]
    if close:
        raise BadInput(f"'{typed}' may be {' or '.join(close)}: write more of it")
    raise UnknownName("column", typed, columns)


def _named(typed: str) -> str:
    return typed.lower().replace("-", "_")


def _any_text(table: pl.DataFrame, word: str, *, wanted: bool) -> pl.Expr:
    word = word.casefold()
    found = pl.lit(value=False)
    for column, kind in table.schema.items():
        if isinstance(kind, pl.Enum) and column not in _DIGESTS:
            names = [name for name in kind.categories if word in name.casefold()]
            found = found | _one_of(column, names, kind)
    return found if wanted else ~found


def _one_of(column: str, names: Sequence[str], kind: pl.Enum) -> pl.Expr:
    return pl.col(column).is_in(pl.Series(names, dtype=kind).implode()).fill_null(value=False)


def _pattern(typed: str) -> re.Pattern[str]:
    """A name in any case, * for anything."""
    return re.compile(".*".join(map(re.escape, typed.split("*"))), re.IGNORECASE | re.DOTALL)


def _read_number(text: str, whole: bool) -> float:
    """A number as people write it: 0.8, .8, 80%, 1_000."""
    value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if math.isnan(value):
        raise ValueError(text)
    return int(value) if whole and value.is_integer() else value
