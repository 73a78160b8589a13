"""The shipped reference results, from the cache of the grids that computed them.

    TUI_AL_CACHE=... .venv/bin/python benchmarks/reference.py [--keep-seconds]

cache/README.md has the grids. Writes one part for the curves and one for the sweep of initial
pools to cache/results/reference, in place of what is there: figures, evidence and queried
texts by index, in the narrowest numbers that hold them; no scores, which strategies compute
again, and no texts. With --keep-seconds, how long a run took stays what it was: for results
that were computed again on a busy machine, and came out equal in all else.
"""

import sys

import polars as pl

from tui_al.paths import find_cache, find_reference
from tui_al.results.compaction import compact
from tui_al.results.parts import write_part
from tui_al.results.schema import STORED_COLUMNS
from tui_al.results.shelves import Shelves, scan

_NARROW = {
    "seed": pl.UInt8,
    "cycle": pl.UInt8,
    "selected": pl.List(pl.UInt16),
    "class_labels": pl.List(pl.UInt16),
    "fit_seconds": pl.Float32,
    "query_seconds": pl.Float32,
    "wall_seconds": pl.Float32,
} | dict.fromkeys(("k0", "batch", "budget", "n_labeled"), pl.UInt16)
_SECONDS = ("fit_seconds", "query_seconds", "wall_seconds")
_FIGURES = ("run_id", "cycle", "n_labeled", "accuracy", "balanced_accuracy", "macro_f1", "selected")
_ORDER = ("dataset", "model", "ips", "k0", "strategy", "seed", "cycle")


def main() -> None:
    """Write the parts and print how large they are."""
    runs, reference = find_cache(None).runs, find_reference()
    compact(runs)
    rows = scan(Shelves([runs]).survey()).collect()
    rows = rows.with_columns(scores=pl.lit(None, dtype=STORED_COLUMNS["scores"]))
    if "--keep-seconds" in sys.argv[1:]:
        rows = keep_seconds(rows, scan(Shelves([reference]).survey()).collect())
    for earlier in reference.glob("*.parquet"):
        earlier.unlink()
    for stem, chosen in (("curves", pl.col("batch") > 0), ("ips", pl.col("batch") == 0)):
        part = rows.filter(chosen).sort(_ORDER).cast(_NARROW)
        path = write_part(reference, stem, part, compression_level=22)
        print(f"{stem}: {part['run_id'].n_unique():,} runs, {path.stat().st_size / 1e6:.1f} MB")


def keep_seconds(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows with the seconds that the same rows had before; all figures must be equal."""
    key = ["run_id", "cycle"]
    if not rows.sort(key).select(_FIGURES).equals(before.sort(key).select(_FIGURES)):
        raise SystemExit("other runs or figures than before: leave out --keep-seconds")
    return rows.drop(_SECONDS).join(before.select(*key, *_SECONDS), on=key).select(rows.columns)


if __name__ == "__main__":
    main()
