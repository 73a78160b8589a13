"""`tui-al config path|show|edit`."""

import os
import shlex
import shutil
import subprocess

import typer

from tui_al.errors import BadInput, TuiAlError

config_app = typer.Typer(help="Settings and keys of the app.", rich_markup_mode=None)
_EDITORS = ("nano", "vi")


@config_app.command("path")
def path() -> None:
    """Print where the settings are; the file need not exist."""
    from tui_al.tui.config import find_config

    typer.echo(find_config())


@config_app.command("show")
def show() -> None:
    """Print all settings and keys that hold, as TOML."""
    from tui_al.tui.config import find_config, read_settings, write_out
    from tui_al.tui.pages import known_keys

    known = known_keys()
    typer.echo(write_out(read_settings(find_config(), known), known), nl=False)


@config_app.command("edit")
def edit() -> None:
    """Open the settings in $VISUAL or $EDITOR, and check them afterwards."""
    from tui_al.report.narration import tell
    from tui_al.tui.config import CONFIG_ADVICE, Settings, find_config, read_settings, write_out
    from tui_al.tui.pages import known_keys

    file, known = find_config(), known_keys()
    editor = _find_editor()
    if not file.exists():
        from tui_al.paths import atomic_write

        with atomic_write(file, advice=CONFIG_ADVICE) as temporary:
            temporary.write_text(write_out(Settings(), known, template=True), "utf-8")
    try:
        code = subprocess.run([*editor, str(file)], check=False).returncode
    except OSError as error:
        raise BadInput(f"cannot run {editor[0]}: set VISUAL or EDITOR to an editor") from error
    if code != 0:
        raise TuiAlError(f"{editor[0]} ended with code {code}: {file} was not checked")
    read_settings(file, known)
    tell(f"{file} is valid")


def _find_editor() -> list[str]:
    """The command of VISUAL or EDITOR, else an editor that most machines have."""
    for name in ("VISUAL", "EDITOR"):
        if os.environ.get(name, "").strip():
            return shlex.split(os.environ[name])
    found = next(filter(shutil.which, _EDITORS), None)
    if found is None:
        raise BadInput("no editor found: set VISUAL or EDITOR")
    return [found]
