"""`tui-al report` over the results that come with the program: formats, slices, files."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from golden import check_golden

from tui_al.paths import find_reference
from tui_al.report.sections import SECTIONS

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).with_name("tui-al"))
TREC6 = ("report", "--dataset", "trec6", "--model", "minilm-l6")


@pytest.fixture
def shipped(tui_al, monkeypatch):
    """The command with the shipped results, which other tests do without."""
    monkeypatch.setattr("tui_al.report.results.find_reference", find_reference)
    return tui_al


def _close(found, expected) -> bool:
    """Equal but for the last digits, which sums owe to the processor."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            _close(found[name], expected[name]) for name in expected
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_close, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    return found == expected


@pytest.mark.parametrize(
    ("form", "file"),
    [("table", "trec6.txt"), ("markdown", "trec6.md"), ("latex", "trec6.tex")],
)
def test_the_overview_of_the_reference(shipped, form, file) -> None:
    done = shipped(*TREC6, "--format", form)
    assert (done.code, done.err) == (0, "")
    check_golden(file, done.out)


@pytest.mark.parametrize("section", ["verdicts", "ranks", "targets", "win-rates", "times"])
def test_sections_over_all_datasets(shipped, section) -> None:
    done = shipped("report", "--section", section)
    assert done.code == 0
    check_golden(f"reference-{section}.txt", done.out)


def test_rows_for_programs(shipped) -> None:
    golden = REPOSITORY / "tests" / "report" / "golden" / "trec6.json"
    done = shipped(*TREC6, "--format", "json")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(done.out, "utf-8")
    rows = json.loads(done.out)
    assert _close(rows, json.loads(golden.read_text("utf-8")))
    lines = list(csv.DictReader(io.StringIO(shipped(*TREC6, "--format", "csv").out)))
    assert [line["strategy"] for line in lines] == [row["strategy"] for row in rows]
    assert float(lines[0]["aulc_low"]) == rows[0]["aulc_low"]
    several = shipped(*TREC6, "--format", "json", "--section", "all").out
    assert json.loads(several)["settings"] == rows
    assert json.loads(several).keys() == SECTIONS.keys() - {"costs"}


def test_every_figure_and_table_of_the_benchmark_is_there(shipped) -> None:
    told = " ".join(shipped("report", "--section", "all").out.split())
    for source in ("Fig. 1", "Fig. 2", "Figs. 3, 8", "Fig. 4", "Fig. 5", "Figs. 6, 9, 10",
                   "Fig. 7", "Table 5"):  # fmt: skip
        assert f"({source} of the benchmark)" in told


@pytest.mark.parametrize("columns", ["80", "60", "120"])
def test_it_fits_the_width(columns) -> None:
    done = subprocess.run(
        [PROGRAM, "report", "--dataset", "trec6", "--label-price", "0.1"],
        env=os.environ | {"COLUMNS": columns}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert max(map(len, done.stdout.splitlines())) <= min(int(columns), 100)
    assert "\x1b" not in done.stdout


def test_a_slice_in_the_terminal_is_named_in_the_way_to_the_rest(shipped) -> None:
    done = shipped("report", "--dataset", "trec6")
    assert "All of it: tui-al report --dataset trec6 --section settings" in done.out
    whole = shipped("report", "--dataset", "trec6", "--section", "settings").out
    table = re.findall(
        r"^(?:random|coreset|typiclust) .* (0\.\d+) \[[^ ]+ [^ ]+\](?: =)? ", whole, re.M
    )
    assert [table[start : start + 24] for start in (0, 24, 48)] == [
        sorted(table[start : start + 24], reverse=True) for start in (0, 24, 48)
    ]  # best first, a table a model
    assert whole.count("margin") == 9
    assert "All of it" not in whole


def test_tables_are_sorted_filtered_and_cut(shipped) -> None:
    options = ("--section", "settings", "--format", "csv", "--filter", "cycles > 0")
    done = shipped(*TREC6, *options, "--filter", "strategy != random", "--sort", "seconds:desc",
                   "--columns", "strategy,ips,seconds")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert list(rows[0]) == ["strategy", "ips", "seconds"]
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds, reverse=True)
    assert {row["strategy"] for row in rows} == {
        "margin", "entropy", "coreset", "typiclust", "probcover", "badge", "dropquery"
    }  # fmt: skip
    shown = shipped(*TREC6, "--filter", "strategy ~ core", "--section", "settings").out
    assert "coreset" in shown
    assert "margin" not in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--section", "setings"), "did you mean settings"),
        (("--filter", "strategy is badge"), "write COLUMN OP VALUE"),
        (("--sort", "acuracy"), "did you mean accuracy"),
        (("--columns", "models"), "did you mean model"),
        (("--confidence", "95"), "--confidence 95"),
        (("--target", "90"), "--target 90"),
        (("--label-price", "inf"), "--label-price inf"),
        (("--hour-price", "inf", "--label-price", "1"), "--hour-price inf"),
        (("--format", "csv", "--section", "ranks", "--section", "times"), "one section"),
    ],
)
def test_wrong_options_are_one_line(shipped, options, words) -> None:
    done = shipped("report", *options)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert words in line


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("table", "What can be said"), ("json", "["), ("csv", "dataset,"), ("markdown", "#"),
     ("latex", "%"), ("html", "<!doctype html>")],
)  # fmt: skip
def test_files_are_whole_or_absent(shipped, form, beginning, tmp_path: Path) -> None:
    out = tmp_path / "deep" / f"report.{form}"
    done = shipped(*TREC6, "--format", form, "--out", out, "--section", "settings")
    assert (done.code, done.out) == (0, "")
    text = out.read_text("utf-8")
    assert "\x1b" not in text
    assert text.lower().lstrip().startswith(("every setting", beginning.lower()))
    assert list(out.parent.iterdir()) == [out]
    (tmp_path / "full").write_text("")
    refused = shipped(*TREC6, "--out", tmp_path / "full" / "report.txt")
    assert refused.code == 2
    assert "choose another file with --out" in refused.err


def test_charts_as_pictures(shipped, tmp_path: Path) -> None:
    done = shipped(*TREC6, "--section", "win-rates", "--figures", tmp_path / "pictures",
                   "--figure-format", "svg", "--figure-format", "png")  # fmt: skip
    assert done.code == 0
    assert "6 pictures in" in done.err
    pictures = sorted((tmp_path / "pictures").iterdir())
    assert {path.suffix for path in pictures} == {".svg", ".png"}
    assert all(path.stat().st_size > 5000 for path in pictures)


def test_nothing_stored_names_what_is_near_and_the_command(shipped) -> None:
    done = shipped("report", "--dataset", "trec6", "--model", "bert-base-uncased")
    assert (done.code, done.out) == (0, "")
    first, *more = done.err.splitlines()
    assert first == (
        "nothing is stored for trec6 with bert-base-uncased yet: "
        "'tui-al run --dataset trec6 --model bert-base-uncased' computes it"
    )
    assert more == ["stored for trec6: model glove-50, minilm-l6, wordllama-256"]
    both = shipped("report", "--dataset", "trec6", "--dataset", "agnews", "--section", "verdicts")
    assert "nothing is stored for agnews yet" in both.err
    assert "trec6" in both.out


def test_money_in_every_cell_with_prices_only(shipped) -> None:
    assert "What reaching the target costs" not in shipped(*TREC6).out
    priced = shipped(*TREC6, "--label-price", "0.2", "--hour-price", "3", "--section", "costs")
    assert "What reaching the target costs" in priced.out
    unpriced = shipped(*TREC6, "--section", "costs")
    assert "section costs: nothing stored of this slice has something to show there" in unpriced.err


def test_sections_without_anything_are_told_in_the_order_of_the_report(shipped) -> None:
    done = shipped(*TREC6, "--strategy", "margin", "--section", "all")
    told = [line.removeprefix("section ").partition(":")[0] for line in done.err.splitlines()]
    assert len(told) > 3
    assert told == [name for name in SECTIONS if name in told]


def test_another_metric_and_target(shipped) -> None:
    rows = {
        metric: json.loads(shipped(*TREC6, "--metric", metric, "--format", "json").out)
        for metric in ("accuracy", "macro_f1")
    }
    assert rows["accuracy"][0]["aulc"] != rows["macro_f1"][0]["aulc"]
    assert rows["macro_f1"][0]["final_mean"] == pytest.approx(rows["macro_f1"][0]["macro_f1"])
    told = shipped(*TREC6, "--target", "0.8", "--section", "targets").out
    assert "labels to reach accuracy 0.800" in told


def test_the_readme_shows_what_the_command_prints(shipped) -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^`tui-al (report .*--format markdown)`:$", readme, re.MULTILINE)
    table = shipped(*shlex.split(command)).out.partition("\n\n")[2]
    assert table.strip() in readme
    words = shipped("report", "--section", "verdicts").out.splitlines()[2:7]
    assert "\n".join(f"  {line}" for line in words) in readme


def test_it_is_quick() -> None:
    """`benchmarks/report.py` measures; this only notices a collapse."""
    started = time.perf_counter()
    subprocess.run([PROGRAM, "report"], capture_output=True, check=True)
    assert time.perf_counter() - started < 10
