"""A file's text cut along its syntax into chunks, each with the words it is found by; and its symbols.

Nothing here raises for any bytes: what can't be parsed is cut into windows of lines.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .outline import CLASS_LIKE, HAS_BODY, Definition, Outline, outline

WINDOW_LINES = 40
LONGEST_CHUNK_LINES = 120
LONGEST_CHUNK_BYTES = 10_000
PIECE_LINES = 60
PIECE_BYTES = 6_000
_SHORT_LINES = 3
_WHOLE_CLASS_LINES = 15
_INDEXED_BYTES = 100_000
_PARSED_BYTES = 1_500_000
_LONG_LINE = 5_000
_DENSE_LINE = 300
_NEWLINE = 10
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WORD = re.compile(rb"[^\W_]|[\x80-\xff]")


@dataclass(frozen=True)
class Chunk:
    """Lines `start` to `end` (1-based, inclusive); `cost` is their length in characters.

    It is found by three texts: the `names` that it defines or belongs to, its `code`, and its `docs`
    (comments, doc strings and prose).
    """

    start: int
    end: int
    symbol: str
    kind: str
    cost: int
    names: str
    code: str
    docs: str


@dataclass(frozen=True)
class Symbol:
    """A definition as the symbol table holds it.

    `qualified` joins the enclosing names and its own with dots.
    """

    name: str
    qualified: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Digest:
    """What the index keeps of a file beside its text."""

    chunks: tuple[Chunk, ...]
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True)
class _Run:
    start: int
    end: int
    owner: int


def decode(raw: bytes) -> str | None:
    """A file's text; None when it is binary. What isn't UTF-8 is read as latin-1, which never fails."""
    if raw.startswith(_UTF_16):
        return raw.decode("utf-16", "replace")
    if is_binary(raw):
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def is_binary(raw: bytes) -> bool:
    """Whether a NUL stands near the beginning of what isn't UTF-16."""
    return b"\0" in raw[:8192] and not raw.startswith(_UTF_16)


def digest(text: str, language: str) -> Digest:
    """Cuts a text into chunks and lists its symbols. Lines end at "\\n" only."""
    content = text.encode("utf-8", "replace")
    starts = line_starts(content)
    parsed = None if _generated(content, starts) else outline(content, language)
    if parsed is None:
        runs = list(_windows(len(starts) - 1))
        parsed = Outline((), ((0, len(content)),) if language == "prose" else ())
    else:
        runs = _runs(content, starts, parsed.definitions)
    pieces = [piece for run in runs for piece in _pieces(run, starts)]
    symbols = tuple(
        Symbol(each.name, each.qualified, each.kind, each.start, each.end)
        for each in parsed.definitions
        if each.kind != "scope_only"
    )
    return Digest(tuple(_chunks(content, starts, pieces, parsed)), symbols)


def line_starts(content: bytes) -> list[int]:
    """The offset of each line, and of the end; an empty file has no line."""
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == _NEWLINE) + 1
    starts = [0, *ends.tolist()]
    if starts[-1] != len(content):
        starts.append(len(content))
    return starts


def _generated(content: bytes, starts: list[int]) -> bool:
    """Too large to parse, or minified: most of it is in lines that are no unit of anything."""
    lines = len(starts) - 1
    if len(content) > _PARSED_BYTES or (lines and len(content) / lines > _DENSE_LINE):
        return True
    lengths = np.diff(starts)
    return int(lengths[lengths > _LONG_LINE].sum()) > len(content) / 2


def _windows(lines: int) -> Iterator[_Run]:
    for start in range(1, lines + 1, WINDOW_LINES):
        yield _Run(start, min(start + WINDOW_LINES - 1, lines), -1)


def _runs(content: bytes, starts: list[int], definitions: tuple[Definition, ...]) -> list[_Run]:
    """Consecutive lines with the same innermost owner; lone brackets go to the run before."""
    if len(starts) == 1:
        return []
    owners = _owners(len(starts) - 1, definitions)
    runs: list[_Run] = []
    changes = (np.flatnonzero(np.diff(owners[1:])) + 2).tolist()
    for start, line in pairwise([1, *changes, len(owners)]):
        text = content[starts[start - 1] : starts[line - 1]]
        run = _Run(start, line - 1, owners[start])
        if _WORD.search(text) or (text.strip() and not runs):
            runs.append(_trimmed(run, text))
        elif text.strip():
            runs[-1] = _Run(runs[-1].start, _trimmed(run, text).end, runs[-1].owner)
    return runs


def _trimmed(run: _Run, text: bytes) -> _Run:
    """The run without blank lines at its ends."""
    above = len(text) - len(text.lstrip())
    first = run.start + text.count(b"\n", 0, above)
    return _Run(first, run.start + text.count(b"\n", 0, len(text.rstrip())), run.owner)


def _owners(lines: int, definitions: tuple[Definition, ...]) -> list[int]:
    """For each 1-based line the index of the definition whose chunk it belongs to, -1 for the module."""
    owners = [-1] * (lines + 1)
    divided: list[bool] = []
    for index, definition in enumerate(definitions):
        inside = definition.parent < 0 or divided[definition.parent]
        size = definition.end - definition.lead + 1
        owns = inside and definition.kind in HAS_BODY and size >= _SHORT_LINES
        divided.append(owns and size > _whole(definition.kind))
        if owns:
            last = min(definition.end, lines)
            owners[definition.lead : last + 1] = [index] * (last + 1 - definition.lead)
    return owners


def _whole(kind: str) -> int:
    """Up to how many lines a definition stays in one chunk although it has members."""
    if kind in ("module", "scope_only"):
        return 0
    return _WHOLE_CLASS_LINES if kind in CLASS_LIKE else LONGEST_CHUNK_LINES


def _pieces(run: _Run, starts: list[int]) -> Iterator[_Run]:
    """An over-long run in pieces, cut before a line that follows a blank one where there is one."""
    size = starts[run.end] - starts[run.start - 1]
    if run.end - run.start < LONGEST_CHUNK_LINES and size <= LONGEST_CHUNK_BYTES:
        yield run
        return
    start = run.start
    for line in range(run.start, run.end + 1):
        long = line - start + 1 >= PIECE_LINES or starts[line] - starts[start - 1] > PIECE_BYTES
        blank = line - start + 1 >= PIECE_LINES - 15 and starts[line] - starts[line - 1] <= 2
        if (long or blank) and line < run.end:
            yield _Run(start, line, run.owner)
            start = line + 1
    yield _Run(start, run.end, run.owner)


def _chunks(content: bytes, starts: list[int], runs: list[_Run], parsed: Outline) -> Iterator[Chunk]:
    lines = [each.start for each in parsed.definitions]
    plain = content.isascii()
    for run in runs:
        begin, end = starts[run.start - 1], starts[run.end]
        code, docs = _divided(content, begin, min(end, begin + _INDEXED_BYTES), parsed.comments)
        if not code.strip() and not docs.strip():
            continue
        owner = parsed.definitions[run.owner] if run.owner >= 0 else None
        members = parsed.definitions[bisect_left(lines, run.start) : bisect_right(lines, run.end)]
        names = [owner.qualified] if owner else []
        names += [each.name for each in members if each is not owner]
        yield Chunk(
            start=run.start,
            end=run.end,
            symbol=owner.qualified if owner else "",
            kind=owner.kind if owner else "module",
            cost=end - begin if plain else len(content[begin:end].decode("utf-8", "replace")),
            names=" ".join(names),
            code=code,
            docs=docs,
        )


def _divided(content: bytes, begin: int, end: int, comments: tuple[tuple[int, int], ...]) -> tuple[str, str]:
    """The code and the prose of a range of bytes."""
    code: list[bytes] = []
    docs: list[bytes] = []
    at = begin
    index = max(0, bisect_right(comments, (begin, len(content))) - 1)
    while index < len(comments) and comments[index][0] < end:
        first, last = max(comments[index][0], at), min(comments[index][1], end)
        if first < last:
            code.append(content[at:first])
            docs.append(content[first:last])
            at = last
        index += 1
    code.append(content[at:end])
    return b" ".join(code).decode("utf-8", "ignore"), b" ".join(docs).decode("utf-8", "ignore")
