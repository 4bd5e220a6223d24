"""Definitions and references from the index's own tables: by name, without knowing types."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import numpy as np

from .build import KINDS
from .chunks import Symbol
from .languages import language_of
from .match import postings
from .outline import HAS_BODY, outline
from .paths import is_test
from .spans import Span
from .store import Store
from .text import Texts
from .view import View
from .words import numbers, whole

_SEPARATOR = re.compile(r"::|[.#]|->")
_WEAK_KINDS = {"declaration": 1, "field": 2, "property": 2, "variable": 2}


def definitions(store: Store, name: str, path: str = "", limit: int = 50) -> tuple[Span, ...]:
    """Where `name` is defined, the likeliest first: those that carry more of a dotted name (`Class.method`,
    `package.module.function`), then those near `path`, sources before tests, bodies before declarations.

    A prefix that fits nowhere (`self.run`) is ignored. The reason says the kind.
    """
    names = [part for part in _SEPARATOR.split(name.strip()) if part]
    if not names:
        return ()
    with store.viewing() as view:
        rows = sorted(set(_rows(view, names[-1])))
    fits = {row: _fit(names, row[0], row[3]) for row in rows}
    best = max(fits.values(), default=0)
    kept = [row for row in fits if fits[row] == best]
    kept.sort(key=lambda row: (-_nearness(path, row[0]), is_test(row[0]), _WEAK_KINDS.get(row[4], 0), row))
    return tuple(
        Span(found, start, end, qualified, f"{kind} {names[-1]}")
        for found, start, end, qualified, kind in kept[:limit]
    )


def _rows(view: View, name: str) -> Iterator[tuple[str, int, int, str, str]]:
    """Path, first and last line, qualified name and kind of each definition of exactly this name."""
    table = view.symbols
    same = table.named(whole(name))
    for at in range(same.start, same.stop):
        segment = view.segments[table.segment[at]]
        qualified = segment.symbol_name(int(table.row[at]))
        if qualified == name or qualified.endswith("." + name):
            for path in view.sharing(int(table.chunk[at])):
                yield path, int(table.start[at]), int(table.end[at]), qualified, KINDS[table.kind[at]]


def _fit(names: list[str], path: str, qualified: str) -> int:
    """How many of the name's last parts are the last parts of module and qualified name."""
    module = [part for part in PurePosixPath(path).with_suffix("").parts if part != "__init__"]
    full = [*module, *qualified.split(".")]
    count = 0
    while count < min(len(names), len(full)) and names[-1 - count] == full[-1 - count]:
        count += 1
    return count


def _nearness(near: str, path: str) -> int:
    """How many leading folders two paths share; the same file is nearest."""
    if near == path:
        return 1000
    shared = 0
    for one, other in zip(PurePosixPath(near).parts, PurePosixPath(path).parts, strict=False):
        if one != other:
            break
        shared += 1
    return shared


def references(store: Store, name: str, limit: int = 50) -> tuple[Span, ...]:
    """Lines of code that use the last part of `name` as a whole identifier, each with the symbol around it.

    Neither comments nor the places that define it. Sources come before tests; no more than `limit`.
    """
    last = _SEPARATOR.split(name.strip())[-1]
    if not numbers(last):
        return ()
    found: list[Span] = []
    with store.reading() as connection:
        view = store.view(connection)
        texts = Texts(connection)
        hits = postings(view, whole(last))
        files = {int(file) for file in view.file[hits.chunk[hits.code > 0]]}
        paths = [path for file in files for path in view.sharing(int(view.first[file]))]
        for path in sorted(paths, key=lambda path: (is_test(path), path)):
            found += _in_file(view, texts, view.numbers[path], last)
            if len(found) >= limit:
                break
    return tuple(found[:limit])


def users(store: Store, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """By name, the files whose code has it as a whole identifier, those that define it among them."""
    found: dict[str, frozenset[str]] = {}
    with store.viewing() as view:
        for name in names:
            hits = postings(view, whole(name))
            files = {int(file) for file in view.file[hits.chunk[hits.code > 0]]}
            found[name] = frozenset(path for file in files for path in view.sharing(int(view.first[file])))
    return found


def known(store: Store, names: Iterable[str]) -> frozenset[str]:
    """Those of the identifiers that stand anywhere in what is indexed, in code, comments or prose."""
    with store.viewing() as view:
        return frozenset(name for name in names if len(postings(view, whole(name)).chunk))


def symbols(store: Store, path: str) -> tuple[Symbol, ...]:
    """A file's definitions in its order, outer before inner; none when it isn't in the index."""
    with store.viewing() as view:
        file = view.numbers.get(path)
        return tuple(_symbols(view, file)) if file is not None else ()


def _symbols(view: View, file: int) -> Iterator[Symbol]:
    if view.first[file] == view.last[file]:
        return
    place = view.place(int(view.first[file]))
    arrays = place.segment.arrays
    blob = int(np.searchsorted(arrays["blob_chunks"], place.chunk, "right")) - 1
    for row in range(*arrays["blob_symbols"][blob : blob + 2].tolist()):
        lines = int(arrays["symbol_start"][row]), int(arrays["symbol_end"][row])
        qualified = place.segment.symbol_name(row)
        yield Symbol(qualified.rpartition(".")[2], qualified, KINDS[arrays["symbol_kind"][row]], *lines)


def _in_file(view: View, texts: Texts, file: int, name: str) -> list[Span]:
    path = view.paths[file]
    content, starts = texts.content(int(view.blobs[file]))
    parsed = outline(content, language_of(path, content))
    comments = parsed.comments if parsed else ()
    around = list(_symbols(view, file))
    defined = {each.start for each in around if each.name == name}
    spans: dict[int, Span] = {}
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])".encode(), content):
        line = bisect_right(starts, match.start())
        before = bisect_right(comments, (match.start(), len(content))) - 1
        if line in spans or line in defined or (before >= 0 and match.start() < comments[before][1]):
            continue
        symbol = _around(around, line)
        spans[line] = Span(path, line, line, symbol, f"uses {name}" + (f" in {symbol}" if symbol else ""))
    return list(spans.values())


def _around(symbols: list[Symbol], line: int) -> str:
    """The innermost function or type around a line."""
    holding = [each for each in symbols if each.start <= line <= each.end and each.kind in HAS_BODY]
    return max(holding, key=lambda each: each.start).qualified if holding else ""
