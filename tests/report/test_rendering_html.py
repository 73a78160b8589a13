"""The page: one file, no network, every chart in it, every text inert."""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import section_samples as samples
from golden import check_golden
from PIL import Image

from tui_al.errors import BadInput
from tui_al.report.blocks import Column, Prose, Section, Table
from tui_al.report.palette import STRATEGY_MARKS
from tui_al.report.rendering.drawing import draw
from tui_al.report.rendering.render import render

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Elements with their attributes, checked for balance."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return render(samples.samples(), "html")


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_golden() -> None:
    """Without charts, whose letters are as wide as this machine's fonts have them."""
    texts = [
        Section(section.name, section.title,
                [block for block in section.blocks if isinstance(block, Table | Prose)],
                section.rows, section.source)
        for section in (samples.winners(), samples.strange())
    ]  # fmt: skip
    check_golden("report.html", render(texts, "html"))


def test_the_page_refers_to_nothing_outside_itself(page: str, read: Reader) -> None:
    assert not re.search(r"https?:|//[a-z]", page)
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "link", "img", "iframe", "image", "use", "object", "foreignobject"}
    for _, attributes in read.elements:
        assert not {"src", "srcset", "xlink:href", "onclick", "onload"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in page
    assert "@import" not in page


def test_contents_lead_to_every_section(read: Reader) -> None:
    targets = [attributes["href"] for tag, attributes in read.elements if tag == "a"]
    places = [f"#{attributes['id']}" for tag, attributes in read.elements if tag == "section"]
    assert targets == places
    assert len(set(places)) == len(samples.samples())


def test_a_page_of_one_section_has_no_contents() -> None:
    assert "<nav" not in render([samples.winners()], "html")


def test_every_chart_that_has_something_to_show_is_drawn(page: str, read: Reader) -> None:
    drawn = [attributes for tag, attributes in read.elements if tag == "svg"]
    assert len(drawn) == 11  # of 12 charts, one is empty
    assert all(attributes["aria-label"] and attributes["viewbox"] for attributes in drawn)
    assert page.count("nothing to draw") == 1
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_text_and_axes_take_the_page_s_ink(page: str) -> None:
    assert 'fill="currentColor"' in page
    assert not re.search(r'<text[^>]*fill="(#000|black|#1c1e21)"', page)


def test_names_are_inert(page: str, read: Reader) -> None:
    assert "<b>" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    said = "".join(read.text)
    assert "␛[31mred|<b>&_$%#{}~^\\`*[x](y)<U+202E>" in said


def test_hostile_attributes_stay_text() -> None:
    name = '" onload="alert(1)'
    frame = pl.DataFrame({"a": [name]})
    table = Table(name, frame, (Column("a", name),), note=name)
    chart = samples.ranks().blocks[0]
    hostile = Section(name, name, (table, type(chart)(name, (name,), (1.0,), None, ())), frame)  # type: ignore[call-arg]
    reader = Reader()
    reader.feed(render([hostile, hostile], "html"))
    assert not any("onload" in attributes for _, attributes in reader.elements)


def test_chart_pictures_are_well_formed_whatever_the_names() -> None:
    from tui_al.report.rendering.charts import chart_spec
    from tui_al.report.rendering.looks import choose_looks

    section = samples.strange()
    looks = choose_looks([section])
    for block in section.blocks:
        if isinstance(block, Table | Prose):
            continue
        spec = chart_spec(block, looks, ink="black", background="white", titled=True)
        if spec is not None:
            ET.fromstring(draw(spec, "svg"))


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for missing in ("altair", "vl_convert"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, missing, None)
            with pytest.raises(BadInput, match=r"pip install 'tui-al\[export\]'") as error:
                render([samples.ranks()], "html")
            assert "\n" not in str(error.value)


def test_other_formats_do_not_load_the_extra() -> None:
    script = (
        "import sys, section_samples as s\n"
        "from tui_al.report.rendering.render import render\n"
        "import tui_al.report.rendering.html, tui_al.report.rendering.figures\n"
        "for form in ('table', 'json', 'markdown', 'latex'): render(s.samples(), form)\n"
        "assert not {'altair', 'vl_convert', 'textual', 'torch'} & set(sys.modules)\n"
    )
    helpers = Path(samples.__file__).parent
    subprocess.run([sys.executable, "-c", script], check=True, env={"PYTHONPATH": str(helpers)})


@pytest.mark.parametrize("width", [1280, 400])
def test_a_browser_without_network_shows_the_charts(page: str, tmp_path: Path, width: int) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no chromium here")
    path = tmp_path / "report.html"
    path.write_text(page, "utf-8")
    document = _browse(browser, tmp_path, width, "--dump-dom", path.as_uri()).decode()
    assert document.count("<svg ") == 11
    picture = tmp_path / "page.png"
    _browse(browser, tmp_path, width, f"--screenshot={picture}", path.as_uri())
    colors = _colors(picture)
    drawn = {STRATEGY_MARKS[name].anywhere for name in ("margin", "entropy", "typiclust")}
    assert drawn <= colors


def _browse(browser: str, home: Path, width: int, *options: str) -> bytes:
    """Run the browser with every host unreachable."""
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               "--force-color-profile=srgb", "--host-resolver-rules=MAP * ~NOTFOUND",
               "--proxy-server=127.0.0.1:9", f"--user-data-dir={home / 'profile'}",
               f"--window-size={width},900"]  # fmt: skip
    done = subprocess.run([*command, *options], capture_output=True, timeout=120, check=True)
    return done.stdout


def _colors(picture: Path) -> set[tuple[int, int, int]]:
    image = Image.open(picture).convert("RGB")
    found = image.getcolors(maxcolors=image.width * image.height)
    return {color for _, color in found}
