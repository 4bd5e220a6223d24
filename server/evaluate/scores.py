"""Ranked spans beside a task's gold: where each gold file and function stands, and which lines are there.

The definitions are those of file accuracy@k and recall@k, function accuracy@k (as LocAgent and SweRank
report them on SWE-bench) and edited-line recall within a budget of tokens.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from ..index.chunks import Symbol
from ..index.spans import Span

CHARACTERS_PER_TOKEN = 4
FILE_RANKS = (1, 3, 5, 10)
FUNCTION_RANKS = (5, 10)
BUDGETS = (4000, 8000, 16000, 32000)

_DOCUMENT = re.compile(
    r"(?:^|/)(?:docs?|documentation)/"
    r"|\.(?:md|mdx|markdown|rst|txt|adoc|asciidoc|tex|org)$"
    r"|(?:^|/)(?:readme|changelog|changes|history|news|authors|contributors|license|copying)$",
    re.IGNORECASE,
)
_FUNCTIONS = frozenset({"function", "method"})

Ranks = Mapping[str, int | None]
"""What was to be found → its rank, from 1; None where it wasn't found at all."""


def is_document(path: str) -> bool:
    """Whether a gold file is prose, by its extension, its name or a folder of documentation around it."""
    return _DOCUMENT.search(path) is not None


def files_of(spans: Iterable[Span]) -> list[str]:
    """The distinct files, best first."""
    return list(dict.fromkeys(span.path for span in spans))


def functions_of(spans: Iterable[Span], symbols: Mapping[str, Sequence[Symbol]]) -> list[str]:
    """The distinct functions that the spans touch, as `file::Class.method`, best first.

    A line belongs to the innermost function around it. Within a span the function that the span is named
    after comes first, then the others in the file's order.
    """
    found: dict[str, None] = {}
    for span in spans:
        touched = _touched(span, symbols.get(span.path, ()))
        for name in sorted(touched, key=lambda name: name != span.symbol):
            found[f"{span.path}::{name}"] = None
    return list(found)


def _touched(span: Span, symbols: Sequence[Symbol]) -> list[str]:
    functions = [
        symbol
        for symbol in symbols
        if symbol.kind in _FUNCTIONS and symbol.start <= span.end and span.start <= symbol.end
    ]
    functions.sort(key=lambda symbol: (symbol.start, -symbol.end))
    owner: dict[int, str] = {}
    for symbol in functions:
        for line in range(max(symbol.start, span.start), min(symbol.end, span.end) + 1):
            owner[line] = symbol.qualified
    return list(dict.fromkeys(owner[line] for line in sorted(owner)))


def ranks(wanted: Iterable[str], found: Iterable[str]) -> dict[str, int | None]:
    """The rank of each of `wanted` in `found`."""
    places = {each: rank for rank, each in enumerate(found, 1)}
    return {each: places.get(each) for each in dict.fromkeys(wanted)}


def recall_at(k: int, ranked: Ranks) -> float:
    """The share that is among the first `k`; of nothing it is an error."""
    return sum(rank is not None and rank <= k for rank in ranked.values()) / len(ranked)


def accuracy_at(k: int, ranked: Ranks) -> float:
    """1 if all are among the first `k`, else 0."""
    return float(recall_at(k, ranked) == 1.0)


def within(spans: Iterable[Span], budget: int, texts: Mapping[str, bytes]) -> list[Span]:
    """The spans taken in order until `budget` tokens are full; one that doesn't fit is passed over.

    A token is 4 characters; each span costs its lines as `texts` (path → content) has them, and a header line
    `path:start-end`.
    """
    left = budget * CHARACTERS_PER_TOKEN
    taken: list[Span] = []
    lines: dict[str, list[int]] = {}
    for span in spans:
        if span.path not in lines:
            lines[span.path] = _line_ends(texts.get(span.path, b""))
        cost = len(f"{span.path}:{span.start}-{span.end}\n") + _length(lines[span.path], span)
        if cost <= left:
            left -= cost
            taken.append(span)
    return taken


def line_recall(gold: Mapping[str, Sequence[int]], spans: Iterable[Span]) -> float:
    """The share of gold lines (path → lines) that lie inside `spans`; of nothing it is an error."""
    wanted = {(path, line) for path, lines in gold.items() for line in lines}
    found: set[tuple[str, int]] = set()
    for span in spans:
        lines = sorted(gold.get(span.path, ()))
        found.update(
            (span.path, line) for line in lines[bisect_left(lines, span.start) :] if line <= span.end
        )
    return len(found) / len(wanted)


def _line_ends(content: bytes) -> list[int]:
    """How many characters the first n lines of a content have, for each n from 0."""
    ends = [0]
    for line in content.decode("utf-8", "replace").split("\n"):
        ends.append(ends[-1] + len(line) + 1)
    ends[-1] -= 1
    return ends


def _length(ends: list[int], span: Span) -> int:
    last = len(ends) - 1
    return max(0, ends[min(span.end, last)] - ends[min(max(span.start - 1, 0), last)])
