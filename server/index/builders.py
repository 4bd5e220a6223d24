"""Worker processes that cut contents into segments; none for a handful of files."""

import logging
import multiprocessing
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .arrays import write_arrays
from .build import build
from .chunks import decode

_log = logging.getLogger(__name__)

Content = tuple[bytes, str]


@dataclass(frozen=True)
class Built:
    """A written segment: its checksum, how many postings it has, and its contents as packed UTF-8."""

    checksum: int
    postings: int
    texts: list[bytes]


def build_segment(contents: list[Content], path: Path) -> Built:
    """Builds a segment of contents (raw bytes, language) and writes it. Raises OSError."""
    arrays = build(contents)
    texts = [zlib.compress((decode(raw) or "").encode("utf-8", "replace"), 1) for raw, _ in contents]
    return Built(write_arrays(path, arrays), len(arrays["in_chunk"]), texts)


class Builders:
    """Builds in this process, or, once it is told that there is much to do, in others."""

    def __init__(self, workers: int, make_room: Callable[[], None]) -> None:
        self._workers = workers
        self._make_room = make_room
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Makes the worker processes, if any are allowed; they die with this one, however it ends."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        workers = min(self._workers, cores)
        if workers:
            self._make_room()
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(workers, context, _die_with_parent)

    def submit(self, contents: list[Content], path: Path) -> Callable[[], Built]:
        """Begins to build a segment; the call that is returned waits for it.

        Where workers can't be had or are killed, for want of memory for example, it is built in this process.
        """
        try:
            begun = self._pool.submit(build_segment, contents, path) if self._pool else None
        except BrokenExecutor as error:
            _log.warning("Indexing goes on in one process: %s", error)
            begun = self._pool = None

        def built() -> Built:
            try:
                return begun.result() if begun else build_segment(contents, path)
            except BrokenExecutor as error:
                _log.warning("A segment is built in this process: %s", error)
                return build_segment(contents, path)

        return built

    def close(self) -> None:
        """Ends the workers; what they haven't begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def builders(workers: int = 2, make_room: Callable[[], None] = lambda: None) -> Iterator[Builders]:
    """Builders for one update, in at most so many processes beside this one, started after `make_room`."""
    made = Builders(workers, make_room)
    try:
        yield made
    finally:
        made.close()


def _die_with_parent() -> None:
    """A worker holds both ends of the pool's pipe, so that a killed parent would never be noticed there."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
