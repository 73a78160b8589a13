"""A corpus: texts, labels, and the checks that every source of text must pass."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_al.errors import BadInput
from tui_al.textsafe import visible

_MOST_CYCLES = 21  # the default experiment fits 21 times: a default budget must allow that
_MOST_DEFAULT_LABELS = 1000


@dataclass(frozen=True, slots=True)
class LabeledTexts:
    """Rows as read from a source; `origin` (a file or repository) is for error messages."""

    texts: Sequence[str]
    labels: Sequence[str]
    origin: str

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Iterable[int]) -> "LabeledTexts":
        """The given rows, in the given order."""
        kept = list(rows)
        return LabeledTexts(
            [self.texts[row] for row in kept], [self.labels[row] for row in kept], self.origin
        )

    @classmethod
    def joined(cls, parts: Sequence["LabeledTexts"], origin: str) -> "LabeledTexts":
        """The rows of all parts, one part after the other."""
        if len(parts) == 1:
            return parts[0]
        texts = [text for part in parts for text in part.texts]
        return cls(texts, [label for part in parts for label in part.labels], origin)


@dataclass(frozen=True, slots=True)
class Split:
    """Texts with their labels as integers 0..C-1, shape (n,)."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A train pool and a test set over the same classes.

    `origin` says where the text came from, as plain JSON; `fingerprint` is a digest of
    every text and label in order, so that another text never answers to the same name.
    Without `has_texts` the texts stayed on another machine: `missing_texts` stand for them.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    test: Split
    budget: int
    fingerprint: str
    origin: dict[str, Any] = field(default_factory=dict)
    has_texts: bool = True

    def __len__(self) -> int:
        """Texts of both parts."""
        return len(self.train) + len(self.test)


def build_corpus(
    name: str,
    train: LabeledTexts,
    test: LabeledTexts,
    *,
    budget: int | None = None,
    class_order: Sequence[str] = (),
    origin: dict[str, Any] | None = None,
) -> Corpus:
    """Check the rows and number the classes.

    Classes follow `class_order` where it names them, else natural order (numbers by
    value). Raises `BadInput` naming the first row at fault: an empty label, fewer than two
    classes, or a test label that the train pool never shows. A text may be empty: published
    datasets hold such rows, and without them their sizes and row numbers were others.
    """
    seen = check_rows(train)
    _require_rows(test)
    _require_known_labels(test, seen)
    known = [label for label in dict.fromkeys(class_order) if label in seen]
    classes = (*known, *sorted(seen.difference(known), key=_natural))
    codes = {label: code for code, label in enumerate(classes)}
    return Corpus(
        name=name,
        classes=classes,
        train=_encode(train, codes),
        test=_encode(test, codes),
        budget=budget if budget is not None else default_budget(len(train)),
        fingerprint=_fingerprint(train, test),
        origin=origin or {},
    )


def missing_texts(count: int) -> list[str]:
    """What stands for texts that were not exported with their labels."""
    return [f"(text {row} was not exported)" for row in range(1, count + 1)]


def require_texts(corpus: Corpus) -> None:
    """Refuse to compute anything from texts that are not there."""
    if not corpus.has_texts:
        raise BadInput(
            f"the texts of {corpus.name} were not exported: import a file made with --with-texts"
        )


def check_rows(rows: LabeledTexts) -> set[str]:
    """The labels of rows to train on, or `BadInput` naming the row at fault.

    Whoever splits a table checks it first: afterwards its rows have other numbers.
    """
    _require_rows(rows)
    seen = set(rows.labels)
    if len(seen) < 2:
        only = visible(next(iter(seen)), one_line=True)
        raise BadInput(
            f"{rows.origin}: every label is '{only}', but a classifier needs two classes"
        )
    return seen


def default_budget(n_train: int) -> int:
    """Labels to spend where the catalog states no budget: half the pool, at most 1000."""
    return min(_MOST_DEFAULT_LABELS, n_train, max(n_train // 2, _MOST_CYCLES))


def require_filled_texts(rows: LabeledTexts) -> None:
    """Refuse an empty text in data that is the user's to correct."""
    _require_filled(rows, "text", rows.texts)


def _require_rows(rows: LabeledTexts) -> None:
    if not len(rows):
        raise BadInput(f"{rows.origin} is empty: it holds no rows")
    _require_filled(rows, "label", rows.labels)
    if not any(map(str.strip, rows.texts)):
        raise BadInput(f"{rows.origin}: every text is empty, so this is not the dataset's text")


def _require_filled(rows: LabeledTexts, what: str, values: Sequence[str]) -> None:
    empty = [row for row, value in enumerate(values, start=1) if not value.strip()]
    if empty:
        more = f" (and {len(empty) - 1} more rows)" if len(empty) > 1 else ""
        raise BadInput(
            f"{rows.origin}: row {empty[0]}{more} has an empty {what}: fill it in or remove the row"
        )


def _require_known_labels(test: LabeledTexts, seen: set[str]) -> None:
    for row, label in enumerate(test.labels, start=1):
        if label not in seen:
            raise BadInput(
                f"{test.origin}: row {row} has the label '{visible(label, one_line=True)}', "
                "which no training row has: correct it, or add such a row to the training file"
            )


def _natural(label: str) -> tuple[bool, float, str]:
    try:
        number = float(label)
    except ValueError:
        number = math.nan
    # "nan" and "inf" are words here: nothing sorts reliably around them as numbers.
    return (False, number, label) if math.isfinite(number) else (True, 0.0, label)


def _encode(rows: LabeledTexts, codes: dict[str, int]) -> Split:
    labels = np.fromiter((codes[label] for label in rows.labels), dtype=np.int64, count=len(rows))
    return Split(texts=tuple(rows.texts), labels=labels)


def _fingerprint(*splits: LabeledTexts) -> str:
    digest = blake2b(digest_size=16)
    for rows in splits:
        digest.update(len(rows).to_bytes(8, "little"))
        for column in (rows.texts, rows.labels):
            for value in column:
                encoded = value.encode("utf-8", "surrogatepass")
                digest.update(len(encoded).to_bytes(8, "little"))
                digest.update(encoded)
    return digest.hexdigest()
