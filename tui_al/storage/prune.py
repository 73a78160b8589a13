"""Which parts of the cache may go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui_al.storage.inventory import Item, texts_of
from tui_al.storage.leftovers import remove


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is to go; an item must meet every criterion that is set. None set: leftovers alone.

    `untouched_since` is the moment after which nothing was used that may go; `keep_total` the
    bytes that the whole cache may keep: what was not used for the longest time goes first.
    """

    datasets: Sequence[str] = ()
    models: Sequence[str] = ()
    untouched_since: datetime | None = None
    larger_than: int | None = None
    keep_total: int | None = None
    unfinished: bool = False

    @property
    def any_set(self) -> bool:
        limits = (self.untouched_since, self.larger_than, self.keep_total)
        return bool(
            self.datasets
            or self.models
            or self.unfinished
            or any(limit is not None for limit in limits)
        )

    def allow(self, item: Item) -> bool:
        """Whether an item meets all criteria but `keep_total`."""
        since, larger = self.untouched_since, self.larger_than
        return (
            item.removable
            and not item.busy
            and self.unfinished == (item.kind == "unfinished")
            and (self.any_set or item.kind == "leftover")
            and (not self.datasets or item.dataset in self.datasets)
            and (not self.models or item.model in self.models)
            and (since is None or item.touched < since)
            and (larger is None or item.n_bytes > larger)
        )


def choose(items: Sequence[Item], criteria: Criteria) -> list[Item]:
    """The items to remove. Text stays while an embedding of it does: it would be missed."""
    allowed = sorted(
        (item for item in items if criteria.allow(item)),
        # Of a dataset's text and embeddings that would both go, the text goes last.
        key=lambda item: (item.kind != "leftover", item.kind == "texts", item.touched),
    )
    excess = None
    if criteria.keep_total is not None:
        excess = sum(item.n_bytes for item in items) - criteria.keep_total
    chosen: list[Item] = []
    for item in allowed:
        if excess is not None and excess <= 0:
            break
        if item.kind == "texts" and _needed(item, items, chosen):
            continue
        chosen.append(item)
        excess = None if excess is None else excess - item.n_bytes
    return chosen


def _needed(texts: Item, items: Sequence[Item], chosen: Sequence[Item]) -> bool:
    return any(
        item.kind in ("embedding", "unfinished")
        and texts_of(item) == texts.dataset
        and item not in chosen
        for item in items
    )


def prune(chosen: Sequence[Item]) -> Iterator[Item]:
    """Remove items one by one; each is yielded when it is gone."""
    for item in chosen:
        remove(item.path)
        yield item
