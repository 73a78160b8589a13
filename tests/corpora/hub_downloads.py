"""Loading through the Hub in a process of its own: see hub_server.py for the reason."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub_server import HubServer

Outcome = dict[str, Any]

_DRIVER = Path(__file__).with_name("hub_driver.py")


@dataclass(frozen=True, slots=True)
class Downloader:
    """Loads in new processes whose cache and Hub cache are below `home`."""

    home: Path

    @property
    def corpora(self) -> Path:
        return self.home / "cache" / "corpora"

    def load(self, hub: HubServer, *arguments: str, **variables: str) -> list[Outcome]:
        """What came of each dataset: its content, or the error; nothing else is printed."""
        done = subprocess.run(
            [sys.executable, str(_DRIVER), *arguments],
            env=hub.environment(self.home) | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        assert done.returncode == 0
        return [json.loads(line) for line in done.stdout.splitlines()]

    def left_over(self) -> list[Path]:
        """Files that only a finished download may leave: corpora, and parts of files."""
        parts = (self.home / "hub").rglob("*.incomplete")
        return [*parts, *(path for path in self.corpora.rglob("*") if path.is_file())]
