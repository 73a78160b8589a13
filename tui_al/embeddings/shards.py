"""A corpus in shards: what is encoded together, and noted as finished together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui_al.corpora.corpus import Corpus

# So many texts fill a few batches of like length, so few characters take seconds, not minutes.
SHARD_TEXTS, SHARD_CHARACTERS = 512, 1 << 18


@dataclass(frozen=True, slots=True)
class Shard:
    """Texts `start` to `stop` of the train pool or the test set; numbers go over both."""

    number: int
    part: str
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def texts(self, corpus: Corpus) -> tuple[str, ...]:
        """The shard's texts."""
        split = corpus.train if self.part == "train" else corpus.test
        return split.texts[self.start : self.stop]


def cut_shards(corpus: Corpus) -> list[Shard]:
    """Every text of a corpus in one shard, the train pool first. The same text, the same cut."""
    shards: list[Shard] = []
    for part, split in (("train", corpus.train), ("test", corpus.test)):
        for start, stop in _cut(split.texts):
            shards.append(Shard(len(shards), part, start, stop))
    return shards


def _cut(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    start, characters = 0, 0
    for row, text in enumerate(texts):
        full = row - start >= SHARD_TEXTS or characters + len(text) > SHARD_CHARACTERS
        if full and row > start:
            yield start, row
            start, characters = row, 0
        characters += len(text)
    if start < len(texts):
        yield start, len(texts)
