"""Keys that every screen has, and those of tables and dialogs.

A screen's own keys are other letters than these: `tests/app/test_app_config.py` checks it.
"""

from tui_al.tui.keys import Key

APP_KEYS = (
    Key("app.help", "?,f1", "Help", "What the keys do here"),
    Key("app.back", "escape", "Back", "Out of a field, else to the screen shown before",
        show=False),
    Key("app.jump", "ctrl+o", "Jump", "A letter on every pane: type it to go there", show=False),
    Key("app.palette", "ctrl+p", "Commands", "Every command by its name", "command_palette",
        priority=True),
    Key("app.suspend", "ctrl+z", "Suspend", "Back to the shell for a while; fg returns",
        "suspend_process", show=False),
    Key("app.quit", "ctrl+q", "Quit", "Leave; asks first while something runs", show=False,
        priority=True),
)  # fmt: skip

COPY_KEYS = (
    Key("app.copy", "y", "Copy", "Copy what is marked, else what the cursor is on",
        action="copy_text", show=False),
)  # fmt: skip

ROW_KEYS = (
    Key("rows.down", "j", "Next row", action="cursor_down", show=False),
    Key("rows.up", "k", "Previous row", action="cursor_up", show=False),
    Key("rows.left", "h", "Left", action="cursor_left", show=False),
    Key("rows.right", "l", "Right", action="cursor_right", show=False),
    Key("rows.first", "home,g", "First row", action="scroll_top", show=False),
    Key("rows.last", "end,G", "Last row", action="scroll_bottom", show=False),
)

SCROLL_KEYS = (
    Key("rows.down", "j", "Down", action="scroll_down", show=False),
    Key("rows.up", "k", "Up", action="scroll_up", show=False),
    Key("rows.left", "h", "Left", action="scroll_left", show=False),
    Key("rows.right", "l", "Right", action="scroll_right", show=False),
    Key("rows.first", "home,g", "Top", action="scroll_home", show=False),
    Key("rows.last", "end,G", "Bottom", action="scroll_end", show=False),
)
