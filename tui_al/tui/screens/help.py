"""Help: what a screen is for, and what the keys do where the cursor is."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tui_al.tui.keys import fill_in, written_keys
from tui_al.tui.screens.dialogs import Dialog, DialogBox
from tui_al.tui.widgets.keylist import KeyGroup, KeyList


@dataclass(slots=True)
class KeyRow:
    """An action's keys as they are written, and what it does."""

    keys: list[str]
    sentence: str


def describe_keys(screen: Screen[object]) -> list[KeyGroup]:
    """The keys that work on a screen now, the focused widget's first, as they are set.

    Of screen and app, only those that have a name in the settings: Textual's own are known
    from elsewhere.
    """
    groups: dict[str, dict[tuple[DOMNode, str], KeyRow]] = {}
    for node, binding, _, tooltip in screen.active_bindings.values():
        sentence = tooltip or binding.description
        if not sentence or (node in (screen, screen.app) and binding.id is None):
            continue
        row = groups.setdefault(_place(node, screen), {}).setdefault(
            (node, binding.action), KeyRow([], sentence)
        )
        row.keys.append(screen.app.get_key_display(binding))
        if binding.id is not None:  # in our own words
            row.sentence = sentence
    everywhere = groups.setdefault("Everywhere", {})
    everywhere[screen, "focus"] = KeyRow(["tab", "shift+tab"], "The next pane, and the one before")
    return [
        KeyGroup(
            title, [(" ".join(dict.fromkeys(row.keys)), row.sentence) for row in rows.values()]
        )
        for title, rows in groups.items()
    ]


def _place(node: DOMNode, screen: Screen[object]) -> str:
    if node is screen.app:
        return "Everywhere"
    if node is screen:
        return "This screen"
    return node.BINDING_GROUP_TITLE or "Where the cursor is"


class HelpScreen(Dialog[None]):
    """The help of the screen below, and the way to the tour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "dismiss", "Close", id="app.help"),  # whichever opened it
        Binding("q,enter", "dismiss", "Close"),
        Binding("t", "tour", "Tour"),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = about
        self._groups = describe_keys(about)

    def compose(self) -> ComposeResult:
        focused = self._about.focused
        words = [text for text in (self._about.HELP, focused.HELP if focused else None) if text]
        with DialogBox("Help", wide=True, hint="t: a tour in two minutes   Esc closes"):
            told = fill_in("\n\n".join(words), written_keys(self.app))
            yield Static(told, markup=False, classes="words")
            yield KeyList(self._groups)

    async def action_tour(self) -> None:
        self.dismiss()
        await self.app.run_action("tour")
