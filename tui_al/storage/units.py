"""Sizes and ages as people write them."""

import math
import re
from datetime import UTC, datetime, timedelta

from tui_al.errors import BadInput

_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?(B|[kKMGT]B|[KMGT]iB)")
_AGE = re.compile(r"([0-9]{1,6}) ?([hdw])")
_POWERS = "BKMGT"
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def parse_size(text: str, option: str) -> int:
    """Bytes of a size like `500MB`, `1.5 GB` or `2GiB`."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{option} {text}: write a size like 500MB, 1.5GB or 2GiB")
    base = 1024.0 if found[2].endswith("iB") else 1000.0
    return round(float(found[1]) * math.pow(base, _POWERS.index(found[2][0].upper())))


def parse_age(text: str, option: str, now: datetime) -> datetime:
    """The moment that lies an age like `12h`, `30d` or `8w` back, or that a date names."""
    found = _AGE.fullmatch(text.strip())
    try:
        if found is not None:
            return now - timedelta(hours=int(found[1]) * _HOURS[found[2]])
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
            return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass  # a day that no calendar has, or before the calendar begins
    raise BadInput(f"{option} {text}: write an age like 12h, 30d or 8w, or a date like 2026-01-31")
