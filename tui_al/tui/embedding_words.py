"""The sentences of the screen of embeddings."""

from tui_al.progress import Progress
from tui_al.report.amounts import show_bytes, show_seconds
from tui_al.tui.embedding_jobs import EmbeddingState


def say_idle(marked: int) -> str:
    """What keys would start while nothing runs."""
    if marked:
        return f"{marked} marked: e embeds, a looks at quality, d deletes, Esc unmarks"
    return "e embeds what the cursor is on · Space marks several · Enter looks at quality"


def say_job(job: EmbeddingState, waiting: int) -> str:
    """How far the job being done is, and how many wait behind it."""
    name = " x ".join(job.pair)
    if job.stopping:
        return f"Stopping {name} ... (x again ends it by force)"
    more = f" · {waiting} more wait{'s' if waiting == 1 else ''}" if waiting else ""
    if job.progress is None:
        return f"Loading {name} ...{more}"
    amount, rate, left = describe_progress(job.progress)
    return " · ".join(filter(None, (f"{name}: {amount}", rate, left and f"{left} left"))) + more


def describe_progress(progress: Progress) -> tuple[str, str, str]:
    """How much is done, how fast it goes, and how long it still takes; empty while unknown."""
    left = show_seconds(progress.seconds_left) if progress.done else None
    if progress.unit == "B":
        amount = f"{show_bytes(progress.done)} of {show_bytes(progress.total)}"
        return amount, f"{show_bytes(round(progress.rate))}/s", left or ""
    rate = f"{progress.rate:,.0f} {progress.unit}/s"
    return f"{progress.done:,} of {progress.total:,}", rate, left or ""
