"""Searching by meaning: to the chunks that words find come those that are near, and all are ranked again."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .arrays import Array
from .rank import Ranked, once, rank
from .store import Store
from .task import Task
from .text import Texts
from .vectors.closeness import Closeness
from .vectors.codes import Floats
from .view import View

FIRST = 100
"""Chunks that are ranked again: to make the vectors of so many takes a second or two."""

NEAREST = 50
"""Chunks that are near to the title, and as many to the whole query."""

_LONGEST_DOCUMENT = 1500
_LONGEST_TITLE = 300
_LONGEST_QUERY = 1600
_WEIGHTS = np.array([0.6, 0.6, 0.6], np.float32)
"""Of the title, the whole query, and a snippet."""

_MOST_SPREADS = 2
"""One chunk that is unlike all others doesn't sink for it: it may be the one that a name leads to."""


def by_meaning(store: Store, query: str, snippet: str, task: Task, closeness: Closeness) -> list[Ranked]:
    """Ranked chunks, best first; `snippet` is code as it might look, or "". Raises SetupError.

    A report waits for the vectors of the first chunks; a few words don't: chunks without keep their scores.
    Other searches needn't wait meanwhile.
    """
    text = query.strip()
    asked = [text.partition("\n")[0][:_LONGEST_TITLE], text[:_LONGEST_QUERY]]
    asked += [snippet[:_LONGEST_DOCUMENT]] if snippet.strip() else []
    answer = closeness.ask(asked)
    with store.reading() as connection:
        noted = connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is not None
    # Where nothing is noted, the model works while words are ranked.
    questions = answer.result() if noted else ()
    nearest = [key for question in questions for key in closeness.nearest(question, NEAREST)]
    with store.reading() as connection:
        view = store.view(connection)
        close = chunks_of(view, connection, nearest)
        ranked = list(once(rank(view, store.history(connection), task, close)))
        texts = Texts(connection)
        rows = [row for row, each in enumerate(ranked) if row < FIRST or each.close]
        documents = [document_of(ranked[row], texts) for row in rows]
    found = closeness.cosines(answer.result(), documents, wait=not task.few_words)
    first = [ranked[row] for row in rows]
    kept = set(rows)
    rest = [each for row, each in enumerate(ranked) if row not in kept]
    return sorted([*rerank(first, found, task.few_words), *rest], key=lambda each: -each.score)


def rerank(ranked: Sequence[Ranked], cosines: Floats, few_words: bool) -> list[Ranked]:
    """The chunks, in this order, with scores raised or lowered by the cosines (q, n) of title, query and
    snippet, if there is one. NaN changes nothing.
    """
    known = np.isfinite(cosines[0])
    if known.sum() < 2:
        return list(ranked)
    some = cosines[:, known]
    mean, spread = some.mean(axis=1, keepdims=True), some.std(axis=1, keepdims=True) + 1e-6
    close = np.where(known, np.clip((cosines - mean) / spread, -_MOST_SPREADS, _MOST_SPREADS), 0)
    added = _WEIGHTS[: len(close)] @ close
    if few_words:  # The guess, which is read then, has a scale of its own.
        added *= float(np.std([each.score for each in ranked]))
    return [replace(each, score=each.score + float(more)) for each, more in zip(ranked, added, strict=True)]


def chunks_of(view: View, connection: sqlite3.Connection, keys: Sequence[bytes]) -> Array:
    """The live chunks whose vectors are kept under these keys, as far as it was noted which they are."""
    found: set[int] = set()
    for key in dict.fromkeys(keys):
        row = connection.execute("SELECT blob, start FROM documents WHERE key = ?", (key,)).fetchone()
        file = view.files_by_blob.get(row[0]) if row else None
        if row and file is not None:
            chunks = np.arange(view.first[file], view.last[file])
            found.update(chunks[view.start[chunks] == row[1]].tolist())
    return np.array(sorted(found), np.int64)


def document_of(chunk: Ranked, texts: Texts) -> str:
    """What is embedded of a chunk."""
    return document(chunk.path, chunk.symbol, texts.lines(chunk.blob, chunk.start, chunk.end))


def document(path: str, symbol: str, text: str) -> str:
    """What is embedded of a chunk of this text: its place, its name, its first lines."""
    return f"{path} {symbol}\n{text}"[:_LONGEST_DOCUMENT]
