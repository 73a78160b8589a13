"""A Hub that refuses, breaks off, lies or is not there: one clear line, nothing half-written."""

import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from hub_datasets import PARQUET_BRANCH
from hub_downloads import Downloader
from hub_server import HubServer

# dataset: part of the path, status, the Hub's code, what the message has to say
REFUSALS = {
    "agnews": ("/api/datasets/fancyzhx/ag_news", 403, "GatedRepo", "set HF_TOKEN"),
    "banking77": ("/api/datasets/PolyAI/banking77", 500, None, "the Hub answered 500"),
    "dbpedia": ("/api/datasets/fancyzhx/dbpedia_14", 404, "RepoNotFound", "no dataset fancyzhx/db"),
    "trec6": ("/api/datasets/CogComp/trec", 404, "RevisionNotFound", "refs/convert/parquet"),
    "wikitalk": ("/wiki_toxic/resolve/", 404, "EntryNotFound", "the Hub answered 404"),
    "yelp5": ("/yelp_review_full/resolve/", 403, "GatedRepo", "set HF_TOKEN"),
    "mnli": ("/api/datasets/nyu-mll/glue", 401, "Unauthorized", "HF_TOKEN"),
}


def test_a_refusal_is_one_line_and_leaves_nothing(hub: HubServer, downloader: Downloader) -> None:
    for part, status, code, _ in REFUSALS.values():
        hub.fail(part, status, code=code)

    outcomes = downloader.load(hub, *REFUSALS)

    for outcome, (*_, said) in zip(outcomes, REFUSALS.values(), strict=True):
        assert outcome["error"] == "HubUnavailable"
        assert said in outcome["message"]
        assert "\n" not in outcome["message"]
        assert outcome["seconds"] < 5
    assert downloader.left_over() == []


def test_what_is_not_the_hub_is_recognised(hub: HubServer, downloader: Downloader) -> None:
    hub.fail("/api/datasets/fancyzhx/ag_news", 200, body="<html>Please log in</html>")
    hub.fail("/api/datasets/PolyAI/banking77", 200, body="[]")
    hub.fail("/api/datasets/CogComp/trec", 200, body='{"error": "no"}')
    hub.drop_header("/Yelp/yelp_review_full/resolve/", "X-Repo-Commit")

    for outcome in downloader.load(hub, "agnews", "banking77", "trec6", "yelp5"):
        assert outcome["error"] == "HubUnavailable"
        assert "HF_ENDPOINT" in outcome["message"]
        assert "\n" not in outcome["message"]
    assert downloader.left_over() == []


def test_nobody_listening_is_told_within_seconds(downloader: Downloader) -> None:
    with HubServer() as hub:
        pass

    outcome = downloader.load(hub, "agnews")[0]

    assert outcome["error"] == "HubUnavailable"
    assert "the Hub is out of reach" in outcome["message"]
    assert "fancyzhx/ag_news" in outcome["message"]
    assert outcome["seconds"] < 5
    assert downloader.left_over() == []


def test_a_silent_hub_is_given_up(hub: HubServer, downloader: Downloader) -> None:
    hub.hang("/api/datasets/")

    outcome = downloader.load(hub, "trec6", HF_HUB_ETAG_TIMEOUT="1")[0]

    assert outcome["error"] == "HubUnavailable"
    assert "the Hub is out of reach" in outcome["message"]
    assert outcome["seconds"] < 5


def test_offline_is_respected(hub: HubServer, downloader: Downloader) -> None:
    outcome = downloader.load(hub, "agnews", HF_HUB_OFFLINE="1")[0]

    assert outcome["error"] == "HubUnavailable"
    assert hub.requests == []


def test_a_cut_download_goes_on(hub: HubServer, downloader: Downloader) -> None:
    hub.cut("train/0000.parquet", after=200)

    cut = downloader.load(hub, "--impatient", "trec6")[0]
    untroubled = Downloader(downloader.home / "untroubled").load(hub, "trec6")[0]

    assert cut["fingerprint"] == untroubled["fingerprint"]
    assert cut["progress"][-1] == untroubled["progress"][-1]


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
def test_a_large_file_is_resumed_where_it_was_cut(
    ranges: bool, hub: HubServer, downloader: Downloader, tmp_path: Path
) -> None:
    chunk = 10 * 1024 * 1024  # what huggingface_hub reads, and writes to disk, at a time
    content = random.Random(0).randbytes(chunk + 50_000)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(content)
    hub.add("model", "somebody/large", tmp_path / "model")
    hub.ignore_range = not ranges
    hub.cut("model.safetensors", after=chunk + 10_000)

    outcome = downloader.load(hub, "--impatient", "model:somebody/large")[0]

    assert [request.range for request in hub.asked("GET", "/resolve/")] == [None, f"bytes={chunk}-"]
    assert outcome["sha256"] == {"model.safetensors": sha256(content).hexdigest()}
    counts = [done for done, _, _ in outcome["progress"]]
    assert counts[-1] == len(content)
    assert max(counts) == len(content)


@pytest.mark.parametrize(
    "how",
    [{"times": None}, {"times": None, "announced": False}],
    ids=["cut at every attempt", "shorter than announced"],
)
def test_a_download_that_cannot_finish_leaves_nothing(
    how: dict[str, bool | None], hub: HubServer, downloader: Downloader
) -> None:
    hub.cut("test/0000.parquet", after=0, **how)

    outcome = downloader.load(hub, "--impatient", "trec6")[0]

    assert outcome["error"] == "HubUnavailable"
    assert "CogComp/trec" in outcome["message"]
    assert "\n" not in outcome["message"]
    assert downloader.left_over() == []

    hub.heal()
    assert len(downloader.load(hub, "trec6")[0]["test"]) == 12


def test_a_hub_that_stumbles_once_is_asked_again(hub: HubServer, downloader: Downloader) -> None:
    hub.fail("/resolve/", 503, times=1)

    assert len(downloader.load(hub, "--impatient", "trec6")[0]["train"]) == 48


def test_a_hub_whose_files_fail_for_good_is_reported(
    hub: HubServer, downloader: Downloader
) -> None:
    hub.fail("/resolve/", 500)

    outcome = downloader.load(hub, "--impatient", "trec6")[0]

    assert outcome["error"] == "HubUnavailable"
    assert downloader.left_over() == []


def test_a_cancelled_download_leaves_nothing(hub: HubServer, downloader: Downloader) -> None:
    outcome = downloader.load(hub, "--cancel", "trec6")[0]

    assert outcome["error"] == "Cancelled"
    assert downloader.left_over() == []


def test_an_earlier_download_answers_for_a_hub_that_does_not(
    hub: HubServer, downloader: Downloader
) -> None:
    first = downloader.load(hub, "sst2")[0]

    shutil.rmtree(downloader.corpora)
    offline, mnli = downloader.load(hub, "sst2", "mnli", HF_HUB_OFFLINE="1")
    assert offline["fingerprint"] == first["fingerprint"]
    assert offline["origin"] == first["origin"]
    assert mnli["error"] == "HubUnavailable"  # of the same repository, but never downloaded

    shutil.rmtree(downloader.corpora)
    hub.fail("/api/", 503)
    assert downloader.load(hub, "sst2")[0]["fingerprint"] == first["fingerprint"]


def test_an_interrupted_update_does_not_replace_the_earlier_download(
    hub: HubServer, downloader: Downloader, published: Path, tmp_path: Path
) -> None:
    first = downloader.load(hub, "trec6")[0]
    shutil.rmtree(downloader.corpora)
    newer = shutil.copytree(published / "CogComp" / "trec", tmp_path / "newer")
    pl.DataFrame({"text": ["new", "newer"], "coarse_label": ["0", "1"]}).write_parquet(
        newer / "default" / "train" / "0000.parquet"
    )
    hub.add("dataset", "CogComp/trec", newer, revision=PARQUET_BRANCH)
    hub.cut("train/0000.parquet", after=10, times=None, announced=False)
    downloader.load(hub, "--impatient", "trec6")

    offline = downloader.load(hub, "trec6", HF_HUB_OFFLINE="1")[0]

    assert offline["fingerprint"] == first["fingerprint"]


def test_models_download_and_answer_offline(
    hub: HubServer, downloader: Downloader, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    files = {"config.json": "{}", "1_Pooling/config.json": "[]", "model.safetensors": "weights"}
    for name, content in (files | {"README.md": "not asked for"}).items():
        (folder / name).write_text(content)
    commit = hub.add("model", "somebody/some-model", folder)

    online = downloader.load(hub, "model:somebody/some-model")[0]
    offline = downloader.load(hub, "model:somebody/some-model", HF_HUB_OFFLINE="1")[0]

    digests = {name: sha256(content.encode()).hexdigest() for name, content in files.items()}
    assert online["sha256"] == offline["sha256"] == digests
    assert online["commit"] == offline["commit"] == commit


def test_a_name_that_cannot_be_a_hub_id_is_bad_input(
    hub: HubServer, downloader: Downloader
) -> None:
    outcome = downloader.load(hub, "model:some body/--model")[0]

    assert outcome["error"] == "BadInput"
    assert "'some body/--model'" in outcome["message"]
    assert hub.requests == []


@pytest.fixture
def trec_of(hub: HubServer, tmp_path: Path) -> Callable[..., None]:
    """Serve other content as the Hub's TREC."""

    def serve(train: pl.DataFrame | bytes, metadata: str = "{}", split: str = "test") -> None:
        for name in ("train", split):
            path = tmp_path / "other" / "default" / name / "0000.parquet"
            path.parent.mkdir(parents=True)
            if isinstance(train, bytes):
                path.write_bytes(train)
            else:
                train.write_parquet(path, metadata={"huggingface": metadata})
        hub.add("dataset", "CogComp/trec", tmp_path / "other", revision=PARQUET_BRANCH)

    return serve


@pytest.mark.parametrize("other", ["validation", "partial-test"])
def test_a_missing_split_is_named(
    other: str, trec_of: Callable[..., None], hub: HubServer, downloader: Downloader
) -> None:
    trec_of(pl.DataFrame({"text": ["a", "b"], "coarse_label": [0, 1]}), split=other)

    outcome = downloader.load(hub, "trec6")[0]

    assert outcome["error"] == "HubUnavailable"
    assert "'test'" in outcome["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pl.DataFrame({"text": ["a", "b"], "label": [0, 1]}), "no column 'coarse_label'"),
        (pl.DataFrame({"text": ["a", "b"], "coarse_label": [0, 7]}), "row 2 has the label 7"),
        (pl.DataFrame({"text": ["a", "b"], "coarse_label": [0, None]}), "row 2 has an empty label"),
        (pl.DataFrame({"text": ["", None], "coarse_label": [0, 1]}), "every text is empty"),
        (b"PAR1 this is not PAR1", "not a readable parquet file"),
    ],
    ids=["column", "label", "no label", "no text", "parquet"],
)
def test_content_that_the_catalog_does_not_describe_is_named(
    content: pl.DataFrame | bytes,
    said: str,
    trec_of: Callable[..., None],
    hub: HubServer,
    downloader: Downloader,
) -> None:
    names = '{"info": {"features": {"coarse_label": {"names": ["ABBR", "ENTY"]}}}}'
    trec_of(content, names)

    outcome = downloader.load(hub, "trec6")[0]

    assert outcome["error"] == "BadInput"
    assert said in outcome["message"]
    assert "\n" not in outcome["message"]
    assert not downloader.corpora.exists()
