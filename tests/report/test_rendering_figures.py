"""Charts as picture files."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest
import section_samples as samples

from tui_al.errors import BadInput
from tui_al.report.blocks import Lines, Section
from tui_al.report.rendering.charts import chart_spec
from tui_al.report.rendering.figures import write_figures
from tui_al.report.rendering.looks import choose_looks

STARTS = {"svg": b"<svg", "png": b"\x89PNG\r\n", "pdf": b"%PDF-"}


def test_every_chart_is_a_file_in_every_format(tmp_path: Path) -> None:
    written = write_figures([samples.ranks(), samples.duels()], tmp_path, ("svg", "png", "pdf"))
    assert [path.name for path in written] == [
        f"{name}.{form}"
        for name in (
            "ranks-mean-ranks-over-12-settings",
            "duels-how-often-the-row-beats-the-column",
        )
        for form in ("svg", "png", "pdf")
    ]
    assert sorted(written) == sorted(tmp_path.iterdir())
    for path in written:
        assert path.read_bytes().startswith(STARTS[path.suffix[1:]])


def test_names_are_plain_unique_and_of_charts_with_something_to_show(tmp_path: Path) -> None:
    point = pl.DataFrame({"x": [1], "y": [1.0], "n": ["a"]})
    titles = ("../Naïve: trec6 · 50%", "../naive trec6 50", "字幕", "x" * 200, "x" * 201)
    blocks = [Lines(title, point, "x", "y", "n", "x", "y") for title in titles]
    blocks.append(Lines("empty", point.clear(), "x", "y", "n", "x", "y"))
    section = Section("a/b", "S", blocks, point)
    names = [path.name for path in write_figures([section], tmp_path / "new" / "folder")]
    assert names == ["a-b-naive-trec6-50.svg", "a-b-naive-trec6-50-2.svg", "a-b.svg",
                     f"a-b-{'x' * 56}.svg", f"a-b-{'x' * 56}-2.svg"]  # fmt: skip


def test_a_figure_has_its_title_axes_and_legend(tmp_path: Path) -> None:
    path = write_figures([samples.curves()], tmp_path)[0]
    texts = {node.text for node in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")}
    title = samples.curves().blocks[0].title  # type: ignore[union-attr]
    assert {title, "labels", "accuracy", *samples.STRATEGIES} <= texts


def test_an_unknown_format_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no figures as 'gif': choose among svg, png, pdf"):
        write_figures([samples.ranks()], tmp_path / "f", ("svg", "gif"))
    assert not (tmp_path / "f").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="choose another folder for the figures"):
        write_figures([samples.ranks()], tmp_path / "file")


@pytest.mark.parametrize("missing", ["altair", "vl_convert"])
def test_without_the_extra_one_line_says_how_to_get_it(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(BadInput, match=r"pip install 'tui-al\[export\]'"):
        write_figures([samples.ranks()], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_of_columns_are_no_paths_into_the_data() -> None:
    frame = pl.DataFrame({"a.b": [1, 2], "c[0]": [0.5, 0.6], "d:N": ["x", "y"]})
    lines = Lines("L", frame, "a.b", "c[0]", "d:N", "x", "y")
    looks = choose_looks([Section("s", "S", (lines,), frame)])
    spec = chart_spec(lines, looks, ink="black", background="white", titled=False)
    assert spec is not None
    values = [{"x": 1, "y": 0.5, "series": "x"}, {"x": 2, "y": 0.6, "series": "y"}]
    assert list(spec["datasets"].values()) == [values]


def test_a_series_has_one_colour_and_one_shape_in_all_charts() -> None:
    section = samples.curves()
    looks = choose_looks([section])

    def scales(block: object) -> dict[str, tuple[str, str]]:
        spec = chart_spec(block, looks, ink="black", background="white", titled=False)  # type: ignore[arg-type]
        assert spec is not None
        point = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
        color, shape = point["encoding"]["color"]["scale"], point["encoding"]["shape"]["scale"]
        assert color["domain"] == shape["domain"]
        return {name: (fill, form) for name, fill, form in
                zip(color["domain"], color["range"], shape["range"], strict=True)}  # fmt: skip

    first, second = map(scales, section.blocks)
    assert first == second
    assert len({fill for fill, _ in first.values()}) == len(first) == 8
    assert len({form for _, form in first.values()}) == 8
    assert first["random"] == ("#797979", "circle")


def test_bands_are_drawn_where_they_are_given() -> None:
    section = samples.curves()
    looks = choose_looks([section])
    marks = [
        [layer["mark"]["type"] for layer in spec["layer"]]
        for block in section.blocks
        if (spec := chart_spec(block, looks, ink="black", background="white", titled=False))  # type: ignore[arg-type]
    ]
    assert marks == [["area", "line", "point"], ["rule", "line", "point"]]
