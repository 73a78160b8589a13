"""Sizes and durations as people say them. Importable without numpy."""


def show_seconds(seconds: float | None) -> str | None:
    """A duration as people say it, to two places."""
    if seconds is None:
        return None
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes, hours = seconds / 60, seconds / 3600
    return f"{minutes:.0f} min" if minutes < 60 else f"{hours:.1f} h"


def show_bytes(number: int | None) -> str | None:
    """A size in the largest unit that leaves a digit before the point."""
    if number is None:
        return None
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
