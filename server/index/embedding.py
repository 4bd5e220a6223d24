"""Vectors for everything that is indexed, made in the background, the most useful first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from .history import History
from .rerank import document
from .store import Store
from .text import Texts
from .vectors.closeness import Closeness, key_of
from .view import CODE, OTHER, View

_AT_ONCE = 64


@dataclass(frozen=True)
class Embedded:
    """How many chunks have their vectors, of all."""

    done: int
    total: int


@dataclass(frozen=True)
class _Document:
    """What is embedded of a chunk, and where the chunk is."""

    text: str
    blob: int
    start: int


def embed_all(store: Store, closeness: Closeness, paths: Collection[str] | None = None) -> Iterator[Embedded]:
    """Makes the vectors that are missing, of some files' chunks or of all, and tells after each second or so
    how far it is.

    Not to ask for the next step is to pause, to close the iterator is to end; what is made stays. Chunks
    that come into the index meanwhile are left for the next time. Raises SetupError.
    """
    with store.reading() as connection:
        view, history = store.view(connection), store.history(connection)
    files = usefulness(view, history)
    if paths is not None:
        wanted = {int(view.owner[view.numbers[path]]) for path in paths if path in view.numbers}
        files = [file for file in files if file in wanted]
    total = int((view.last - view.first)[files].sum())
    documents = _documents(store, view, files)
    done = 0
    while block := list(islice(documents, _AT_ONCE)):
        closeness.keep([each.text for each in block])
        with store.writing(viewed=False) as connection:
            rows = [(key_of(each.text), each.blob, each.start) for each in block]
            connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)
        done += len(block)
        yield Embedded(done, total)


def usefulness(view: View, history: History) -> list[int]:
    """The files that own chunks: the project's sources first, those often changed of late before others."""
    owning = view.owners
    other = ((view.traits & OTHER) > 0) | ((view.traits & CODE) == 0)
    order = np.lexsort((-history.churn(len(view.paths))[owning], other[owning]))
    found: list[int] = owning[order].tolist()
    return found


def _documents(store: Store, view: View, files: list[int]) -> Iterator[_Document]:
    for file in files:
        chunks = range(int(view.first[file]), int(view.last[file]))
        blob, path = int(view.blobs[file]), view.paths[file]
        lines = zip(chunks, view.start[chunks].tolist(), view.end[chunks].tolist(), strict=True)
        with store.reading() as connection:
            texts = Texts(connection)
            found = [
                _Document(document(path, view.symbol(chunk), texts.lines(blob, start, end)), blob, start)
                for chunk, start, end in lines
            ]
        yield from found
