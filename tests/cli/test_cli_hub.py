"""A dataset and a model from the Hub, then the same with the Hub gone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from embedding_samples import save_tiny_model
from hub_datasets import serve_published, write_published
from hub_server import HubServer

PROGRAM = str(Path(sys.executable).with_name("tui-al"))
WANTED = ("--dataset", "trec6", "--model", "acme/tiny-bert")


@pytest.fixture
def hub(tmp_path: Path):
    write_published(tmp_path / "datasets", ["trec6"])
    save_tiny_model("bert", tmp_path / "model")
    with HubServer() as server:
        serve_published(server, tmp_path / "datasets")
        server.add("model", "acme/tiny-bert", tmp_path / "model")
        yield server


def tui_al(hub: HubServer, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments],
        env=hub.environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_the_hub_to_a_report(hub: HubServer, tmp_path: Path) -> None:
    embedded = tui_al(hub, tmp_path, "embed", *WANTED)
    assert embedded.returncode == 0, embedded.stderr
    assert "downloading CogComp/trec" in embedded.stderr
    assert "downloading acme/tiny-bert" in embedded.stderr
    assert embedded.stdout == ""
    (meta,) = (tmp_path / "cache" / "embeddings").rglob("meta.json")
    facts = json.loads(meta.read_text("utf-8"))
    assert facts["commit"] == hub.commit("model", "acme/tiny-bert")
    assert facts["request"]["weights"] == "hub:acme/tiny-bert"
    hub.stop()
    run = tui_al(hub, tmp_path, "run", *WANTED, "--budget", "8", "--cycles", "3", "--json")
    assert run.returncode == 0, run.stderr
    assert [json.loads(line)["n_labeled"] for line in run.stdout.splitlines()] == [2, 4, 6, 8]
    again = tui_al(hub, tmp_path, "embed", *WANTED, "--limit", "12")  # the weights are here
    assert again.returncode == 0, again.stderr


def test_a_hub_out_of_reach_is_one_line(hub: HubServer, tmp_path: Path) -> None:
    hub.stop()
    refused = tui_al(hub, tmp_path, "embed", *WANTED)
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert "out of reach" in line
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
