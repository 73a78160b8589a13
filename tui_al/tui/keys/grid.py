"""Keys of the grid's screen."""

from tui_al.tui.keys import Key

KEYS = (
    Key("grid.run", "r", "Run", "Compute what of the choice is not stored yet"),
    Key("grid.choose", "space", "Choose", "Take what the cursor is on, or leave it out"),
    Key("grid.all", "a", "All", "Take everything in this list, or nothing"),
    Key("grid.options", "o", "Options",
        "Curves or a sweep of initial pools, labels, cycles, workers, time"),
    Key("grid.stop", "x", "Stop", "Stop; what is stored stays. Again, by force"),
    Key("grid.retry", "t", "Retry", "Compute also what failed before"),
    Key("grid.count", "p", "Preflight", "Count and estimate again", show=False),
)  # fmt: skip
