"""A task's text → the spans of code that it is about, each with the reason, within a budget."""

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..errors import SetupError
from .rank import Ranked, once, rank
from .rerank import by_meaning
from .spans import Span
from .store import Store
from .task import Task, parse
from .text import Texts
from .vectors.closeness import Closeness
from .words import numbers, tokens

_log = logging.getLogger(__name__)

CHARACTERS_PER_TOKEN = 4
DEFAULT_LIMIT = 20
_GAP_LINES = 2
_LONGEST_JOINED = 200
_MOST_MENTIONS = 3
_COST = 0.4


@dataclass(frozen=True)
class _Found:
    """A span under construction, of one or more chunks, the best first. `cost` is in characters."""

    path: str
    blob: int
    start: int
    end: int
    cost: int
    chunks: tuple[Ranked, ...]


def search(
    store: Store,
    query: str,
    limit: int | None = None,
    budget_tokens: int | None = None,
    closeness: Closeness | None = None,
    snippet: str = "",
) -> tuple[Span, ...]:
    """The spans that fit `query`, a few words or a whole issue, best first.

    A `snippet` is code as it might look, written by somebody who hasn't seen it (HyDE: Gao et al., 2022): its
    meaning counts, or where no model searches by meaning its words, which mislead more.

    With a budget, spans are taken in order until it is full, and one that doesn't fit is passed over (a token
    is 4 characters; a line with path and line numbers is counted for each span); of about equally
    likely spans the short ones come first, and neighbouring chunks of a file become one span. `limit` bounds
    their number: 20 when neither is given.
    """
    task = parse(query, "" if closeness else snippet)
    most = limit if limit is not None or budget_tokens is not None else DEFAULT_LIMIT
    characters = None if budget_tokens is None else budget_tokens * CHARACTERS_PER_TOKEN
    ranked = _ranked(store, (query, snippet), task, closeness)
    if characters is not None:
        ranked = sorted(ranked, key=lambda each: _COST * math.log(1 + each.cost) - each.score)
    found = _packed(ranked, most, characters)
    with store.reading() as connection:
        texts = Texts(connection)
        return tuple(_span(each, task, texts) for each in found)


def _ranked(store: Store, texts: tuple[str, str], task: Task, closeness: Closeness | None) -> list[Ranked]:
    if closeness is None:
        return _by_words(store, task)
    try:
        return by_meaning(store, *texts, task, closeness)
    except SetupError as error:
        _log.warning("This search goes by words and names alone. %s", error)
        return _by_words(store, parse(*texts))


def _by_words(store: Store, task: Task) -> list[Ranked]:
    with store.reading() as connection:
        return list(once(rank(store.view(connection), store.history(connection), task)))


def _packed(ranked: Iterable[Ranked], limit: int | None, characters: int | None) -> list[_Found]:
    found: list[_Found] = []
    of_path: dict[str, list[_Found]] = {}
    left = characters
    for chunk in ranked:
        around = of_path.setdefault(chunk.path, [])
        near = [each for each in around if _touches(each, chunk)] if left is not None else []
        if not near and limit is not None and len(found) >= limit:
            break
        joined = _joined(near, chunk)
        added = joined.cost - sum(each.cost for each in near)
        if left is not None:
            if added > left:
                continue
            left -= added
        if near:
            found[found.index(near[0])] = joined
            found = [each for each in found if each not in near[1:]]
        else:
            found.append(joined)
        of_path[chunk.path] = [*(each for each in around if each not in near), joined]
    return found


def _touches(found: _Found, chunk: Ranked) -> bool:
    """Whether a span and a chunk of the same file are neighbours, and not too long together."""
    length = max(found.end, chunk.end) - min(found.start, chunk.start) + 1
    return (
        length <= _LONGEST_JOINED
        and found.start - _GAP_LINES - 1 <= chunk.end
        and chunk.start <= found.end + _GAP_LINES + 1
    )


def _joined(near: list[_Found], chunk: Ranked) -> _Found:
    """One span of a chunk and the spans beside it; the blank lines between them are counted roughly."""
    if not near:
        header = len(chunk.path) + len(f"{chunk.start}-{chunk.end}") + 2
        cost = chunk.cost + header
        return _Found(chunk.path, chunk.blob, chunk.start, chunk.end, cost, (chunk,))
    return replace(
        near[0],
        start=min(chunk.start, *(each.start for each in near)),
        end=max(chunk.end, *(each.end for each in near)),
        cost=sum(each.cost for each in near) + chunk.cost + 4 * _GAP_LINES * len(near),
        chunks=(*(each for one in near for each in one.chunks), chunk),
    )


def _span(found: _Found, task: Task, texts: Texts) -> Span:
    symbol = next((chunk.symbol for chunk in found.chunks if chunk.symbol), "")
    text = texts.lines(found.blob, found.start, found.end)
    return Span(found.path, found.start, found.end, symbol, _reason(found, task, text))


def _reason(found: _Found, task: Task, text: str) -> str:
    reasons: list[str] = []
    if any(chunk.framed for chunk in found.chunks):
        reasons.append("stack frame")
    if any(chunk.close for chunk in found.chunks):
        reasons.append("close in meaning")
    if any(chunk.named for chunk in found.chunks):
        reasons.append("named in the query")
    defined = list(dict.fromkeys(name for chunk in found.chunks for name in chunk.defines))
    if defined:
        reasons.append("defines " + ", ".join(defined[:_MOST_MENTIONS]))
    mentioned = _mentioned(text, task, set(defined))
    if mentioned:
        reasons.append("mentions " + ", ".join(mentioned))
    return "; ".join(reasons) or "near what the query is about"


def _mentioned(text: str, task: Task, defined: set[str]) -> list[str]:
    """Words of the task that a text has, as the task writes them: the longest, which tell most."""
    present = {number for token in set(tokens(text)) for number in numbers(token)}
    shown = dict.fromkeys(term.shown for term in task.terms if term.number in present)
    telling = sorted((word for word in shown if word not in defined), key=len, reverse=True)
    return telling[:_MOST_MENTIONS]
