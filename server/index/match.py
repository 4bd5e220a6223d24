"""A task's terms looked up in a view: how well each chunk and each file fits by keywords.

Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over chunks and, with the
counts of a file's chunks added up, over files; once for each channel, that is, for each way of weighing the
task's parts and the fields of the code.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .build import FIELDS
from .task import Term
from .view import View

K1, B = 1.2, 0.6
MOST_TERMS = 128
_COMMON_SHARE, _FEW_CHUNKS = 0.25, 50
_NAME_WEIGHT = 3
_ENOUGH = 4

CHANNELS = ("all", "title", "prose", "code", "whole", "named", "names", "docs")
_OF_ONE_FIELD = ("names", "docs")


@dataclass(frozen=True, eq=False)
class Posting:
    """The live chunks that hold a term, by number, those of a file together; counts by field."""

    chunk: Array
    code: Array
    docs: Array
    names: Array


@dataclass(frozen=True, eq=False)
class Matches:
    """Scores by channel: `chunks` (channels × chunks) and `files` (channels × files), float32.

    `covered`: the share of the task's weight (Σ idf) that stands in a file at all. `idf`: of each term that
    is in the index, by its number.
    """

    chunks: Array
    files: Array
    covered: Array
    idf: dict[int, float]


def postings(view: View, number: int) -> Posting:
    """A term's postings from all segments."""
    found: list[tuple[Array, ...]] = []
    for offset, segment in zip(view.offsets, view.segments, strict=False):
        where = segment.postings(number)
        if where.start < where.stop:
            chunk = segment.arrays["in_chunk"][where].astype(np.int64) + offset
            alive = view.live[chunk]
            found.append((chunk[alive], *(segment.arrays[name][where][alive] for name in FIELDS)))
    if not found:
        empty = np.zeros(0, np.int64)
        return Posting(empty, empty, empty, empty)
    return Posting(*map(np.concatenate, zip(*found, strict=True)))


def match(view: View, terms: Iterable[Term]) -> Matches:
    """Scores every chunk and file. Terms in over a quarter of all chunks say nothing and are passed over."""
    total = max(1, view.live_chunks)
    found = [(term, postings(view, term.number)) for term in terms]
    idf = {term.number: _idf(total, len(each.chunk)) for term, each in found if len(each.chunk)}
    most = max(_COMMON_SHARE * total, _FEW_CHUNKS)
    telling = _telling([pair for pair in found if 0 < len(pair[1].chunk) < most], idf)
    sums = _Sums(view)
    for term, each in telling:
        sums.add(term, each, idf[term.number])
    weight = sum(term.telling * idf[term.number] for term, _ in telling if not term.whole)
    covered = sums.covered[view.owner] / max(weight, 1e-6)
    return Matches(sums.chunks, sums.files[:, view.owner], covered, idf)


def _idf(total: int, holding: int) -> float:
    return float(np.log(1 + (total - holding + 0.5) / (holding + 0.5)))


def _telling(pairs: list[tuple[Term, Posting]], idf: dict[int, float]) -> list[tuple[Term, Posting]]:
    """The 128 heaviest whole terms, and as many parts of terms."""
    pairs = sorted(pairs, key=lambda pair: -idf[pair[0].number] * max(_weights(pair[0])))
    whole = [pair for pair in pairs if pair[0].whole]
    return whole[:MOST_TERMS] + [pair for pair in pairs if not pair[0].whole][:MOST_TERMS]


def _weights(term: Term) -> tuple[float, ...]:
    """The term's weight in each channel, in their order."""
    title, prose, code, trace = term.counts
    everything = term.telling * min(2 * title + prose + code + trace, 6) ** 0.5
    if term.whole:
        return 0, 0, 0, 0, everything, everything * term.named, 0, 0
    titled, said = term.telling * min(title, 2), term.telling * min(2 * title + prose, 4) ** 0.5
    shown = term.telling * min(code + 2 * trace, 4) ** 0.5
    return everything, titled, said, shown, 0, 0, everything, everything


class _Sums:
    """Scores as they add up, term by term; files by their owners."""

    def __init__(self, view: View) -> None:
        self._file = view.file
        self._chunk_norm = _norms(view.length, view.length[view.live])
        self._file_norm = _norms(view.file_length, view.file_length[view.file_length > 0])
        self.chunks = np.zeros((len(CHANNELS), len(view.file)), np.float32)
        self.files = np.zeros((len(CHANNELS), len(view.paths)), np.float32)
        self.covered = np.zeros(len(view.paths), np.float32)

    def add(self, term: Term, each: Posting, idf: float) -> None:
        """Adds one term's share to all channels."""
        owners = self._file[each.chunk]
        firsts = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
        files = owners[firsts]
        counts = each.code.astype(np.float32) + each.docs + _NAME_WEIGHT * each.names.astype(np.float32)
        by_chunk = _saturated(counts, self._chunk_norm[each.chunk])
        by_file = _saturated(np.add.reduceat(counts, firsts), self._file_norm[files])
        if not term.whole:
            self.covered[files] += term.telling * idf
        for channel, (name, weight) in enumerate(zip(CHANNELS, _weights(term), strict=True)):
            if not weight:
                continue
            of_chunk, of_file = by_chunk, by_file
            if name in _OF_ONE_FIELD:
                of_chunk = np.sqrt(np.minimum(getattr(each, name), _ENOUGH), dtype=np.float32)
                of_file = np.maximum.reduceat(of_chunk, firsts)
            self.chunks[channel][each.chunk] += np.float32(weight * idf) * of_chunk
            self.files[channel][files] += np.float32(weight * idf) * of_file


def _norms(lengths: Array, full: Array) -> Array:
    """BM25's share of the length in its denominator."""
    mean = max(float(full.mean()), 1.0) if len(full) else 1.0
    return (K1 * (1 - B + B * lengths / mean)).astype(np.float32)


def _saturated(counts: Array, norms: Array) -> Array:
    return np.asarray((K1 + 1) * counts / (counts + norms), np.float32)
