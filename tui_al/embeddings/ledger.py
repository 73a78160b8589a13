"""Which shards of an embedding are finished: a line each, written after the shard's rows.

The file is only ever appended to. A line that a killed process left unfinished is cut off,
and a shard counts only while its rows match the digest in its line: whatever an interruption
or a power cut left behind, nothing but finished work is taken over.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

NAME = "ledger.jsonl"


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """A finished shard: digest of its stored rows, and sums over its texts.

    `norms` are the least, the mean and the greatest Euclidean length before scaling.
    """

    shard: int
    rows: int
    digest: str
    tokens: int
    seconds: float
    norms: tuple[float, float, float]


class Ledger:
    """The ledger in a folder. `plan` is the first line: what is being computed, and with what."""

    def __init__(self, path: Path, plan: Mapping[str, Any]) -> None:
        """Open the ledger of this very plan, or begin a new one in place of any other.

        Raises `OSError`.
        """
        kept = read_ledger(path)
        known, self.records = kept if kept is not None and kept[0] == plan else (None, {})
        lines = [dict(plan), *(asdict(record) for record in self.records.values())]
        content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        if known is None or path.read_bytes() != content:
            temporary = path.with_suffix(".tmp")
            temporary.write_bytes(content)
            temporary.replace(path)
        self._file = path.open("ab", buffering=0)

    def append(self, record: ShardRecord) -> None:
        """Note a finished shard. Raises `OSError` with the ledger as it was, or cut short."""
        line = f"{json.dumps(asdict(record))}\n".encode()
        if self._file.write(line) != len(line):
            raise OSError(28, os.strerror(28))  # half a line: the disk is full
        self.records[record.shard] = record

    def forget(self, shards: Iterable[int]) -> None:
        """Take shards for unfinished whose rows proved to be others than those noted."""
        for shard in shards:
            del self.records[shard]

    def close(self) -> None:
        self._file.close()


def read_ledger(path: Path) -> tuple[dict[str, Any], dict[int, ShardRecord]] | None:
    """Plan and finished shards by number, or None where there is no ledger to go by."""
    try:
        first, *rest = path.read_bytes().split(b"\n")[:-1]  # the last may be unfinished
        plan: dict[str, Any] = json.loads(first)
    except (OSError, ValueError):
        return None
    records: dict[int, ShardRecord] = {}
    for line in rest:
        try:
            facts = json.loads(line)
            record = ShardRecord(**(facts | {"norms": tuple(facts["norms"])}))
        except (ValueError, TypeError, KeyError):
            break  # what follows damage is not to be trusted
        records[record.shard] = record
    return plan, records
