"""The catalog's Hub datasets end to end, against a loopback server in place of the Hub."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hub_datasets import (
    PARQUET_BRANCH,
    PUBLISHED,
    expected_rows,
    serve_published,
    write_dataset,
    write_parquet,
)
from hub_downloads import Downloader, Outcome
from hub_server import HubServer, Redirects

from tui_al.catalog import datasets


@pytest.fixture(scope="module")
def loaded(published: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Every dataset of the Hub, each loaded once."""
    home = Downloader(tmp_path_factory.mktemp("loaded"))
    with HubServer() as hub:
        serve_published(hub, published)
        return dict(zip(PUBLISHED, home.load(hub, *PUBLISHED), strict=True))


def test_the_published_forms_cover_the_catalog() -> None:
    assert set(PUBLISHED) == {name for name, spec in datasets().items() if spec.hub}


@pytest.mark.parametrize("name", PUBLISHED)
def test_texts_and_label_names_arrive_in_order(name: str, loaded: dict[str, Outcome]) -> None:
    dataset, corpus = PUBLISHED[name], loaded[name]

    assert tuple(corpus["classes"]) == dataset.classes
    assert [tuple(row) for row in corpus["train"]] == expected_rows(dataset, *dataset.train)
    if name != "dbpedia":
        assert [tuple(row) for row in corpus["test"]] == expected_rows(dataset, dataset.test)


def test_dbpedia_is_tested_on_5000_rows_in_their_order(loaded: dict[str, Outcome]) -> None:
    rows = [tuple(row) for row in loaded["dbpedia"]["test"]]
    everything = expected_rows(PUBLISHED["dbpedia"], "test")

    assert len(rows) == 5_000
    kept = set(rows)
    assert rows == [row for row in everything if row in kept]


@pytest.mark.parametrize("name", PUBLISHED)
def test_progress_counts_bytes_up_to_the_total(
    name: str, loaded: dict[str, Outcome], published: Path
) -> None:
    dataset, reports = PUBLISHED[name], loaded[name]["progress"]
    folder = published / dataset.folder / dataset.config
    wanted = [folder / split for split in (*dataset.train, dataset.test)]
    size = sum(path.stat().st_size for split in wanted for path in split.iterdir())

    assert {(total, unit) for _, total, unit in reports} == {(size, "B")}
    counts = [done for done, _, _ in reports]
    assert counts == sorted(counts)
    assert counts[-1] == size


def test_the_origin_names_repository_and_commit(loaded: dict[str, Outcome], hub: HubServer) -> None:
    commit = hub.commit("dataset", "CogComp/trec", PARQUET_BRANCH)

    assert loaded["trec6"]["origin"] == {
        "kind": "hub",
        "repo": "CogComp/trec",
        "config": "default",
        "commit": commit,
    }


def test_a_tiny_copy_of_a_dataset_gets_a_budget_it_can_spend(loaded: dict[str, Outcome]) -> None:
    assert loaded["agnews"]["budget"] <= 48


def test_other_splits_and_configurations_are_not_downloaded(
    hub: HubServer, downloader: Downloader
) -> None:
    downloader.load(hub, "sst2")

    assert {request.path.partition("/sst2/")[2] for request in hub.asked("GET", "/resolve/")} == {
        "train/0000.parquet",
        "validation/0000.parquet",
    }


def test_the_second_load_asks_the_hub_nothing(hub: HubServer, downloader: Downloader) -> None:
    first = downloader.load(hub, "agnews")[0]
    hub.requests.clear()
    again = downloader.load(hub, "agnews", "agnews@20", HF_HUB_OFFLINE="1")

    assert hub.requests == []
    assert again[0]["fingerprint"] == first["fingerprint"]
    assert len(again[1]["train"]) == 20


def test_the_sample_of_dbpedia_is_the_same_however_its_shards_are_cut(
    tmp_path: Path, loaded: dict[str, Outcome]
) -> None:
    write_dataset(tmp_path / "cut", replace(PUBLISHED["dbpedia"], shards=7))
    with HubServer() as hub:
        serve_published(hub, tmp_path / "cut")
        elsewhere = Downloader(tmp_path / "elsewhere").load(hub, "dbpedia")[0]

    assert elsewhere["test"] == loaded["dbpedia"]["test"]
    assert elsewhere["fingerprint"] == loaded["dbpedia"]["fingerprint"]


def test_shards_may_store_numbers_in_other_widths(
    tmp_path: Path, downloader: Downloader, loaded: dict[str, Outcome]
) -> None:
    dataset = replace(PUBLISHED["trec6"], shards=2)
    write_dataset(tmp_path / "cut", dataset)
    second = tmp_path / "cut" / dataset.folder / "default" / "train" / "0001.parquet"
    write_parquet(second, dataset, pl.read_parquet(second).cast({"coarse_label": pl.Int8}))
    with HubServer() as hub:
        serve_published(hub, tmp_path / "cut")
        corpus = downloader.load(hub, "trec6")[0]

    assert corpus["fingerprint"] == loaded["trec6"]["fingerprint"]


@pytest.mark.parametrize("redirects", ["relative", "cdn"])
def test_files_behind_a_redirect_arrive(
    redirects: Redirects, published: Path, downloader: Downloader, loaded: dict[str, Outcome]
) -> None:
    with HubServer(redirects=redirects) as hub:
        serve_published(hub, published)
        corpus = downloader.load(hub, "mnli")[0]

    assert corpus["fingerprint"] == loaded["mnli"]["fingerprint"]
    assert len(hub.asked("GET", "/resolve/")) >= 3
