"""Sections as Markdown and LaTeX."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import section_samples as samples
from golden import check_golden
from hypothesis import given
from hypothesis import strategies as st

from tui_al.report.blocks import Column, Section, Table
from tui_al.report.rendering.render import render

MOST = [samples.curves(), samples.winners(), samples.duels(), samples.ranks(), samples.stages(),
        samples.strange()]  # fmt: skip


def one_cell(text: str | None) -> Section:
    frame = pl.DataFrame({"name": [text]}, schema={"name": pl.String})
    return Section("s", "S", (Table("T", frame, (Column("name", "name"),)),), frame)


def test_golden_markdown() -> None:
    check_golden("report.md", render(MOST, "markdown"))


def test_golden_latex() -> None:
    check_golden("report.tex", render(MOST, "latex"))


@given(st.text())
def test_a_markdown_cell_stays_in_its_cell(text: str) -> None:
    lines = render([one_cell(text)], "markdown").split("\n")
    row = lines[lines.index("| :--- |") + 1]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 2
    assert lines[lines.index("| :--- |") + 2] == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("<script>", r"\<script\>"),
        ("[x](http://y)", r"\[x\](http://y)"),
        ("![x](y)", r"\!\[x\](y)"),
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("a\nb", "a b"),
        ("&lt;", r"\&lt;"),
        ("1. one", r"1\. one"),
        ("- item", r"\- item"),
        ("", ""),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, written: str) -> None:
    assert f"| {written} |" in render([one_cell(text)], "markdown").split("\n")


def test_only_best_rows_are_bold() -> None:
    winners = [samples.winners()]
    markdown = render(winners, "markdown")
    assert "**badge**" in markdown
    assert "**margin**" not in markdown
    latex = render(winners, "latex")
    assert r"\textbf{badge}" in latex
    assert r"\textbf{margin}" not in latex


@pytest.mark.parametrize("form", ["markdown", "latex", "html"])
def test_what_bold_means_is_told_where_something_is_bold(form: str) -> None:
    said = "Bold: ahead of all others by more than the noise."
    winners = samples.winners()
    table, prose = winners.blocks
    assert render([winners], form).count(said) == 1
    plain = replace(winners, blocks=(replace(table, best=None), prose))  # type: ignore[type-var]
    assert said not in render([plain], form)


def test_markup_names_the_charts_that_it_leaves_out() -> None:
    title = samples.curves().blocks[1].title  # type: ignore[union-attr]
    assert f"*{title}: a chart, which --format html and --figures draw*" in render(
        [samples.curves()], "markdown"
    )
    assert f"% {title}: a chart" in render([samples.curves()], "latex")


def test_ranks_become_a_table_whose_letters_are_the_groups() -> None:
    markdown = render([samples.ranks()], "markdown")
    assert "| typiclust | 5.10 | bc |" in markdown
    assert "| badge | 1.90 | a |" in markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50% & more_", r"50\% \& more\_"),
        ("a\\b{c}", r"a\textbackslash{}b\{c\}"),
        ("#$~^", r"\#\$\textasciitilde{}\textasciicircum{}"),
        ("a--b", "a-{}-b"),
        ("a---b", "a-{}--b"),
        ("[0]", "{[}0{]}"),
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("a\n\nb", "a b"),
    ],
)
def test_latex_shows_text_as_it_is(text: str, written: str) -> None:
    assert f"{written} \\\\" in render([one_cell(text)], "latex").split("\n")


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_no_text_leaves_its_latex_cell(text: str) -> None:
    lines = render([one_cell(text)], "latex").split("\n")
    row = lines[lines.index(r"\midrule") + 1]
    assert lines[lines.index(r"\midrule") + 2] == r"\bottomrule"
    cell = row.removesuffix(r" \\")
    if stacked := re.fullmatch(r"\\shortstack\[l\]\{(.+)\\\\(.+)\}", cell):
        assert len(text) > 26
        cell = "".join(stacked.groups())
    cell = re.sub(r"\\(text\w+\{\}|[{}$&#_%])|\{[][*]\}|-\{\}-", "", cell)
    assert not re.search(r"[\\{}$&#_%~^]", cell)


def test_latex_is_balanced_and_says_what_it_needs() -> None:
    latex = render(MOST, "latex")
    assert latex.startswith("% In the preamble: ")
    assert r"\usepackage{booktabs}" in latex.split("\n")[0]
    for name in ("table", "tabular"):
        assert latex.count(rf"\begin{{{name}}}") == latex.count(rf"\end{{{name}}}") > 3
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert latex.count(rule) == latex.count(r"\begin{tabular}")
    for sides, row in re.findall(r"\\begin\{tabular\}\{@\{\}(\w+)@\{\}\}\n\\toprule\n(.*)", latex):
        assert len(re.findall(r"(?<!\\)&", row)) == len(sides) - 1


def test_latex_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here")
    ascii_names = Section(
        "s", "50% & more_#$~^{}\\", one_cell("a_b--c [x] *").blocks, pl.DataFrame()
    )
    body = render([*MOST[:-1], ascii_names], "latex")
    document = tmp_path / "report.tex"
    document.write_text(
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\\usepackage{booktabs}\n"
        f"\\begin{{document}}\n{body}\\end{{document}}\n",
        "utf-8",
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run(
        [*command, document.name], check=False, cwd=tmp_path, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert document.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
