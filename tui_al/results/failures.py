"""Runs that raised: one small file each, until they are computed after all."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tui_al.paths import atomic_write
from tui_al.results.runs import RunIdentity


class Failures:
    """The recorded failures of a cache, by run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(self, run: RunIdentity, reason: str) -> None:
        """Note that a run failed, and why, in one line."""
        facts = {**asdict(run), "error": reason}
        facts["failed_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        with atomic_write(self._folder / f"{run.run_id}.json") as temporary:
            temporary.write_text(json.dumps(facts, indent=1), "utf-8")

    def reasons(self, run_ids: Iterable[str]) -> dict[str, str]:
        """Why each of these runs failed, of those that did."""
        recorded = {path.stem: path for path in self._folder.glob("*.json")}
        found = {}
        for run_id in run_ids:
            if run_id in recorded:
                with suppress(OSError, ValueError, LookupError, TypeError):  # half of a copy, say
                    found[run_id] = str(json.loads(recorded[run_id].read_text("utf-8"))["error"])
        return found

    def forget(self, run_id: str) -> None:
        """The run was computed, or is about to be tried again."""
        (self._folder / f"{run_id}.json").unlink(missing_ok=True)
