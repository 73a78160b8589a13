"""The app's own two themes, in the hues of the palette of series."""

from collections.abc import Collection

from textual.theme import BUILTIN_THEMES, Theme

from tui_al.tui.config import DARK, LIGHT
from tui_al.tui.memory import Memory

THEMES = (
    Theme(
        name=DARK,
        dark=True,
        primary="#56b4e9",
        secondary="#2f8fd6",
        accent="#e69f00",
        warning="#e69f00",
        error="#e8743e",
        success="#2bb38c",
        foreground="#d6dbe1",
        background="#0d1116",
        surface="#12161c",
        panel="#1c232c",
        variables={
            "footer-key-foreground": "#56b4e9",
            "border": "#56b4e9",
            "block-cursor-background": "#2a4a61",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#232b35",
            "input-selection-background": "#56b4e9 35%",
        },
    ),
    Theme(
        name=LIGHT,
        dark=False,
        primary="#0072b2",
        secondary="#2a6f97",
        accent="#b35900",
        warning="#b35900",
        error="#b3401a",
        success="#0e794f",
        foreground="#1d2329",
        background="#eceeec",
        surface="#fafaf7",
        panel="#e1e5e6",
        variables={
            "footer-key-foreground": "#005a8e",
            "border": "#0072b2",
            "block-cursor-background": "#bcdcf0",
            "block-cursor-foreground": "#10151a",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#e1e8ec",
            "input-selection-background": "#0072b2 25%",
        },
    ),
)


UNFIT = tuple(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
"""Textual's themes that leave colours to the terminal: no chart knows what is behind it."""


def opening_theme(
    chosen: str | None, memory: Memory, known: Collection[str]
) -> tuple[str, str | None]:
    """The theme to open with, and a name that was asked for and does not exist."""
    remembered = memory.recall("app", "theme", DARK)
    theme = remembered if remembered in known else DARK
    if chosen is None or chosen in known:
        return chosen or theme, None
    return theme, chosen
