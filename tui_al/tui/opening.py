"""Opening the app: settings, what is remembered, and the choices it begins with."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tui_al.cores import count_cores
from tui_al.errors import BadInput
from tui_al.paths import Cache
from tui_al.tui.choices import opening_choices
from tui_al.tui.config import Settings, find_config, read_settings
from tui_al.tui.memory import Memory, memory_path
from tui_al.tui.pages import known_keys
from tui_al.tui.services import make_services

if TYPE_CHECKING:
    from textual.driver import Driver

CHOICES = ("dataset", "model", "ips", "strategy")


def open_terminal_app(
    given: Mapping[str, str | None],
    cache: Cache,
    data_dir: Path | None,
    *,
    start: bool,
    driver_class: "type[Driver] | None" = None,
) -> int:
    """Check the given choices, then run the app until it is left; its exit code.

    What is not given comes from the settings, else from the last time. Settings that cannot
    be followed are no reason to stay closed: the app opens without them and says why.
    """
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, count_cores() - 1)))  # one draws
    config = find_config()
    memory = Memory(memory_path(config))
    problem = ""
    try:
        settings = read_settings(config, known_keys())
    except BadInput as error:
        settings, problem = Settings(), f"{error}. The app goes by its defaults."
    preferred = asdict(settings.app)
    wishes = {name: preferred[name] or memory.recall("live", name, "") or None for name in CHOICES}
    choices = opening_choices(given, wishes, cache, data_dir)
    services = make_services(
        cache, data_dir, choices, settings, memory, start=start, problem=problem
    )
    from tui_al.tui.app import run_app
    from tui_al.tui.driver import TerminalDriver

    return run_app(services, driver_class or TerminalDriver)
