"""The sentences of the results screen."""

HELP = (
    "Every stored run: yours, and those that come with the program. Rows are means over seeds "
    "with their standard deviation (a shows the runs, v their cycles); Enter opens what a row "
    "is made of, Esc returns.\n\n"
    "The curve of the row under the cursor is drawn below, with those of the rows that Space "
    "selects; the band of a mean is one standard deviation over seeds, m changes the metric.\n\n"
    "The filter takes conditions, all of which must hold: dataset=trec6 strategy!=random,margin "
    "aulc>0.8 finished>2d; a word alone is looked for in all texts, -word excludes it, * stands "
    "for anything."
)
NOTHING = (
    "Nothing is stored yet.\n\n"
    "Run something on the Live screen (1), or many at once on the Grid screen (6): every "
    "finished run is stored and appears here.\n"
    "On a command line: tui-al run --dataset bbcnews --model wordllama-256"
)
NO_MATCH = "No row matches the filter. Esc clears it."
UNREADABLE = "Results cannot be read"
NOT_YOURS = "These runs come with the program and stay: only runs of your own can be deleted."


def say_deleted(count: int) -> str:
    """How many runs are gone."""
    return f"{count:,} {'run' if count == 1 else 'runs'} deleted"
