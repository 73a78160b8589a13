"""Keys of the screen of embeddings."""

from tui_al.tui.keys import Key

KEYS = (
    Key("embeddings.embed", "e", "Embed", "Embed what is marked, else what the cursor is on"),
    Key("embeddings.mark", "space", "Mark", "Mark a dataset and model, or take the mark away"),
    Key("embeddings.mark_model", "m", "Mark model",
        "Mark all that is missing of this model, or take the marks away", show=False),
    Key("embeddings.mark_dataset", "M", "Mark dataset",
        "Mark all that is missing of this dataset, or take the marks away", show=False),
    Key("embeddings.cancel", "x", "Cancel", "Stop the job the cursor is on; again, by force"),
    Key("embeddings.cancel_all", "X", "Cancel all", "Stop all jobs of this screen", show=False),
    Key("embeddings.assess", "a", "Quality",
        "Look how well what is marked, or under the cursor, tells classes apart"),
    Key("embeddings.view", "v", "Show", "Sizes or qualities in the matrix"),
    Key("embeddings.delete", "d,delete", "Delete", "Delete what is marked or under the cursor"),
    Key("embeddings.jobs", "t", "Jobs", "Facts or the list of jobs, where both have no room",
        show=False),
    Key("embeddings.clear", "c", "Clear", "Take jobs that are over off the list", show=False),
    Key("embeddings.refresh", "r", "Refresh", "Look at the disk again", show=False),
)  # fmt: skip
