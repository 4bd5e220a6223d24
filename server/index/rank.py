"""Which chunks answer a task best: keyword scores of chunk and file, and what the task names outright.

Weights are set by hand; each signal is scaled to 0..1 by its maximum before they are added.
"""

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from .paths import is_document, is_test
from .task import Task

Key = TypeVar("Key")

CHUNK_COLUMNS = "4.0, 2.0, 1.0, 1.0"
FILE_COLUMNS = "2.0, 1.0"
MOST_TERMS = 48
MOST_CHUNKS = 600
MOST_FILES = 100
_MOST_DEAD_SHARE = 8.0
MOST_DEFINITIONS = 60
_FILE, _FILE_WORDS, _DEFINES, _NAMED, _FRAME = 0.8, 0.4, 0.5, 1.0, 1.0
_SHARES = (1.0, 0.5, 0.35, 0.25, 0.2)
_TEST_FACTOR, _DOCUMENT_FACTOR, _DATA_FACTOR = 0.45, 0.4, 0.6


@dataclass(frozen=True)
class Ranked:
    """A chunk with its score; `defines` are names of the task that it defines."""

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


@dataclass(frozen=True)
class _Chunk:
    id: int
    path: str
    blob: int
    start: int
    end: int
    symbol: str
    cost: int
    language: str


@dataclass
class _Signals:
    """What speaks for each chunk (by id) and for each file (by path)."""

    chunks: dict[int, float] = field(default_factory=dict)
    file_words: dict[str, float] = field(default_factory=dict)
    defines: dict[tuple[int, int], dict[str, float]] = field(default_factory=dict)
    named: dict[str, float] = field(default_factory=dict)
    frames: dict[str, list[int]] = field(default_factory=dict)


def rank(connection: sqlite3.Connection, task: Task, terms: dict[str, float]) -> list[Ranked]:
    """Candidate chunks of live files, best first. A content that two paths share is listed once."""
    signals = _Signals(
        chunks=_keyword_scores(connection, terms),
        file_words=_file_scores(connection, terms),
        defines=_definitions(connection, task),
        named=_named_files(connection, task),
        frames=_frames(connection, task),
    )
    chunks = _candidates(connection, signals)
    files = _scaled(_files_by_chunks(chunks, signals.chunks))
    scored = (_ranked(chunk, signals, files, task) for chunk in chunks)
    best: dict[tuple[int, int], Ranked] = {}
    for each in scored:
        key = (each.blob, each.start)
        if key not in best or each.score > best[key].score:
            best[key] = each
    return sorted(best.values(), key=lambda each: (-each.score, each.path, each.start))


def telling_terms(connection: sqlite3.Connection, task: Task) -> dict[str, float]:
    """The task's words that the index has, with weight · idf (Robertson and Spärck Jones), heaviest first."""
    total = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
    query = "SELECT term, doc FROM chunk_terms WHERE term IN (SELECT value FROM json_each(?))"
    counts = connection.execute(query, (json.dumps(list(task.weights)),))
    idf = {
        term: task.weights[term] ** 0.5 * math.log(1 + (total - doc + 0.5) / (doc + 0.5))
        for term, doc in counts
    }
    kept = sorted(idf.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    return dict(kept)


def _match(terms: Iterable[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def _keyword_scores(connection: sqlite3.Connection, terms: dict[str, float]) -> dict[int, float]:
    """Also of chunks that no file has any more; their share is added to the limit."""
    if not terms:
        return {}
    total = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
    live = connection.execute("SELECT value FROM facts WHERE key = 'chunks'").fetchone()
    share = total / max(1, int(live[0])) if live else 1.0
    query = (
        f"SELECT rowid, -bm25(chunk_words, {CHUNK_COLUMNS}) AS score FROM chunk_words"
        " WHERE chunk_words MATCH ? ORDER BY score DESC LIMIT ?"
    )
    limit = int(MOST_CHUNKS * min(max(share, 1.0), _MOST_DEAD_SHARE))
    return _scaled(dict(connection.execute(query, (_match(terms), limit))))


def _file_scores(connection: sqlite3.Connection, terms: dict[str, float]) -> dict[str, float]:
    if not terms:
        return {}
    query = (
        f"SELECT files.path, -bm25(file_words, {FILE_COLUMNS}) AS score FROM file_words"
        " JOIN files ON files.id = file_words.rowid WHERE file_words MATCH ? ORDER BY score DESC LIMIT ?"
    )
    return _scaled(dict(connection.execute(query, (_match(terms), MOST_FILES))))


def _definitions(connection: sqlite3.Connection, task: Task) -> dict[tuple[int, int], dict[str, float]]:
    """(content, line) → names of the task defined there, the rarer the heavier."""
    found: dict[tuple[int, int], dict[str, float]] = defaultdict(dict)
    qualified = {".".join(names[-2:]) for names in task.dotted}
    query = (
        "SELECT s.blob, s.name, s.qualified, s.start FROM symbols AS s WHERE s.name IN"
        " (SELECT value FROM json_each(?)) AND s.blob IN (SELECT blob FROM files)"
    )
    places: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for blob, name, full, start in connection.execute(query, (json.dumps(task.names),)):
        places[name].append((blob, start, full))
    for name, rows in places.items():
        if len(rows) > MOST_DEFINITIONS:
            continue
        for blob, start, full in rows:
            exact = any(full == each or full.endswith("." + each) for each in qualified)
            found[blob, start][name] = 1.5 if exact else 1 / math.sqrt(len(rows))
    return found


def _named_files(connection: sqlite3.Connection, task: Task) -> dict[str, float]:
    """Files whose path, or whose module's dotted name, stands in the task."""
    named: dict[str, float] = {}
    modules = ("/".join(names[:count]) for names in task.dotted for count in range(len(names), 1, -1))
    for end in dict.fromkeys([*task.paths, *modules]):
        found = _ending_with(connection, end)
        for path in found:
            named[path] = max(named.get(path, 0.0), 1 / math.sqrt(len(found)))
    return named


def _ending_with(connection: sqlite3.Connection, end: str) -> list[str]:
    """Live paths that end in `end`, with or without extension; a longer one is cut from the left to fit."""
    names = [name for name in end.split("/") if name not in ("", ".", "..")]
    if not names:
        return []
    last = _escaped(names[-1])
    query = r"SELECT path FROM files WHERE path LIKE ? ESCAPE '\' OR path LIKE ? ESCAPE '\' LIMIT 2000"
    rows = [path for (path,) in connection.execute(query, (f"%{last}", f"%{last}.%"))]
    for at in range(len(names) if "." in names[-1] else 1):
        wanted = "/" + "/".join(names[at:])
        fits = [
            path for path in rows if wanted in (f"/{path}", _tail(path, wanted), _tail(_stem(path), wanted))
        ]
        if fits and len(fits) <= 20:
            return fits
    return []


def _tail(path: str, wanted: str) -> str:
    return f"/{path}"[-len(wanted) :]


def _stem(path: str) -> str:
    return path.rpartition(".")[0] or path


def _escaped(name: str) -> str:
    return name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _frames(connection: sqlite3.Connection, task: Task) -> dict[str, list[int]]:
    frames: dict[str, list[int]] = defaultdict(list)
    for path, line in task.frames[:60]:
        for found in _ending_with(connection, path):
            frames[found].append(line)
    return frames


def _candidates(connection: sqlite3.Connection, signals: _Signals) -> list[_Chunk]:
    """Chunks with a keyword score, those that define a name, and all of files that are named or in frames."""
    query = (
        "SELECT c.id, f.path, c.blob, c.start, c.end, c.symbol, c.cost, b.language FROM chunks AS c"
        " JOIN files AS f ON f.blob = c.blob JOIN blobs AS b ON b.id = c.blob WHERE "
    )
    found = list(
        connection.execute(query + "c.id IN (SELECT value FROM json_each(?))", (_ids(signals.chunks),))
    )
    blobs = sorted({blob for blob, _ in signals.defines})
    found += [
        row
        for row in connection.execute(
            query + "c.blob IN (SELECT value FROM json_each(?))", (json.dumps(blobs),)
        )
        if any((row[2], line) in signals.defines for line in range(row[3], row[4] + 1))
    ]
    paths = json.dumps(sorted({*signals.named, *signals.frames}))
    found += connection.execute(query + "f.path IN (SELECT value FROM json_each(?))", (paths,))
    return [_Chunk(*row) for row in dict.fromkeys(found)]


def _ids(chunks: dict[int, float]) -> str:
    return json.dumps(list(chunks))


def _files_by_chunks(chunks: list[_Chunk], scores: dict[int, float]) -> dict[str, float]:
    """A file's best chunks, each adding less than the one before."""
    by_file: dict[str, list[float]] = defaultdict(list)
    for chunk in chunks:
        if chunk.id in scores:
            by_file[chunk.path].append(scores[chunk.id])
    return {
        path: sum(score * share for score, share in zip(sorted(found, reverse=True), _SHARES, strict=False))
        for path, found in by_file.items()
    }


def _ranked(chunk: _Chunk, signals: _Signals, files: dict[str, float], task: Task) -> Ranked:
    lines = range(chunk.start, chunk.end + 1)
    defines: dict[str, float] = {}
    for line in lines:
        defines.update(signals.defines.get((chunk.blob, line), {}))
    framed = any(line in lines for line in signals.frames.get(chunk.path, ()))
    named = signals.named.get(chunk.path, 0.0)
    score = (
        signals.chunks.get(chunk.id, 0.0)
        + _FILE * files.get(chunk.path, 0.0)
        + _FILE_WORDS * signals.file_words.get(chunk.path, 0.0)
        + _DEFINES * min(1.5, sum(defines.values()))
        + _NAMED * named
        + _FRAME * framed
    )
    score *= _standing(chunk, task)
    place = (chunk.path, chunk.blob, chunk.start, chunk.end, chunk.symbol, chunk.cost)
    return Ranked(*place, score, tuple(defines), named > 0, framed)


def _standing(chunk: _Chunk, task: Task) -> float:
    """Tests, documents and data repeat a task's words without being what it is about."""
    factor = 1.0
    if is_test(chunk.path) and not task.about_tests:
        factor *= _TEST_FACTOR
    if (chunk.language == "prose" or is_document(chunk.path)) and not task.about_documents:
        factor *= _DOCUMENT_FACTOR
    return factor if chunk.language else factor * _DATA_FACTOR


def _scaled(scores: dict[Key, float]) -> dict[Key, float]:
    highest = max(scores.values(), default=0.0)
    return {key: score / highest for key, score in scores.items()} if highest > 0 else scores
