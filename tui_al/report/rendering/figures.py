"""The charts of sections as picture files, one a chart."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from tui_al.errors import BadInput
from tui_al.paths import atomic_write
from tui_al.report.blocks import Prose, Section, Table
from tui_al.report.rendering.charts import chart_spec
from tui_al.report.rendering.drawing import PICTURES, Picture, draw, import_altair
from tui_al.report.rendering.looks import choose_looks
from tui_al.textsafe import visible

_INK, _PAPER = "#1c1e21", "white"
_LONGEST_NAME = 60
_ADVICE = "choose another folder for the figures"


def write_figures(
    sections: Sequence[Section], folder: Path, formats: Sequence[str] = ("svg",)
) -> list[Path]:
    """Draw every chart that has something to show into files named for section and title.

    Returns the files in the order of the charts. Raises `BadInput` for other formats than svg,
    png and pdf, for a folder that cannot be written, and without the extra `export`.
    """
    pictures = _check_formats(formats)
    import_altair()
    looks = choose_looks(sections)
    taken: set[str] = set()
    written = []
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table | Prose):
                continue
            spec = chart_spec(block, looks, ink=_INK, background=_PAPER, titled=True)
            if spec is None:
                continue
            name = _file_name(section.name, block.title, taken)
            for form in pictures:
                path = folder / f"{name}.{form}"
                picture = draw(spec, form)
                with atomic_write(path, advice=_ADVICE) as temporary:
                    temporary.write_bytes(picture)
                written.append(path)
    return written


def _check_formats(formats: Sequence[str]) -> list[Picture]:
    known: dict[str, Picture] = {picture: picture for picture in PICTURES}
    for form in formats:
        if form not in known:
            raise BadInput(f"no figures as '{form}': choose among {', '.join(PICTURES)}")
    return [known[form] for form in dict.fromkeys(formats)]


def _file_name(section: str, title: str, taken: set[str]) -> str:
    """A name of plain letters, digits and hyphens that no other chart has."""
    plain = unicodedata.normalize("NFKD", visible(f"{section} {title}", one_line=True))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    name = "-".join(words)[:_LONGEST_NAME].strip("-") or "figure"
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique
