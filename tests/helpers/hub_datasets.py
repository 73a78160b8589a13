"""The Hub's datasets of the catalog as the parquet branch holds them, with a few rows each.

Columns, splits, configurations and class names are the published ones. Row i of a split
has label i modulo the number of classes and texts that say dataset, split and row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from hub_server import HubServer

PARQUET_BRANCH = "refs/convert/parquet"


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset on the Hub: `texts` in the catalog's order, `others` are not to be read."""

    name: str
    repo: str
    config: str
    texts: tuple[str, ...]
    classes: tuple[str, ...]
    splits: Mapping[str, int]
    test: str = "test"
    label: str = "label"
    others: tuple[str, ...] = ()
    named: bool = True
    shards: int = 1

    @property
    def folder(self) -> Path:
        return Path(self.repo)


_DBPEDIA = ("Company", "EducationalInstitution", "Artist", "Athlete", "OfficeHolder",
            "MeanOfTransportation", "Building", "NaturalPlace", "Village", "Animal", "Plant",
            "Album", "Film", "WrittenWork")  # fmt: skip

PUBLISHED = {
    dataset.name: dataset
    for dataset in (
        Published(
            "agnews",
            "fancyzhx/ag_news",
            "default",
            ("text",),
            ("World", "Sports", "Business", "Sci/Tech"),
            {"train": 40, "test": 12},
            shards=3,
        ),
        Published(
            "banking77",
            "PolyAI/banking77",
            "default",
            ("text",),
            tuple(f"intent_{number}" for number in range(77)),
            {"train": 160, "test": 77},
        ),
        Published(
            "dbpedia",
            "fancyzhx/dbpedia_14",
            "dbpedia_14",
            ("title", "content"),
            _DBPEDIA,
            {"train": 40, "test": 6_000},
        ),
        Published(
            "mnli",
            "nyu-mll/glue",
            "mnli",
            ("premise", "hypothesis"),
            ("entailment", "neutral", "contradiction"),
            {"train": 12, "validation_matched": 6, "validation_mismatched": 3},
            test="validation_matched",
            others=("idx",),
            shards=2,
        ),
        Published(
            "qnli",
            "nyu-mll/glue",
            "qnli",
            ("question", "sentence"),
            ("entailment", "not_entailment"),
            {"train": 12, "validation": 6, "test": 2},
            test="validation",
            others=("idx",),
        ),
        Published(
            "sst2",
            "nyu-mll/glue",
            "sst2",
            ("sentence",),
            ("negative", "positive"),
            {"train": 12, "validation": 6, "test": 2},
            test="validation",
            others=("idx",),
        ),
        Published(
            "trec6",
            "CogComp/trec",
            "default",
            ("text",),
            ("ABBR", "ENTY", "DESC", "HUM", "LOC", "NUM"),
            {"train": 24, "test": 12},
            label="coarse_label",
            others=("fine_label",),
        ),
        Published(
            "wikitalk",
            "OxAISH-AL-LLM/wiki_toxic",
            "default",
            ("comment_text",),
            ("0", "1"),
            {"train": 12, "validation": 4, "test": 6, "balanced_train": 4},
            others=("id",),
            named=False,
        ),
        Published(
            "yelp5",
            "Yelp/yelp_review_full",
            "yelp_review_full",
            ("text",),
            ("1 star", "2 star", "3 stars", "4 stars", "5 stars"),
            {"train": 20, "test": 10},
        ),
    )
}


def expected_rows(dataset: Published, split: str) -> list[tuple[str, str]]:
    """The texts and label names that a reader must get, in order."""
    return [
        (
            "\n".join(_text(dataset, split, column, row) for column in dataset.texts),
            dataset.classes[row % len(dataset.classes)],
        )
        for row in range(dataset.splits[split])
    ]


def write_published(root: Path, names: Sequence[str] = tuple(PUBLISHED)) -> None:
    """Write repositories as folders `root/<owner>/<name>`."""
    for dataset in (PUBLISHED[name] for name in names):
        for split, rows in dataset.splits.items():
            _write_split(root / dataset.folder, dataset, split, rows)


def serve_published(hub: HubServer, root: Path) -> None:
    """Serve everything that `write_published` put below a folder."""
    for folder in sorted(root.glob("*/*")):
        repo = folder.relative_to(root).as_posix()
        hub.add("dataset", repo, folder, revision=PARQUET_BRANCH)


def _write_split(folder: Path, dataset: Published, split: str, rows: int) -> None:
    columns: dict[str, list[str] | list[int]] = {
        column: [_text(dataset, split, column, row) for row in range(rows)]
        for column in dataset.texts
    }
    # The GLUE test splits hide their labels behind -1.
    hidden = split == "test" and dataset.test != "test"
    codes = [-1 if hidden else row % len(dataset.classes) for row in range(rows)]
    columns |= {dataset.label: codes} | {other: list(range(rows)) for other in dataset.others}
    frame = pl.DataFrame(columns)
    size = -(-rows // dataset.shards)
    for shard, part in enumerate(frame.iter_slices(size)):
        path = folder / dataset.config / split / f"{shard:04}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_parquet(path, metadata={"huggingface": _features(dataset)})


def _features(dataset: Published) -> str:
    """What the `datasets` library writes into the metadata of its parquet files."""
    described: dict[str, dict[str, object]] = {
        column: {"dtype": "string", "_type": "Value"} for column in dataset.texts
    }
    described |= {other: {"dtype": "int64", "_type": "Value"} for other in dataset.others}
    described[dataset.label] = (
        {"names": list(dataset.classes), "_type": "ClassLabel"}
        if dataset.named
        else {"dtype": "int64", "_type": "Value"}
    )
    return json.dumps({"info": {"features": described}})


def _text(dataset: Published, split: str, column: str, row: int) -> str:
    return f"{dataset.name} {split} {column} {row}"
