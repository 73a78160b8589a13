"""Sections in a terminal: widths, colours, marks, and figures that stay whole."""

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import section_samples as samples
from golden import check_golden
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_al.report.blocks import Bars, Column, Lines, RankLine, Section, Table
from tui_al.report.rendering.looks import LOOKS, choose_looks
from tui_al.report.rendering.ranks import lay_out
from tui_al.report.rendering.render import render
from tui_al.report.rendering.terminal import render_terminal
from tui_al.report.rendering.terminal_ranks import draw_ranks
from tui_al.report.rendering.values import write_rows

EMPTY = pl.DataFrame()


def shown(*blocks: object, width: int = 80) -> str:
    section = Section("s", "S", blocks, EMPTY)  # type: ignore[arg-type]
    return render_terminal([section], width=width, color=False)


def widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


@pytest.mark.parametrize("name", ["curves", "winners", "duels", "ranks", "stages", "ladder"])
def test_golden(name: str) -> None:
    section = getattr(samples, name)()
    check_golden(f"{name}.txt", render_terminal([section], width=80, color=False))


@pytest.mark.parametrize("width", [40, 52, 66, 80, 93, 100])
def test_nothing_is_wider_than_the_console(width: int) -> None:
    text = render_terminal(samples.samples(), width=width, color=False)
    assert widest(text) <= width


def test_wider_consoles_get_a_hundred_columns_and_a_pipe_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert widest(render_terminal([samples.curves()], width=180, color=False)) == 100
    assert widest(render_terminal([samples.curves()])) == 100
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "72")
    assert widest(re.sub(r"\x1b\[[0-9;]*m", "", render_terminal([samples.curves()]))) == 72


def test_without_colour_there_is_no_escape_code(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = samples.samples()
    assert "\x1b" not in render_terminal(everything, color=False)
    assert "\x1b" not in render_terminal(everything)  # no terminal here
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in render_terminal(everything)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in render_terminal(everything)


@pytest.mark.parametrize(
    ("terminal", "codes"),
    [
        ({"TERM": "xterm-256color"}, "38;5;"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "38;2;"),
        ({"TERM": "dumb"}, ""),
    ],
)
def test_colours_are_those_that_the_terminal_has(terminal: dict[str, str], codes: str) -> None:
    """In a process of its own: rich keeps the codes that a style had the first time."""
    script = "import section_samples as s; from tui_al.report.rendering.render import render; " \
        "print(render([s.curves(), s.duels()], 'table'))"  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "FORCE_COLOR": "1", **terminal}
    environment["PYTHONPATH"] = str(Path(samples.__file__).parent)
    out = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=True
    ).stdout.decode()
    assert set(re.findall(r"38;[25];", out)) == ({codes} if codes else set())


def test_names_cannot_act_on_the_terminal() -> None:
    coloured = render_terminal([samples.strange()], color=True)
    assert "\x1b[31mred" not in coloured
    assert "\u202e" not in coloured


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_every_figure_of_a_table_is_whole_at_every_width(width: int) -> None:
    table = samples.winners().blocks[0]
    assert isinstance(table, Table)
    text = shown(table, width=width)
    for row in write_rows(table):
        for written, column in zip(row, table.columns, strict=True):
            if column.kind != "text":
                assert re.search(rf"(^|\s){re.escape(written.main)}(\s|$)", text, re.MULTILINE)


def test_spreads_go_first_and_the_table_says_so() -> None:
    table = samples.winners().blocks[0]
    assert isinstance(table, Table)
    few = replace(table, columns=[table.columns[2], table.columns[4], table.columns[5]])
    assert "0.889 ±0.010 =" in shown(few, width=60)
    narrow = shown(few, width=40)
    assert "±0.010" not in narrow
    assert "0.889 =" in narrow
    assert "need a wider terminal" in narrow


def test_a_table_too_wide_is_split_and_each_part_names_its_rows() -> None:
    frame = pl.DataFrame({"name": ["one", "two"], **{f"c{i}": [i, i] for i in range(40)}})
    columns = [Column("name", "name"), *(Column(f"c{i}", f"col{i}", "count") for i in range(40))]
    text = shown(Table("T", frame, columns), width=60)
    parts = text.count("one")
    assert parts > 2
    assert text.count("two") == parts == text.count("name")
    assert all(re.search(rf"\bcol{i}\b", text) for i in range(40))
    assert widest(text) <= 60


def test_the_best_row_is_marked_beside_its_name_without_colour() -> None:
    lines = shown(samples.winners().blocks[0]).split("\n")
    assert sum("badge *" in line for line in lines) == 2  # in both parts
    assert not any(re.search(r"(margin|random) \*", line) for line in lines)
    assert "* ahead of all others by more than the noise" in lines


def test_long_names_end_in_an_ellipsis_and_sentences_wrap() -> None:
    name, sentence = "a-name-without-any-space-in-30c", "a sentence of words " * 4
    frame = pl.DataFrame({"a": [name], "b": [sentence], "c": [0.5]})
    columns = (Column("a", "a"), Column("b", "b"), Column("c", "c", "decimal"))
    text = shown(Table("", frame, columns), width=50)
    assert name not in text
    assert "…" in text
    assert text.count("sentence") == 4
    assert "0.500" in text


@given(
    names=st.lists(st.text(max_size=50), min_size=1, max_size=5),
    columns=st.integers(1, 9),
    width=st.integers(40, 100),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_no_table_overflows(
    names: list[str], columns: int, width: int, data: st.DataObject
) -> None:
    numbers = st.lists(st.floats(-1e6, 1e6), min_size=len(names), max_size=len(names))
    frame = pl.DataFrame(
        {"name": names, **{f"c{place}": data.draw(numbers) for place in range(columns)}}
    )
    shown_columns = [Column("name", "name"),
                     *(Column(f"c{place}", "a title", "signed", low="c0", high="c0")
                       for place in range(columns))]  # fmt: skip
    text = shown(Table("T", frame, shown_columns), width=width)
    assert widest(text) <= width
    assert all(f"{value:+.3f}" in text or abs(value) < 0.001 for value in frame["c0"])


def test_strategies_have_the_same_look_in_every_report_and_companions_differ() -> None:
    def chart(*names: str) -> Section:
        frame = pl.DataFrame({"x": [1] * len(names), "y": [1.0] * len(names), "n": names})
        return Section("s", "S", (Lines("L", frame, "x", "y", "n", "x", "y"),), frame)

    alone = choose_looks([chart("badge")])
    together = choose_looks([chart("mine", "glove-50", "badge"), chart("minilm-l6", "glove-50")])
    assert alone["badge"] == together["badge"]
    assert len({together["mine"], together["glove-50"], together["badge"]}) == 3
    assert together["minilm-l6"] != together["glove-50"]
    assert choose_looks([chart("glove-50", "minilm-l6")])["glove-50"] == LOOKS[0]


def test_the_first_looks_differ_without_colour_and_no_two_are_alike() -> None:
    first = LOOKS[:8]
    assert len({look.marker for look in first}) == len({look.color for look in first}) == 8
    assert len(set(LOOKS)) == len(LOOKS) == 64
    assert all(cell_len(look.marker) == 1 for look in LOOKS)


def test_the_legend_names_every_curve_in_the_order_of_their_ends() -> None:
    text = shown(samples.curves().blocks[0])
    legend = " ".join(text.rstrip().split("\n")[-2:])
    names = re.findall(r"[●▲■◆✚★▼×] (\w+) 0\.\d{3}", legend)
    assert names == ["badge", "margin", "dropquery", "entropy", "typiclust", "random", "coreset",
                     "probcover"]  # fmt: skip


def test_an_entry_of_a_legend_stays_on_one_line_however_long_its_name() -> None:
    names = ["漢字" * 40, "long " * 40, "short"]
    frame = pl.DataFrame({"x": [1] * 3, "y": [0.3, 0.2, 0.1], "name": names})
    text = shown(Lines("Long names", frame, "x", "y", "name", "x", "y"), width=60)
    lines = text.rstrip().split("\n")[-3:]
    assert [line[0] in "●▲■◆✚★▼×" for line in lines] == [True] * 3
    assert [line.rstrip()[-7:] for line in lines] == ["… 0.300", "… 0.200", "t 0.100"]
    assert max(map(cell_len, lines)) <= 60


def test_every_curve_has_its_marker_on_the_canvas() -> None:
    canvas = shown(samples.curves().blocks[0]).partition("labels")[0]
    assert all(look.marker in canvas for look in LOOKS[: len(samples.STRATEGIES)])


def test_points_without_a_place_are_left_out() -> None:
    frame = pl.DataFrame({"x": [0, 10, 100, None], "y": [1.0, None, 2.0, 3.0], "n": ["a"] * 4})
    text = shown(Lines("L", frame, "x", "y", "n", "x", "y", log_x=True))
    assert "▲ a 2.000" in text


def test_a_bar_has_as_many_cells_as_its_shares() -> None:
    frame = pl.DataFrame({"x": ["q"] * 3, "y": [0.5, 0.46, 0.04], "n": ["a", "b", "c"]})
    bar = shown(Bars("B", frame, "x", "y", "n", "x", "share"), width=53).rstrip().split("\n")[-1]
    cells = bar.removeprefix("q  ")
    assert len(cells) == 50
    assert cells.startswith("▲")
    assert " 50% " in cells[:25]
    assert " 46% " in cells[25:48]
    assert cells.endswith("◆◆")


def test_shares_of_nothing_draw_nothing() -> None:
    frame = pl.DataFrame({"x": ["q"], "y": [None], "n": ["a"]}, schema_overrides={"y": pl.Float64})
    assert shown(Bars("B", frame, "x", "y", "n", "x", "y")).rstrip().split("\n")[-1] == "q"


def test_a_heat_map_keeps_the_order_of_its_rows_in_its_columns() -> None:
    text = shown(samples.duels().blocks[0], width=100)
    header = next(line for line in text.split("\n") if line.startswith(" "))
    assert header.split() == list(samples.STRATEGIES)
    badge = next(line for line in text.split("\n") if line.startswith("badge"))
    assert badge.split() == ["badge", "69%", "52%", "57%", "74%", "62%", "85%", "–", "53%"]


@given(
    ranks=st.lists(st.floats(1, 12), min_size=1, max_size=12),
    width=st.integers(40, 100),
    data=st.data(),
)
@settings(max_examples=80, deadline=None)
def test_a_rank_picture_names_all_and_joins_each_to_the_axis(
    ranks: list[float], width: int, data: st.DataObject
) -> None:
    names = [f"n{place}" for place in range(len(ranks))]
    groups = data.draw(st.lists(st.lists(st.sampled_from(names), min_size=2, unique=True))
                       if len(names) > 1 else st.just([]))  # fmt: skip
    line = RankLine("R", names, ranks, data.draw(st.none() | st.floats(0.1, 12)), groups)
    text = draw_ranks(line, width)
    assert widest(text) <= width
    for name, rank in zip(names, ranks, strict=True):
        label = rf"{rank:.2f} {name}$|^{name} {rank:.2f} ─"
        assert re.search(label, text, re.MULTILINE)
    picture = lay_out(line)
    rows = [placed.row for placed in picture.names if not placed.right]
    assert rows == list(range(len(rows)))
    for one in picture.bars:
        for other in picture.bars:
            if one is not other and one.level == other.level:
                assert one.last < other.first or other.last < one.first


def test_a_report_is_rendered_in_tenths_of_a_second() -> None:
    many = [replace(section, name=f"{section.name}{turn}")
            for turn in range(4) for section in samples.samples()[:6]]  # fmt: skip
    render_terminal(many, color=True)
    start = time.process_time()
    render_terminal(many, color=True)
    assert time.process_time() - start < 1.5  # 0.2 s on an idle machine: 24 sections, 32 charts


def test_a_table_is_the_same_through_the_single_entry() -> None:
    sections = [samples.winners()]
    assert render(sections, "table", width=70, color=False) == render_terminal(
        sections, width=70, color=False
    )
