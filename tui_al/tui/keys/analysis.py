"""Keys of the analysis screen."""

from tui_al.tui.keys import Key

KEYS = (
    Key("analysis.sections", "s", "Sections", "Choose what is shown"),
    Key("analysis.filter", "/", "Filter", "Choose datasets, models, pools and strategies",
        priority=True),
    Key("analysis.metric", "m", "Metric", "Accuracy, balanced accuracy or macro-F1"),
    Key("analysis.targets", "t", "Targets", "Set the targets to reach, and what labels cost",
        show=False),
    Key("analysis.export", "x", "Export", "Write the section as CSV, JSON, Markdown or SVG"),
    Key("analysis.clear", "c", "All runs", "Take all conditions of the filter away"),
    Key("analysis.previous", "[", "Section before",
        "Show the section before", action="turn(-1)", show=False),
    Key("analysis.next", "]", "Next section",
        "Show the section after", action="turn(1)", show=False),
    Key("analysis.reload", "ctrl+r", "Reload", "Look for runs stored meanwhile", show=False),
)  # fmt: skip
