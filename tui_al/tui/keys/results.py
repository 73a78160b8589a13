"""Keys of the results screen."""

from tui_al.tui.keys import Key

KEYS = (
    Key("results.filter", "/", "Filter", "Show the rows that match what is typed",
        priority=True),
    Key("results.sort", "s", "Sort", "Sort by the column under the cursor; again: the other way"),
    Key("results.group", "a", "Seeds", "Means over seeds, or every run"),
    Key("results.level", "v", "Cycles", "A row a cycle, or a run"),
    Key("results.pin", "p", "Pin", "Keep the row on top, or no longer", show=False),
    Key("results.metric", "m", "Metric", "Accuracy, balanced accuracy or macro-F1"),
    Key("results.facts", "i", "Facts", "All that is stored of a run, and how to repeat it",
        show=False),
    Key("results.columns", "c", "Columns", "Choose the columns that are shown", show=False),
    Key("results.clear", "u", "Unselect", "Take all curves off the chart", show=False),
    Key("results.export", "e", "Export", "Write the selected rows, or all, to a file"),
    Key("results.delete", "d,delete", "Delete", "Delete the selected runs; asks first",
        show=False),
    Key("results.reload", "ctrl+r", "Reload", "Read what has been stored meanwhile", show=False),
    Key("results.read_before", "left", "Cycle before",
        "In the chart: read the curves one cycle earlier", action="read(-1)", show=False),
    Key("results.read_after", "right", "Cycle after",
        "In the chart: read the curves one cycle later", action="read(1)", show=False),
    Key("results.closer", "+,=", "Closer", "Zoom in, about the crosshair", action="zoom(1)",
        show=False),
    Key("results.farther", "-", "Farther", "Zoom out", action="zoom(-1)", show=False),
)  # fmt: skip
