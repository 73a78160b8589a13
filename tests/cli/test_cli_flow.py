"""What a newcomer types, on real text."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui_al import Experiment, load_embedded, simulate
from tui_al.paths import Cache
from tui_al.report.palette import STRATEGY_MARKS

DEMO = ("--dataset", "bbcnews", "--model", "wordllama-256")
PROGRAM = str(Path(sys.executable).with_name("tui-al"))
CYCLE_FIELDS = {
    "run_id", "cycle", "n_labeled", "accuracy", "balanced_accuracy", "macro_f1",
    "fit_seconds", "query_seconds", "selected",
}  # fmt: skip


def test_the_demo_without_a_terminal(cache: Cache) -> None:
    done = subprocess.run(
        [PROGRAM, "run", *DEMO],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("bbcnews x wordllama-256, badge from random, seed 0, budget 250")
    cycles = [line.split() for line in lines[2:23]]
    assert [(int(cycle[0]), int(cycle[1])) for cycle in cycles] == [
        (cycle, 30 + 11 * cycle) for cycle in range(21)
    ]
    assert float(cycles[-1][2]) > 0.9
    assert "┤" in done.stdout
    assert STRATEGY_MARKS["badge"].marker in done.stdout
    assert "\x1b" not in done.stdout
    assert "2,225 texts" in done.stderr
    assert len(list(cache.runs.glob("*.parquet"))) == 1


def test_embed_then_run_then_report_without_the_mirror(
    tui_al, real_data: Path, cache: Cache
) -> None:
    options = ("--dataset", "trec6", "--model", "wordllama-256")
    embedded = tui_al("embed", *options, "--data-dir", str(real_data))
    assert embedded.code == 0
    (facts,) = (line for line in embedded.err.splitlines() if line.startswith("trec6 "))
    assert facts.split()[:4] == ["trec6", "wordllama-256", "5,952", "256"]
    run = tui_al("run", *options, "--strategy", "coreset", "--json")
    assert run.code == 0
    cycles = [json.loads(line) for line in run.out.splitlines()]
    assert all(set(cycle) == CYCLE_FIELDS for cycle in cycles)
    assert len({cycle["run_id"] for cycle in cycles}) == 1
    selected = [index for cycle in cycles for index in cycle["selected"]]
    assert len(selected) == len(set(selected)) == cycles[-1]["n_labeled"] == 1000
    report = tui_al("report", "--dataset", "trec6")
    assert report.code == 0
    assert "coreset" in report.out


def test_the_command_and_the_library_agree(tui_al, cache: Cache) -> None:
    run = tui_al("run", *DEMO, "--strategy", "entropy", "--ips", "coreset", "--seed", "3",
                 "--budget", "60", "--cycles", "5", "--initial", "10", "--json")  # fmt: skip
    data = load_embedded("bbcnews", "wordllama-256")
    experiment = Experiment(
        strategy="entropy", ips="coreset", seed=3, budget=60, cycles=5, initial=10
    )
    expected = [
        (record.cycle, record.n_labeled, record.accuracy, list(record.selected))
        for record in simulate(data, experiment)
    ]
    printed = [json.loads(line) for line in run.out.splitlines()]
    keys = ("cycle", "n_labeled", "accuracy", "selected")
    assert [tuple(cycle[key] for key in keys) for cycle in printed] == expected


def test_a_sample_is_a_dataset_of_its_own(tui_al, cache: Cache) -> None:
    assert tui_al("embed", *DEMO, "--limit", "200").code == 0
    assert (cache.embeddings / "bbcnews@200" / "wordllama-256" / "train.npy").is_file()
    run = tui_al("run", "--dataset", "bbcnews@200", "--model", "wordllama-256", "--json")
    assert json.loads(run.out.splitlines()[-1])["n_labeled"] == 100


def test_own_data_from_file_to_report(tui_al, pets: Path) -> None:
    added = tui_al("dataset", "add", "pets", str(pets))
    assert added.code == 0
    assert "48 train and 12 test texts, 3 classes" in added.err
    assert tui_al("run", "--dataset", "pets", "--model", "glove-50", "--budget", "30").code == 0
    rows = json.loads(tui_al("report", "--dataset", "pets", "--format", "json").out)
    assert [(row["dataset"], row["budget"], row["seeds"]) for row in rows] == [("pets", 30, 1)]
    listed = {row["name"]: row for row in json.loads(tui_al("datasets", "--json").out)}
    assert listed["pets"]["train"] == 48
    assert listed["pets"]["embedded"] == ["glove-50"]


def test_report_averages_over_seeds_in_every_format(tui_al, tmp_path: Path) -> None:
    for seed in ("0", "1"):
        assert tui_al("run", *DEMO, "--seed", seed).code == 0
    table = tui_al("report", "--dataset", "bbcnews")
    assert "±" in table.out
    assert all(len(line.rstrip()) <= 100 for line in table.out.splitlines())
    (row,) = csv.DictReader(io.StringIO(tui_al("report", "--format", "csv").out))
    assert (row["strategy"], row["seeds"]) == ("badge", "2")
    file = tmp_path / "report.json"
    assert tui_al("report", "--format", "json", "--out", str(file)).out == ""
    assert json.loads(file.read_text("utf-8"))[0]["accuracy"] == float(row["accuracy"])


def test_report_keeps_a_replaced_dataset_apart(tui_al, pets: Path, tmp_path: Path) -> None:
    run = ("run", "--dataset", "pets", "--model", "glove-50", "--budget", "30")
    for _ in range(2):
        assert tui_al("dataset", "add", "pets", str(pets), "--replace").code == 0
        assert tui_al(*run).code == 0
        pets.write_text(pets.read_text("utf-8") + "one more cat,cat\n", "utf-8")
    table = tui_al("report", "--dataset", "pets", "--section", "settings")
    assert table.out.count("glove-50") == 1
    assert "left out 1 run of an earlier text, embedding or parameter" in table.err
    (row,) = json.loads(tui_al("report", "--dataset", "pets", "--format", "json").out)
    assert row["seeds"] == 1
    evidence = tmp_path / "evidence.json"
    tui_al("report", "--dataset", "pets", "--evidence", str(evidence))
    assert len(json.loads(evidence.read_text("utf-8"))["settings"]) == 2


def test_report_passes_over_a_damaged_file(tui_al, cache: Cache) -> None:
    for seed in ("0", "1"):
        assert tui_al("run", *DEMO, "--seed", seed).code == 0
    damaged, _ = cache.runs.glob("*.parquet")
    content = damaged.read_bytes()
    damaged.write_bytes(content[:50] + bytes(2000) + content[2050:])
    report = tui_al("report", "--dataset", "bbcnews", "--format", "json")
    assert report.code == 0
    assert f"passed over {damaged}" in report.err
    assert [row["seeds"] for row in json.loads(report.out)] == [1]


def test_a_terminal_without_unicode_gets_question_marks(cache: Cache) -> None:
    for command in (["run", *DEMO], ["datasets"]):
        done = subprocess.run(
            [PROGRAM, *command],
            env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()


def test_report_of_nothing_names_the_command(tui_al) -> None:
    nothing = tui_al("report", "--dataset", "trec6", "--model", "glove-50")
    assert nothing.code == 0
    assert "tui-al run --dataset trec6 --model glove-50" in nothing.err
    assert tui_al("report", "--dataset", "trec6", "--format", "json").out.strip() == "[]"


def test_catalogs(tui_al) -> None:
    datasets = {row["name"]: row for row in json.loads(tui_al("datasets", "--json").out)}
    assert len(datasets) == 11
    assert datasets["bbcnews"]["text"] == "package"
    assert datasets["yelp5"] | {"text": "hub", "budget": 2500, "classes": 5} == datasets["yelp5"]
    models = {row["name"]: row for row in json.loads(tui_al("models", "--json").out)}
    assert len(models) == 10
    assert models["minilm-l6"]["weights"] == "package"
    assert (models["nv-embed-v2"]["weights"], models["nv-embed-v2"]["mteb"]) == ("hub", 72.31)
    strategies = {row["name"]: row for row in json.loads(tui_al("strategies", "--json").out)}
    assert {name for name, row in strategies.items() if row["initial_pool"]} == {
        "random",
        "coreset",
        "typiclust",
    }
    assert [p["name"] for p in strategies["dropquery"]["parameters"]] == [
        "copies",
        "rate",
        "fit_rows",
    ]
    for command in ("datasets", "models", "strategies"):
        shown = tui_al(command)
        assert shown.code == 0
        assert "\x1b" not in shown.out


def test_output_into_a_closed_pipe_is_quiet() -> None:
    command = f"{PROGRAM} datasets --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_error(closed: str) -> None:
    command = f"{PROGRAM} report --dataset trec6 {closed}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert not done.stderr
    assert bool(done.stdout) is (closed != ">&-")


def test_ctrl_c_exits_130_and_leaves_no_half_written_file(cache: Cache) -> None:
    embedding = subprocess.Popen(
        [PROGRAM, "embed", "--dataset", "bbcnews", "--model", "minilm-l6"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert embedding.stderr is not None
    for line in embedding.stderr:
        if "embedding bbcnews with minilm-l6" in line:
            break
    embedding.send_signal(2)
    rest = embedding.stderr.read()
    assert embedding.wait() == 130
    assert rest.splitlines()[-1] == "tui-al: interrupted"
    folder = cache.embeddings / "bbcnews" / "minilm-l6"
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from tui_al.cli import app; app(['--help'], standalone_mode=False)",
         "numpy polars rich textual torch transformers sklearn"),
        ("import tui_al.tui.app", "numpy polars torch transformers sklearn scipy huggingface_hub"),
        ("import tui_al", "numpy polars rich textual torch transformers typer"),
    ],
)  # fmt: skip
def test_light_starts_stay_light(code: str, absent: str) -> None:
    check = f"{code}\nimport sys; sys.exit(bool(set({absent.split()!r}) & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", check], check=True, stdout=subprocess.DEVNULL)


def test_first_frame_loads_no_science() -> None:
    """Nor do settings with keys, for which the keys of all screens are looked up."""
    code = """
import asyncio, sys
from tui_al.paths import find_cache
from tui_al.tui import app, opening

async def first_frame(services):
    async with app.TuiAlApp(services).run_test() as pilot:
        await pilot.pause()

app.run_app = lambda services, _: asyncio.run(first_frame(services)) or 0
opening.open_terminal_app({}, find_cache(), None, start=False)
heavy = {"numpy", "polars", "torch", "transformers", "sklearn", "aiohttp"}
sys.exit(bool(heavy & set(sys.modules)))
"""
    config = Path(os.environ["TUI_AL_CONFIG"])
    config.parent.mkdir(parents=True)
    config.write_text("[keys]\nlive.run = 'f9'")
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))
