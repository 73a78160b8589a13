"""Keys and what they do, in groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

_GAP = 2  # columns between keys and sentences
_LEAST_SENTENCE = 20


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """What the keys of one place do: rows of keys and sentences."""

    title: str
    rows: Sequence[tuple[str, str]]


class KeyList(Widget):
    """Two columns; sentences are broken where they belong."""

    DEFAULT_CSS = "KeyList { height: auto; }"

    def __init__(self, groups: Sequence[KeyGroup]) -> None:
        super().__init__()
        self._groups = groups
        self._broken: tuple[int, Text] = (0, Text())  # for a width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self._break(width).plain.count("\n") + 1

    def render(self) -> Text:
        return self._break(self.size.width)

    def _break(self, width: int) -> Text:
        """All lines. Asked for again and again while a dialog opens, and made once."""
        if self._broken[0] != width:
            keys = [keys for group in self._groups for keys, _ in group.rows]
            widest = max(map(len, keys), default=0)
            column = max(0, min(widest, width - _LEAST_SENTENCE - _GAP)) + _GAP
            groups = (_draw(group, column, width) for group in self._groups)
            self._broken = width, Text("\n\n").join(groups)
        return self._broken[1]


def _draw(group: KeyGroup, column: int, width: int) -> Text:
    lines = [Text(group.title, "dim")]
    for keys, sentence in group.rows:
        first, *others = wrap(sentence, max(1, width - column)) or [""]
        lines.append(Text.assemble((keys.ljust(column - _GAP), "bold"), " " * _GAP, first))
        lines += [Text(" " * column + other) for other in others]
    return Text("\n").join(lines)
