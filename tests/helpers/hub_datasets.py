"""The Hub's datasets of the catalog as the parquet branch holds them, with a few rows each.

Columns, splits, configurations and class names are the published ones. Row i of a split
has label i modulo the number of classes and texts that say dataset, split and row; a few
rows hold what real comments and reviews hold instead.
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
    train: tuple[str, ...] = ("train",)
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
_BANKING = """
    activate_my_card age_limit apple_pay_or_google_pay atm_support automatic_top_up
    balance_not_updated_after_bank_transfer balance_not_updated_after_cheque_or_cash_deposit
    beneficiary_not_allowed cancel_transfer card_about_to_expire card_acceptance card_arrival
    card_delivery_estimate card_linking card_not_working card_payment_fee_charged
    card_payment_not_recognised card_payment_wrong_exchange_rate card_swallowed
    cash_withdrawal_charge cash_withdrawal_not_recognised change_pin compromised_card
    contactless_not_working country_support declined_card_payment declined_cash_withdrawal
    declined_transfer direct_debit_payment_not_recognised disposable_card_limits
    edit_personal_details exchange_charge exchange_rate exchange_via_app
    extra_charge_on_statement failed_transfer fiat_currency_support get_disposable_virtual_card
    get_physical_card getting_spare_card getting_virtual_card lost_or_stolen_card
    lost_or_stolen_phone order_physical_card passcode_forgotten pending_card_payment
    pending_cash_withdrawal pending_top_up pending_transfer pin_blocked receiving_money
    Refund_not_showing_up request_refund reverted_card_payment? supported_cards_and_currencies
    terminate_account top_up_by_bank_transfer_charge top_up_by_card_charge
    top_up_by_cash_or_cheque top_up_failed top_up_limits top_up_reverted topping_up_by_card
    transaction_charged_twice transfer_fee_charged transfer_into_account
    transfer_not_received_by_recipient transfer_timing unable_to_verify_identity
    verify_my_identity verify_source_of_funds verify_top_up virtual_card_not_working
    visa_or_mastercard why_verify_identity wrong_amount_of_cash_received
    wrong_exchange_rate_for_cash_withdrawal
"""

# The last text column of rows 1, 2, ... of every split.
ODD_TEXTS = (
    "",
    " \n\t",
    "a\x00b \x1b[31mred\x07",
    'He said "no", \\$5\\n; a\ttab',
    "two\nlines\r\nthree\u2028four\x85five",
    "\ufeffmark \u202eesrever \U0001f600",
    "long " * 20_000,
)

PUBLISHED = {
    dataset.name: dataset
    for dataset in (
        Published(
            "agnews",
            "fancyzhx/ag_news",
            "default",
            ("text",),
            ("World", "Sports", "Business", "Sci/Tech"),
            {"train": 48, "test": 12},
            shards=3,
        ),
        Published(
            "banking77",
            "PolyAI/banking77",
            "default",
            ("text",),
            tuple(_BANKING.split()),
            {"train": 160, "test": 77},
        ),
        Published(
            "dbpedia",
            "fancyzhx/dbpedia_14",
            "dbpedia_14",
            ("title", "content"),
            _DBPEDIA,
            {"train": 48, "test": 6_000},
        ),
        Published(
            "mnli",
            "nyu-mll/glue",
            "mnli",
            ("premise", "hypothesis"),
            ("entailment", "neutral", "contradiction"),
            {"train": 48, "validation_matched": 6, "validation_mismatched": 3},
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
            {"train": 48, "validation": 6, "test": 2},
            test="validation",
            others=("idx",),
        ),
        Published(
            "sst2",
            "nyu-mll/glue",
            "sst2",
            ("sentence",),
            ("negative", "positive"),
            {"train": 48, "validation": 6, "test": 2},
            test="validation",
            others=("idx",),
        ),
        Published(
            "trec6",
            "CogComp/trec",
            "default",
            ("text",),
            ("ABBR", "ENTY", "DESC", "HUM", "LOC", "NUM"),
            {"train": 48, "test": 12},
            label="coarse_label",
            others=("fine_label",),
        ),
        Published(
            "wikitalk",
            "OxAISH-AL-LLM/wiki_toxic",
            "default",
            ("comment_text",),
            ("0", "1"),
            {"train": 36, "validation": 12, "test": 6},
            train=("train", "validation"),
            others=("id",),
            named=False,
        ),
        Published(
            "yelp5",
            "Yelp/yelp_review_full",
            "yelp_review_full",
            ("text",),
            ("1 star", "2 star", "3 stars", "4 stars", "5 stars"),
            {"train": 50, "test": 10},
        ),
    )
}


def expected_rows(dataset: Published, *splits: str) -> list[tuple[str, str]]:
    """The texts and label names that a reader must get, in order."""
    return [
        (
            "\n".join(_text(dataset, split, column, row) for column in dataset.texts),
            dataset.classes[row % len(dataset.classes)],
        )
        for split in splits
        for row in range(dataset.splits[split])
    ]


def published_frame(dataset: Published, split: str) -> pl.DataFrame:
    """A split as it is published, labels as numbers."""
    rows = range(dataset.splits[split])
    columns: dict[str, list[str] | list[int]] = {
        column: [_text(dataset, split, column, row) for row in rows] for column in dataset.texts
    }
    # The GLUE test splits hide their labels behind -1.
    hidden = split == "test" and dataset.test != "test"
    codes = [-1 if hidden else row % len(dataset.classes) for row in rows]
    columns |= {dataset.label: codes} | {other: list(rows) for other in dataset.others}
    return pl.DataFrame(columns)


def write_published(root: Path, names: Sequence[str] = tuple(PUBLISHED)) -> None:
    """Write repositories as folders `root/<owner>/<name>`."""
    for name in names:
        write_dataset(root, PUBLISHED[name])


def write_dataset(root: Path, dataset: Published) -> None:
    """Write one dataset, each split in as many files as it has shards."""
    for split, rows in dataset.splits.items():
        size = -(-rows // dataset.shards)
        for shard, part in enumerate(published_frame(dataset, split).iter_slices(size)):
            path = root / dataset.folder / dataset.config / split / f"{shard:04}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_parquet(path, dataset, part)


def write_parquet(path: Path, dataset: Published, rows: pl.DataFrame) -> None:
    """Write rows with what the `datasets` library says of the columns."""
    rows.write_parquet(path, metadata={"huggingface": _features(dataset)})


def serve_published(hub: HubServer, root: Path) -> None:
    """Serve everything that `write_published` put below a folder."""
    for folder in sorted(root.glob("*/*")):
        repo = folder.relative_to(root).as_posix()
        hub.add("dataset", repo, folder, revision=PARQUET_BRANCH)


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
    if column == dataset.texts[-1] and 1 <= row <= len(ODD_TEXTS):
        return ODD_TEXTS[row - 1]
    return f"{dataset.name} {split} {column} {row}"
