"""Colours for what a widget draws itself, line by line."""

from rich.style import Style
from textual.widget import Widget

from tui_al.report.palette import Mark


def tint(widget: Widget, component: str) -> Style:
    """The text style of a component class, mixed with the ground it stands on."""
    style = widget.get_component_rich_style(component)
    return Style(color=style.color, bold=style.bold)


def tint_of(widget: Widget, mark: Mark) -> Style:
    """The colour of a series on the theme's ground."""
    color = mark.color(dark=widget.app.current_theme.dark)
    return Style(color="rgb({},{},{})".format(*color))
