"""Pictures of Vega-Lite specifications, by vl-convert: no browser, no network."""

import re
from types import ModuleType
from typing import Any, Literal, get_args

from tui_al.errors import BadInput

Picture = Literal["svg", "png", "pdf"]
PICTURES: tuple[Picture, ...] = get_args(Picture)

_ADVICE = "charts in files need two more packages: pip install 'tui-al[export]'"
_SCALE = 2  # pixels of a PNG a unit of the chart: sharp in slides
_LONG_NUMBERS = re.compile(r'(?<= )(?:d|transform)="[^"]*"')


def import_altair() -> ModuleType:
    """Altair, or `BadInput` that says how to install it."""
    try:
        import altair
    except ImportError as error:
        raise BadInput(_ADVICE) from error
    return altair  # type: ignore[no-any-return]


def draw(spec: dict[str, Any], picture: Picture) -> bytes:
    """The picture of a specification. Raises `BadInput` without vl-convert."""
    try:
        import vl_convert
    except ImportError as error:
        raise BadInput(_ADVICE) from error
    version = ".".join(import_altair().SCHEMA_VERSION.split(".")[:2])
    match picture:
        case "svg":
            return _shorten(vl_convert.vegalite_to_svg(spec, vl_version=version)).encode()
        case "png":
            return bytes(vl_convert.vegalite_to_png(spec, scale=_SCALE, vl_version=version))
        case "pdf":
            return bytes(vl_convert.vegalite_to_pdf(spec, vl_version=version))


def _shorten(svg: str) -> str:
    """Two decimals of a pixel are enough: half the size."""
    return _LONG_NUMBERS.sub(lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg)
