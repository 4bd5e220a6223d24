"""Steps from the likeliest chunks: to what they use, to what uses them, to what uses the same names."""

import numpy as np

from .arrays import Array, ranges
from .match import postings
from .view import View

SEEDS = 40
_FEEDBACK_SEEDS, _FEEDBACK_TERMS = 10, 40
_MOST_NAMESAKES = 8
_MOST_USERS = 400


def seeds(scores: Array) -> tuple[Array, Array]:
    """The best chunks, best first, and their scores as shares of the best."""
    count = min(SEEDS, int(np.count_nonzero(scores > 0)))
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    best = np.argpartition(-scores, count - 1)[:count]
    best = best[np.argsort(-scores[best], kind="stable")]
    return best, scores[best] / scores[best[0]]


def used(view: View, chunks: Array, weights: Array) -> Array:
    """For each chunk, how much the given ones use what it defines; names with many meanings or uses count
    less.
    """
    reached = np.zeros(len(view.file), np.float32)
    table = view.symbols
    for chunk, weight in zip(chunks.tolist(), weights.tolist(), strict=True):
        names, holding = _uses(view, chunk)
        first, last = np.searchsorted(table.name, names), np.searchsorted(table.name, names, "right")
        namesakes = last - first
        kept = (namesakes > 0) & (namesakes <= _MOST_NAMESAKES)
        first, namesakes, holding = first[kept], namesakes[kept], holding[kept]
        rows = ranges(first, namesakes)
        targets = table.chunk[rows]
        share = weight / (np.sqrt(namesakes) * np.log2(1 + holding))
        share = np.repeat(share, namesakes).astype(np.float32)
        apart = targets != chunk
        np.add.at(reached, targets[apart], share[apart])
    return reached


def users(view: View, chunks: Array, weights: Array) -> Array:
    """For each chunk, how much it uses what the given ones define; a name used everywhere counts less."""
    reached = np.zeros(len(view.file), np.float32)
    table = view.symbols
    weight_of = dict(zip(chunks.tolist(), weights.tolist(), strict=True))
    rows = np.flatnonzero(np.isin(table.chunk, chunks))
    for row in rows.tolist():
        name = int(table.name[row])
        same = table.named(name)
        if same.stop - same.start > _MOST_NAMESAKES:
            continue
        found = postings(view, name)
        using = found.chunk[found.code > 0]
        if 0 < len(using) <= _MOST_USERS:
            chunk = int(table.chunk[row])
            share = weight_of[chunk] * (len(using) * (same.stop - same.start)) ** -0.5
            reached[using[using != chunk]] += np.float32(share)
    return reached


def kindred(view: View, chunks: Array, weights: Array) -> Array:
    """For each chunk, how many telling names of the first given ones it uses too.

    Pseudo relevance feedback (Rocchio, in "The SMART Retrieval System", 1971) over whole identifiers.
    """
    total = max(1, view.live_chunks)
    wanted: dict[int, float] = {}
    for chunk, weight in zip(chunks[:_FEEDBACK_SEEDS].tolist(), weights.tolist(), strict=False):
        for name in _uses(view, chunk)[0].tolist():
            wanted[name] = wanted.get(name, 0.0) + weight
    shared = sorted(wanted, key=lambda name: (-wanted[name], name))[: 4 * _FEEDBACK_TERMS]
    found = [(name, postings(view, name)) for name in shared]
    telling = [
        (wanted[name] * np.log(total / len(each.chunk)), each) for name, each in found if len(each.chunk)
    ]
    telling.sort(key=lambda pair: -pair[0])
    reached = np.zeros(len(view.file), np.float32)
    for weight, each in telling[:_FEEDBACK_TERMS]:
        reached[each.chunk] += np.float32(weight)
    return np.asarray(reached / np.sqrt(50 + view.length))


def _uses(view: View, chunk: int) -> tuple[Array, Array]:
    """The numbers of the identifiers of a chunk's code, and in how many chunks of its segment each is."""
    place = view.place(chunk)
    arrays = place.segment.arrays
    begin, end = arrays["chunk_uses"][place.chunk : place.chunk + 2]
    terms = arrays["uses"][begin:end]
    bounds = arrays["term_postings"]
    return arrays["term"][terms], bounds[terms + 1] - bounds[terms]
