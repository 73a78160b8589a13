"""Keys of the explorer."""

from tui_al.tui.keys import Key

KEYS = (
    Key("explorer.earlier", "left", "Prev", "The cycle before (also h, on the line of cycles)",
        action="move(-1)"),
    Key("explorer.later", "right", "Next", "The cycle after (also l, on the line of cycles)",
        action="move(1)"),
    Key("explorer.start", "<", "First cycle", "Go to the initial pool",
        action="jump(0)", show=False),
    Key("explorer.end", ">", "Last cycle", "Go to the end of the budget",
        action="jump(1)", show=False),
    Key("explorer.play", "space", "Play", "Move on by itself, or stop there"),
    Key("explorer.pane", "v", "Pane", "Show the next pane, where there is no room for all"),
    Key("explorer.first", "a", "Run", "Choose the run to explore", action="choose(0)",
        show=False),
    Key("explorer.second", "b", "Run beside it", "Choose a run to see beside it",
        action="choose(1)", show=False),
    Key("explorer.alone", "x", "Run alone", "Take the run beside it away", show=False),
    Key("explorer.find", "/", "Find", "Find words in the texts", priority=True),
)  # fmt: skip
