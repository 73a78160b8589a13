"""Learning curves drawn with plotext for standard output."""

from collections.abc import Sequence

from tui_al.learning.records import CycleRecord

_HEIGHT = 16


def draw_curve(records: Sequence[CycleRecord], title: str, width: int, *, color: bool) -> str:
    """Accuracy over labels as text, `width` columns wide; without colour, no escape codes."""
    import plotext

    labels = [record.n_labeled for record in records]
    accuracy = [record.accuracy for record in records]
    plotext.clear_figure()
    plotext.plotsize(width, _HEIGHT)
    plotext.theme("clear")
    plotext.title(title)
    plotext.xlabel("labels")
    plotext.ylabel("accuracy")
    plotext.plot(labels, accuracy, marker="braille", color="cyan" if color else None)
    plotext.scatter(labels, accuracy, marker="●", color="cyan" if color else None)
    drawn = plotext.build()
    return str(drawn if color else plotext.uncolorize(drawn))
