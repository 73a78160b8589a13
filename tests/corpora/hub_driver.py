"""Load datasets, or fetch models, in a process of its own; prints a JSON object for each."""

import argparse
import json
import time
from hashlib import sha256
from typing import Any

from tui_al.corpora.load import load_corpus
from tui_al.errors import Cancelled, TuiAlError
from tui_al.hub import fetch
from tui_al.paths import find_cache
from tui_al.progress import Progress, ProgressListener


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", help="datasets; models as model:OWNER/NAME")
    parser.add_argument("--impatient", action="store_true", help="no pause before a retry")
    parser.add_argument("--cancel", action="store_true", help="cancel at the first byte")
    options = parser.parse_args()
    if options.impatient:
        time.sleep = lambda _: None
    for name in options.names:
        started = time.perf_counter()
        outcome = attempt(name, cancel=options.cancel)
        outcome["seconds"] = time.perf_counter() - started
        print(json.dumps(outcome), flush=True)  # noqa: T201


def attempt(name: str, *, cancel: bool) -> dict[str, Any]:
    reports: list[Progress] = []

    def listen(report: Progress) -> None:
        reports.append(report)
        if cancel and report.done:
            raise Cancelled("cancelled")

    try:
        outcome = fetch_model(name, listen) if name.startswith("model:") else load(name, listen)
    except TuiAlError as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    outcome["progress"] = [(report.done, report.total, report.unit) for report in reports]
    return outcome


def load(name: str, listener: ProgressListener) -> dict[str, Any]:
    corpus = load_corpus(name, find_cache(), listener=listener)
    return {
        "classes": corpus.classes,
        "budget": corpus.budget,
        "fingerprint": corpus.fingerprint,
        "origin": corpus.origin,
        **{
            part: [
                (text, corpus.classes[code])
                for text, code in zip(split.texts, split.labels, strict=True)
            ]
            for part, split in (("train", corpus.train), ("test", corpus.test))
        },
    }


def fetch_model(name: str, listener: ProgressListener) -> dict[str, Any]:
    snapshot = fetch(name.removeprefix("model:"), "model", ("*.json", "*.safetensors"), listener)
    contents = {file: (snapshot.folder / file).read_bytes() for file in snapshot.files}
    digests = {file: sha256(content).hexdigest() for file, content in contents.items()}
    return {"commit": snapshot.commit, "sha256": digests}


if __name__ == "__main__":
    main()
