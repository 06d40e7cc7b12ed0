"""Long work: a progress bar, and the next piece prepared while the last one is written.

Pieces keep their order. The bar appears after 5 seconds where stderr is a terminal, and never in a pipe.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TypeVar

__all__ = ["ahead", "progress"]

# Seconds before a bar appears.
_PATIENCE = 5.0

Piece = TypeVar("Piece")


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with the number of rows that were just done.

    Examples
    --------
    >>> with progress("Writing", 2) as advance:
    ...     advance(2)
    """
    begun = time.monotonic()
    done = 0
    bar = None
    with ExitStack() as stack:

        def advance(rows: int) -> None:
            nonlocal done, bar
            done += rows
            if bar is not None:
                bar.update(bar.task_ids[0], completed=done)
            elif sys.stderr.isatty() and time.monotonic() - begun > _PATIENCE:
                from rich.console import Console
                from rich.progress import Progress

                bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
                bar.add_task(what, total=total, completed=done)

        yield advance


def ahead(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces while another thread prepares the next one; two are held at a time.

    Examples
    --------
    >>> list(ahead(range(3)))
    [0, 1, 2]
    """
    source = iter(pieces)
    end = object()
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, source, end)
        while (piece := coming.result()) is not end:
            coming = worker.submit(next, source, end)
            yield piece  # type: ignore[misc]
