"""The first of the ranked chunks once more, by how close they are to the query in meaning."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .rank import Ranked
from .text import Texts
from .vectors.closeness import Closeness

FIRST = 100
"""How many chunks: to make the vectors of so many takes a second or two."""

_LONGEST_DOCUMENT = 1500
_LONGEST_TITLE = 300
_LONGEST_QUERY = 1600
_TITLE, _WHOLE = 0.4, 0.4


def rerank(
    ranked: Sequence[Ranked], documents: Sequence[str], query: str, closeness: Closeness, few_words: bool
) -> list[Ranked]:
    """All of them anew, the scores of the first, which have `documents`, raised or lowered by closeness.

    A query of a few words doesn't wait for vectors: what has none keeps its score. Raises SetupError.
    """
    if len(documents) < 2:
        return list(ranked)
    questions = [query.strip().partition("\n")[0][:_LONGEST_TITLE], query.strip()[:_LONGEST_QUERY]]
    found = closeness.cosines(questions, documents, wait=not few_words)
    known = np.isfinite(found[0])
    if not known.any():
        return list(ranked)
    mean, spread = found[:, known].mean(axis=1, keepdims=True), found[:, known].std(axis=1, keepdims=True)
    title, whole = np.where(known, (found - mean) / (spread + 1e-6), 0)
    added = _TITLE * title + _WHOLE * whole
    first = ranked[: len(documents)]
    if few_words:  # The guess, which is read then, has a scale of its own.
        added *= float(np.std([each.score for each in first]))
    raised = [replace(each, score=each.score + float(more)) for each, more in zip(first, added, strict=True)]
    return sorted([*raised, *ranked[len(documents) :]], key=lambda each: -each.score)


def documents_of(ranked: Sequence[Ranked], texts: Texts) -> list[str]:
    """What is embedded of the first chunks."""
    return [
        document(each.path, each.symbol, texts.lines(each.blob, each.start, each.end))
        for each in ranked[:FIRST]
    ]


def document(path: str, symbol: str, text: str) -> str:
    """What is embedded of a chunk: its place, its name, its first lines."""
    return f"{path} {symbol}\n{text}"[:_LONGEST_DOCUMENT]
