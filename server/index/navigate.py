"""Definitions and references from the index's own tables: by name, without knowing types."""

import re
import sqlite3
from bisect import bisect_right
from pathlib import PurePosixPath

from .outline import outline
from .paths import is_test
from .spans import Span
from .store import Store
from .text import Texts
from .words import split

_SEPARATOR = re.compile(r"::|[.#]|->")
_MOST_CHUNKS = 2000
_WEAK_KINDS = {"declaration": 1, "field": 2, "property": 2, "variable": 2}


def definitions(store: Store, name: str, path: str = "", limit: int = 50) -> tuple[Span, ...]:
    """Where `name` is defined, the likeliest first: those that carry more of a dotted name (`Class.method`,
    `package.module.function`), then those near `path`, sources before tests, bodies before declarations.

    A prefix that fits nowhere (`self.run`) is ignored. The reason says the kind.
    """
    names = [part for part in _SEPARATOR.split(name.strip()) if part]
    if not names:
        return ()
    query = (
        "SELECT f.path, s.start, s.end, s.qualified, s.kind FROM symbols AS s"
        " JOIN files AS f ON f.blob = s.blob WHERE s.name = ?"
    )
    with store.reading() as connection:
        rows = connection.execute(query, (names[-1],)).fetchall()
    fits = {row: _fit(names, row[0], row[3]) for row in rows}
    best = max(fits.values(), default=0)
    kept = [row for row in fits if fits[row] == best]
    kept.sort(key=lambda row: (-_nearness(path, row[0]), is_test(row[0]), _WEAK_KINDS.get(row[4], 0), row))
    return tuple(
        Span(found, start, end, qualified, f"{kind} {names[-1]}")
        for found, start, end, qualified, kind in kept[:limit]
    )


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
    words = split(last)
    if not words:
        return ()
    found: list[Span] = []
    with store.reading() as connection:
        texts = Texts(connection)
        files = _files_with(connection, words[0])
        for path, blob, language in sorted(files, key=lambda file: (is_test(file[0]), file[0])):
            found += _in_file(connection, texts, (path, blob, language), last)
            if len(found) >= limit:
                break
    return tuple(found[:limit])


def _files_with(connection: sqlite3.Connection, word: str) -> list[tuple[str, int, str]]:
    query = (
        "SELECT DISTINCT f.path, f.blob, b.language FROM chunks AS c JOIN files AS f ON f.blob = c.blob"
        " JOIN blobs AS b ON b.id = c.blob WHERE b.language != 'prose' AND c.id IN"
        " (SELECT rowid FROM chunk_words WHERE chunk_words MATCH ? LIMIT ?)"
    )
    return connection.execute(query, (f'{{names signature body}} : "{word}"', _MOST_CHUNKS)).fetchall()


def _in_file(
    connection: sqlite3.Connection, texts: Texts, file: tuple[str, int, str], name: str
) -> list[Span]:
    path, blob, language = file
    content, starts = texts.content(blob)
    parsed = outline(content, language)
    comments = parsed.comments if parsed else ()
    defined = {
        line
        for (line,) in connection.execute(
            "SELECT start FROM symbols WHERE blob = ? AND name = ?", (blob, name)
        )
    }
    spans: dict[int, Span] = {}
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])".encode(), content):
        line = bisect_right(starts, match.start())
        before = bisect_right(comments, (match.start(), len(content))) - 1
        if line in spans or line in defined or (before >= 0 and match.start() < comments[before][1]):
            continue
        symbol = _around(connection, blob, line)
        spans[line] = Span(path, line, line, symbol, f"uses {name}" + (f" in {symbol}" if symbol else ""))
    return list(spans.values())


def _around(connection: sqlite3.Connection, blob: int, line: int) -> str:
    query = (
        "SELECT qualified FROM symbols WHERE blob = ? AND start <= ? AND end >= ?"
        " AND kind IN ('function', 'method', 'class', 'struct', 'interface', 'trait', 'enum')"
        " ORDER BY start DESC LIMIT 1"
    )
    row = connection.execute(query, (blob, line, line)).fetchone()
    return row[0] if row else ""
