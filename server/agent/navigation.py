"""Where a name is defined or used, by whoever knows best: the editor, a language server, the index.

The editor and a language server need a place where the name stands; the index takes the name alone.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..errors import NavigationError
from ..index.chunks import Symbol
from ..index.spans import Span
from ..navigation.places import Place, Wish
from .codebase import Codebase, text_of

Source = Literal["editor", "language server", "index"]

WINDOW = 30
"""Lines that are shown of a definition whose end isn't known."""

_SEPARATOR = re.compile(r"::|->|[.#]")
_NEAR = 3


@dataclass(frozen=True)
class Located:
    """Spans in the repository, places outside of it, and who says so, in a sentence.

    `server_mb` is the resident memory of the language server, if it was one.
    """

    spans: tuple[Span, ...]
    outside: tuple[Place, ...]
    source: Source
    words: str
    server_mb: int = 0


@dataclass(frozen=True)
class _Told:
    """The places of the first source that has any, and what Located says of it."""

    places: tuple[Place, ...]
    source: Source
    words: str
    server_mb: int = 0


async def definitions(code: Codebase, name: str, place: Place | None, path: str) -> Located:
    """The whole functions, classes … that define `name`, which stands at `place` (if known) of `path`."""
    told = await _ask(code, "definition", place)
    if told.places:
        inside, outside = _sorted(code, told.places)
        spans = await asyncio.to_thread(_definitions, code, inside)
        return Located(spans, outside, told.source, told.words, told.server_mb)
    return Located(await asyncio.to_thread(code.index.definitions, name, path), (), told.source, told.words)


async def references(code: Codebase, name: str, place: Place | None) -> Located:
    """The lines that use `name`, which stands at `place` (if known)."""
    told = await _ask(code, "references", place)
    if told.places:
        inside, outside = _sorted(code, told.places)
        spans = await asyncio.to_thread(_uses, code, inside, last_part(name))
        return Located(spans, outside, told.source, told.words, told.server_mb)
    return Located(await asyncio.to_thread(code.index.references, name), (), told.source, told.words)


def place_of(code: Codebase, name: str, path: str, line: int = 0) -> Place | None:
    """Where `name` stands in the file: on the line, or near it since lines are often miscounted; with 0,
    anywhere. A dotted name is looked for whole first, then its last part.
    """
    rows = (text_of(code.read, path) or "").split("\n") if path else []
    numbers: Iterable[int] = range(1, len(rows) + 1)
    if line:
        numbers = sorted(
            (one for one in numbers if abs(one - line) <= _NEAR), key=lambda one: abs(one - line)
        )
    last = last_part(name)
    for wanted in (name.strip(), last) if last else ():
        pattern = re.compile(rf"(?<![\w$]){re.escape(wanted)}(?![\w$])")
        for number in numbers:
            if match := pattern.search(rows[number - 1]):
                return Place(path, number, match.end() - len(last) + 1)
    return None


def last_part(name: str) -> str:
    """The identifier that a dotted name ends in."""
    return _SEPARATOR.split(name.strip())[-1]


async def _ask(code: Codebase, wish: Wish, place: Place | None) -> _Told:
    """Asks one source after the other until one has an answer; the index is left to the caller."""
    by_name = "From the index, by name."
    if place is None:
        return _Told((), "index", by_name)
    edited = code.edited()
    # The editor doesn't see what the copy's changes use.
    if code.editor and not (edited and wish == "references"):
        found = await code.editor.locate(code.repository, wish, place, partial(text_of, code.read))
        if found:
            return _Told(found, "editor", "From the editor.")
    try:
        answer = await code.servers.locate(wish, place, edited) if code.servers else None
    except NavigationError as error:
        return _Told((), "index", f"{error} {by_name}")
    if answer and answer.places:
        words = f"From the {answer.language} language server ({answer.server})."
        return _Told(answer.places, "language server", words, answer.megabytes)
    return _Told((), "index", by_name)


def _sorted(code: Codebase, places: tuple[Place, ...]) -> tuple[list[Place], tuple[Place, ...]]:
    """Those in the copy, and the others: libraries, and what git ignores."""
    known = {one.path: text_of(code.read, one.path) is not None for one in places}
    return [one for one in places if known[one.path]], tuple(one for one in places if not known[one.path])


def _definitions(code: Codebase, places: list[Place]) -> tuple[Span, ...]:
    """The symbols that are defined at the places, from the index where its lines are still the copy's."""
    spans = []
    for place in places:
        symbol = _around(code, place)
        rows = (text_of(code.read, place.path) or "").split("\n")
        end = min(place.line + WINDOW - 1, len(rows))
        span = Span(place.path, place.line, end, "", "definition")
        if symbol:
            whole = Span(
                place.path, symbol.start, symbol.end, symbol.qualified, f"{symbol.kind} {symbol.name}"
            )
            now = "\n".join(rows[symbol.start - 1 : symbol.end])
            span = whole if code.index.text(whole).splitlines() == now.splitlines() else span
        spans.append(span)
    return tuple(dict.fromkeys(spans))


def _uses(code: Codebase, places: list[Place], name: str) -> tuple[Span, ...]:
    """The lines of the places, each with the symbol around it where the copy's file is still the index's."""
    edited = code.edited()
    spans = []
    for place in places:
        symbol = None if place.path in edited else _around(code, place)
        where = symbol.qualified if symbol else ""
        reason = f"uses {name} in {where}" if where else f"uses {name}"
        spans.append(Span(place.path, place.line, place.line, where, reason))
    return tuple(dict.fromkeys(spans))


def _around(code: Codebase, place: Place) -> Symbol | None:
    """The innermost symbol that the index has around a place."""
    symbols = code.index.symbols(place.path)
    return next((one for one in reversed(symbols) if one.start <= place.line <= one.end), None)
