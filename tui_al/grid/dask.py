"""An existing Dask cluster as the workers of a grid (extra `dask`).

Every Dask worker stores its own results in the cache that all of them see. Dask moves the
batches of a worker that dies to others; what that worker had stored by then is found there
and not computed again.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

from tui_al.errors import BadInput, TuiAlError, first_line
from tui_al.grid.batch import Batch, Outcome, compute_batch
from tui_al.grid.shared import SharedDataset
from tui_al.paths import Cache

_SECONDS_TO_CONNECT = 10


class DaskWorkers:
    """The workers of a cluster, reached through its scheduler's address."""

    def __init__(self, address: str, cache: Cache) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise BadInput("--scheduler needs Dask: pip install 'tui-al[dask]'") from error
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                address, timeout=_SECONDS_TO_CONNECT, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise BadInput(
                f"no Dask scheduler answers at {address} ({first_line(error)}): "
                "start one, or correct --scheduler"
            ) from error
        self._cache = cache

    def count(self) -> int:
        """How many processes compute; `TuiAlError` where there are none."""
        workers = len(self._client.nthreads())
        if not workers:
            self._client.close()
            raise TuiAlError("the Dask cluster has no workers: start some, then run this again")
        return workers

    def run(self, batches: Sequence[Batch]) -> Iterator[tuple[Batch, Outcome | None]]:
        """Compute batches, the first with the highest priority; yield each as it comes.

        The outcome is None where Dask gave the batch up because its workers died repeatedly.
        """
        import distributed

        data = self._send_data(batches)
        futures = {
            self._client.submit(
                compute_batch,
                data[batch.data],
                batch.runs,
                self._cache,
                wait=batch.wait,
                pure=False,
                priority=-place,
            ): batch
            for place, batch in enumerate(batches)
        }
        completed: Iterator[Any] = distributed.as_completed(futures, loop=self._client.loop)  # type: ignore[no-untyped-call]
        for future in completed:
            batch = futures.pop(future)
            try:
                outcome: Outcome | None = future.result()
            except distributed.KilledWorker:
                outcome = None
            except CancelledError as error:
                raise TuiAlError(
                    "the Dask cluster went away: start it, then run the same command again"
                ) from error
            future.release()
            yield batch, outcome

    def close(self) -> None:
        """Leave the cluster; it drops what it has not begun."""
        with suppress(OSError, TimeoutError):
            self._client.close()

    def _send_data(self, batches: Sequence[Batch]) -> dict[SharedDataset, Any]:
        """Each dataset's labels once, however many batches use them.

        As a task, not by `scatter`: a task is repeated when the worker that holds it dies.
        """
        every = dict.fromkeys(batch.data for batch in batches)
        return {data: self._client.submit(_keep, data, pure=False) for data in every}


def _keep(data: SharedDataset) -> SharedDataset:
    return data
