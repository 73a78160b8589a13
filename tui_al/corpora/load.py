"""A corpus by name: the user's file, the mirror, the cache's copy, the package, the Hub."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tui_al.catalog import DatasetSpec, datasets
from tui_al.corpora.bundled import read_bundled
from tui_al.corpora.corpus import Corpus, Split, default_budget
from tui_al.corpora.hub import read_hub
from tui_al.corpora.inventory import (
    LIMIT_MARK,
    base_name,
    bundled_origin,
    check_dataset,
    has_texts,
    mirror_files,
    read_meta,
)
from tui_al.corpora.mirror import read_mirror
from tui_al.corpora.splitting import stratified_rows
from tui_al.corpora.store import open_corpus, save_corpus
from tui_al.errors import BadInput, DamagedFile
from tui_al.paths import Cache
from tui_al.progress import ProgressListener, ignore_progress

_LIMIT = re.compile(r"[2-9]|[1-9][0-9]{1,8}")


def accept_any(_: Corpus) -> None:
    """The check of those who take every corpus."""


def load_corpus(
    name: str,
    cache: Cache,
    *,
    data_dir: Path | None = None,
    listener: ProgressListener = ignore_progress,
    check: Callable[[Corpus], None] = accept_any,
) -> Corpus:
    """Load a dataset, keeping a copy in the cache the first time.

    `NAME@N` is a stratified sample of at most N train and N test texts, a dataset of its
    own. `check` sees the corpus before anything is written and may raise. Raises
    `UnknownName` with the closest names, `BadInput` for unusable content, `HubUnavailable`
    where only the Hub has the text and it is out of reach.
    """
    check_dataset(name, cache, data_dir)
    base, mark, limit = name.partition(LIMIT_MARK)
    spec = datasets().get(base)
    copy = _open_copy(base, spec, cache, data_dir)
    whole = copy if copy is not None else _read_source(base, spec, data_dir, listener)
    corpus = limit_corpus(whole, limit) if mark else whole
    check(corpus)
    if copy is None:
        save_corpus(whole, cache)
    return corpus


def limited_name(name: str, limit: int) -> str:
    """The name of the sample of at most `limit` texts of a dataset."""
    if limit < 2:
        raise BadInput(f"--limit {limit} is too small: at least 2 texts are needed")
    return f"{base_name(name)}{LIMIT_MARK}{limit}"


def limit_corpus(corpus: Corpus, limit: str) -> Corpus:
    """A stratified sample of at most `limit` train and test texts, always the same."""
    if not _LIMIT.fullmatch(limit):
        raise BadInput(f"'{corpus.name}@{limit}': write a number of texts after '@', 2 or more")
    train, test = _sample(corpus.train, int(limit)), _sample(corpus.test, int(limit))
    seen = set(train.labels.tolist())
    if len(seen) < 2 or not len(test) or not seen.issuperset(test.labels.tolist()):
        raise BadInput(
            f"'{corpus.name}@{limit}' would lose classes: {len(corpus.classes)} classes "
            "need a larger limit"
        )
    return Corpus(
        name=f"{corpus.name}{LIMIT_MARK}{limit}",
        classes=corpus.classes,
        train=train,
        test=test,
        budget=min(corpus.budget, default_budget(len(train))),
        fingerprint=blake2b(f"{corpus.fingerprint}@{limit}".encode(), digest_size=16).hexdigest(),
        origin=corpus.origin,
        has_texts=corpus.has_texts,
    )


def _sample(split: Split, limit: int) -> Split:
    if limit >= len(split):
        return split
    rows = stratified_rows([str(code) for code in split.labels.tolist()], limit)
    return replace(split, texts=tuple(split.texts[row] for row in rows), labels=split.labels[rows])


def _open_copy(
    name: str, spec: DatasetSpec | None, cache: Cache, data_dir: Path | None
) -> Corpus | None:
    """The cache's copy while it is current; None where the source has to be read again."""
    meta = read_meta(cache, name)
    if meta is None:
        return None
    users_own = meta["origin"]["kind"] == "user"
    if not users_own and _changed(meta, name, spec, data_dir):
        return None
    try:
        return open_corpus(cache, name, meta)
    except DamagedFile:
        if users_own or not has_texts(meta):
            raise  # every other source can be read again
        return None


def _changed(
    meta: dict[str, Any], name: str, spec: DatasetSpec | None, data_dir: Path | None
) -> bool:
    """Whether the place the text would come from now holds another text than the copy."""
    if data_dir is not None and (files := mirror_files(data_dir, name, spec)):
        return bool(meta["origin"].get("files") != files.stamps)
    if spec is not None and spec.bundled and meta["origin"]["kind"] == "bundled":
        now = bundled_origin(spec.bundled)
        return now is not None and (meta["origin"] != now or not has_texts(meta))
    return False


def _read_source(
    name: str, spec: DatasetSpec | None, data_dir: Path | None, listener: ProgressListener
) -> Corpus:
    if data_dir is not None and (files := mirror_files(data_dir, name, spec)):
        return read_mirror(files, name, spec)
    if spec is not None and spec.bundled:
        return read_bundled(spec)
    if spec is not None and spec.hub:
        return read_hub(spec, listener)
    if spec is None:  # the name is known from the cache alone, whose copy cannot be read
        raise DamagedFile(
            f"the cache's copy of {name} is damaged: add it again "
            f"(tui-al dataset add {name} FILE), or name its mirror directory with --data-dir"
        )
    raise BadInput(
        f"dataset {name} is not on this disk: put its files into <data-dir>/{name}/ and name "
        "that folder with --data-dir or TUI_AL_DATA"
    )
