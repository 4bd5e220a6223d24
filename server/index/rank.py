"""Which chunks answer a task best: files first, then chunks of the best files and the best of all others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .arrays import Array, ranges
from .evidence import Evidence, gather
from .features import Columns, chunk_features, file_features
from .forest import forest
from .history import History
from .task import Task
from .view import DOCUMENT, TEST, View

MOST_FILES = 300
WHOLE_FILES = 40
MOST_CHUNKS = 400
_WISHED = 4.0
_FILE = 0.25


@dataclass(frozen=True)
class Ranked:
    """A chunk of a file with its score; `defines` are names of the task that it defines.

    `close` are those that were found by their closeness to the task in meaning.
    """

    path: str
    blob: int
    start: int
    end: int
    symbol: str
    cost: int
    score: float
    defines: tuple[str, ...] = ()
    named: bool = False
    framed: bool = False
    close: bool = False


@dataclass(frozen=True, eq=False)
class Candidates:
    """Files, best first, with their scores; and rows of chunks, each with the position of its file there."""

    known: Evidence
    files: Array
    file_scores: Array
    chunks: Array
    file_of: Array

    def columns(self) -> Columns:
        """What the model of chunks reads."""
        return chunk_features(
            self.known, self.chunks, self.files[self.file_of], self.file_scores[self.file_of], self.file_of
        )


def rank(view: View, history: History, task: Task, close: Array | None = None) -> Iterator[Ranked]:
    """Chunks of live files, best first. A content that several paths share is listed for each of them.

    `close` chunks (numbers) are looked at whatever else speaks for them. The models know reports of a
    sentence and more; for a few words the guess is better.
    """
    known = gather(view, history, task)
    close = np.zeros(0, np.int64) if close is None else close
    files = np.union1d(likely_files(known), view.file[close])
    if not len(files):
        return
    if task.few_words:
        found = candidates(known, files, known.file_guess[files], also=close)
        scores = known.chunk_guess[found.chunks] + known.named_file[found.files[found.file_of]]
    else:
        scores = forest("files").scores(file_features(known, files)) + _wished(known, files)
        found = candidates(known, files, scores, also=close)
        scores = forest("chunks").scores(found.columns()) + _FILE * found.file_scores[found.file_of]
        scores += _wished(known, found.files[found.file_of])
    order = np.argsort(-scores, kind="stable")
    near = set(close.tolist())
    for row in order.tolist():
        yield _ranked(found, row, float(scores[row]), near)


def once(ranked: Iterable[Ranked]) -> Iterator[Ranked]:
    """A content that several paths share is shown at the likeliest of them."""
    shown: set[tuple[int, int]] = set()
    for each in ranked:
        if (each.blob, each.start) not in shown:
            shown.add((each.blob, each.start))
            yield each


def likely_files(known: Evidence) -> Array:
    """File numbers: the first by a guess, and all that the task names."""
    guess = known.file_guess
    count = min(MOST_FILES, int(np.count_nonzero(guess > 0)))
    best = np.argpartition(-guess, count - 1)[:count] if count else np.zeros(0, np.int64)
    return np.union1d(best, np.flatnonzero((known.named_file > 0) | (known.framed > 0)))


def _wished(known: Evidence, files: Array) -> Array:
    """What lifts tests, or documents, where a task is about them: the models only know fixes of sources."""
    traits = known.view.traits[files]
    tests = _WISHED * known.task.about_tests * ((traits & TEST) > 0)
    return np.asarray(tests + _WISHED * known.task.about_documents * ((traits & DOCUMENT) > 0), np.float32)


def candidates(
    known: Evidence, files: Array, scores: Array, most: int = WHOLE_FILES, also: Array | None = None
) -> Candidates:
    """All chunks of the `most` best files, the best chunks of the others, and some chunks of any."""
    view = known.view
    order = np.argsort(-scores, kind="stable")
    files, scores = files[order], scores[order]
    position = np.full(len(view.paths), -1, np.int64)
    position[files] = np.arange(len(files))
    whole = files[:most]
    lengths = view.last[whole] - view.first[whole]
    chunks = ranges(view.first[whole], lengths)
    file_of = np.repeat(np.arange(len(whole)), lengths)
    guess = known.chunk_guess
    count = min(MOST_CHUNKS, int(np.count_nonzero(guess > 0)))
    best = np.argpartition(-guess, count - 1)[:count] if count else np.zeros(0, np.int64)
    best = best if also is None else np.union1d(best, also)
    best_file = position[view.file[best]]
    best = best[best_file >= most]
    return Candidates(
        known,
        files,
        scores,
        np.concatenate((chunks, best)),
        np.concatenate((file_of, best_file[best_file >= most])),
    )


def _ranked(found: Candidates, row: int, score: float, near: set[int]) -> Ranked:
    known, view = found.known, found.known.view
    chunk, file = int(found.chunks[row]), int(found.files[found.file_of[row]])
    start, end = int(view.start[chunk]), int(view.end[chunk])
    frames = known.named.frames.get(file, ())
    return Ranked(
        path=view.paths[file],
        blob=int(view.blobs[file]),
        start=start,
        end=end,
        symbol=view.symbol(chunk),
        cost=int(view.cost[chunk]),
        score=score,
        defines=tuple(known.named.defines.get(chunk, ())),
        named=bool(known.named_file[file] > 0),
        framed=any(start <= frame.line <= end for frame in frames),
        close=chunk in near,
    )
