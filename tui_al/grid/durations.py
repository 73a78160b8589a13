"""Durations as people write them: 90s, 45m, 2h, 1h30m."""

import re

from tui_al.errors import BadInput

_PARTS = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?"
                    r"(?:(\d+(?:\.\d+)?)s)?")  # fmt: skip
_SECONDS = (86_400, 3_600, 60, 1)


def parse_duration(text: str) -> float:
    """Seconds of a duration like 2h or 1h30m. Raises `BadInput`."""
    found = _PARTS.fullmatch(text.strip().lower().replace(" ", ""))
    seconds = 0.0
    if found:
        parts = zip(found.groups(), _SECONDS, strict=True)
        seconds = sum(float(number) * unit for number, unit in parts if number)
    if not seconds:
        raise BadInput(f"'{text}' is no duration: write 90s, 45m, 2h or 1h30m")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration in its two largest units."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60:02d} h"
