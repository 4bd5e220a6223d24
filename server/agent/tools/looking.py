"""The tools that find and read: over the file tree, by text, by words.

Each looks at a codebase; what a run's own search finds is an event as well.
"""

import asyncio
import fnmatch
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ...errors import EditError, WorkbenchError
from ...index.spans import Span
from ...models.contract import Json
from ..codebase import Codebase, lines_of, span_text
from ..desk import Desk
from ..events import Found
from ..spans import is_dropped
from .tool import Observation, Tool, about, at_desk

MOST_LINES = 2000
MOST_HITS = 60
MOST_FILES = 400

NOTHING_FITS = "Nothing fits these words."


@dataclass(frozen=True)
class ListFiles:
    """Arguments of list_files."""

    path: str = about("A folder, relative to the repository; empty for all of it.", default="")
    glob: str = about("Keeps only paths that fit, e.g. *.py or tests/**.", default="")


@dataclass(frozen=True)
class SearchText:
    """Arguments of search_text."""

    pattern: str = about("A regular expression (Python's dialect).")
    glob: str = about("Keeps only paths that fit, e.g. *.py.", default="")


@dataclass(frozen=True)
class SearchCode:
    """Arguments of search_code."""

    query: str = about("Words, names, or an error message: what the code is about or does.")
    snippet: str = about("Code as you expect to find it, by guess: leads to what is like it.", default="")
    limit: int = about("How many spans at most.", default=10)


@dataclass(frozen=True)
class OpenFile:
    """Arguments of open_file."""

    path: str = about("Relative to the repository.")
    start: int = about("First line, from 1.", default=1)
    end: int = about("Last line, inclusive; 0: as far as fits.", default=0)


async def list_files(code: Codebase, wish: ListFiles) -> Observation:
    """The files of the repository, or of one folder of it."""
    folder = wish.path.strip("/").removeprefix("./").removeprefix(".")
    known = await asyncio.to_thread(code.paths)
    names = [name for name in known if not folder or name == folder or name.startswith(folder + "/")]
    if wish.glob:
        names = [name for name in names if fnmatch.fnmatch(name, wish.glob)]
    shown = names[:MOST_FILES]
    more = f"\n… and {len(names) - len(shown)} more; name a folder." if len(names) > len(shown) else ""
    if not names:
        return Observation(f"No file fits path={wish.path!r} glob={wish.glob!r}.", {"files": []})
    return Observation("\n".join(shown) + more, {"files": shown})


async def search_text(code: Codebase, wish: SearchText) -> Observation:
    """Lines that match a regular expression."""
    try:
        pattern = re.compile(wish.pattern)
    except re.error as error:
        return Observation(f"Not a regular expression: {error}.", ok=False)
    hits = await asyncio.to_thread(_matches, code, pattern, wish.glob)
    shown = hits[:MOST_HITS]
    lines = [f"{path}:{line}: {text[:240]}" for path, line, text in shown]
    if len(hits) > len(shown):
        lines.append(f"… more than {MOST_HITS} lines match; narrow the pattern or the glob.")
    data = {"hits": [{"path": path, "line": line, "text": text} for path, line, text in shown]}
    return Observation("\n".join(lines) or "No line matches.", data)


async def search_code(code: Codebase, wish: SearchCode) -> Observation:
    """Spans that fit words and a snippet, best first."""
    return told(code, await _fitting(code, wish), NOTHING_FITS)


async def search_code_at_desk(desk: Desk, wish: SearchCode) -> Observation:
    """The same without what the user dropped, as an event of the run."""
    found = await _fitting(desk.codebase, wish)
    spans = tuple(span for span in found if not is_dropped(desk.run.state, span))
    if spans:
        desk.run.record(Found(wish.query, spans))
    return told(desk.codebase, spans, NOTHING_FITS)


async def open_file(code: Codebase, wish: OpenFile) -> Observation:
    """A file's lines, numbered."""
    try:
        lines = lines_of(code.read, wish.path)
    except (WorkbenchError, EditError) as error:
        return Observation(str(error), ok=False)
    if lines is None:
        known = await asyncio.to_thread(code.paths)
        near = [name for name in known if name.rsplit("/", 1)[-1] == wish.path.rsplit("/", 1)[-1]]
        hint = f" Perhaps: {', '.join(near[:5])}." if near else ""
        return Observation(f"There is no file {wish.path}.{hint}", ok=False)
    start = max(1, min(wish.start, len(lines)))
    end = min(wish.end or len(lines), len(lines), start + MOST_LINES - 1)
    text = "".join(lines[start - 1 : end])
    header = f"{wish.path}, lines {start}-{end} of {len(lines)}\n"
    data = {"path": wish.path, "start": start, "end": end, "total": len(lines), "text": text}
    return Observation(header + numbered(lines[start - 1 : end], start), data)


def numbered(lines: list[str], start: int) -> str:
    """Lines with their numbers in front, over-long ones clipped."""
    rows = (
        f"{number:>5}  {_clip(line.rstrip(chr(10) + chr(13)))}" for number, line in enumerate(lines, start)
    )
    return "\n".join(rows)


def told(
    code: Codebase,
    spans: tuple[Span, ...],
    nothing: str,
    head: str = "",
    more: Mapping[str, Json] | None = None,
) -> Observation:
    """The spans with their texts after the sentence `head`, or `nothing`; `more` belongs to the data."""
    shown = [(span, span_text(code.read, span)) for span in spans]
    data = {"spans": [asdict(span) | {"text": text} for span, text in shown], **(more or {})}
    parts = [f"{s.path}:{s.start}-{s.end} {s.symbol} ({s.reason})\n{_numbered_span(s, t)}" for s, t in shown]
    return Observation("\n\n".join(part for part in (head, *(parts or [nothing])) if part), data)


def _numbered_span(span: Span, text: str) -> str:
    return numbered(text.splitlines(keepends=True)[:80], span.start)


async def _fitting(code: Codebase, wish: SearchCode) -> tuple[Span, ...]:
    limit = max(1, min(wish.limit, 40))
    return await asyncio.to_thread(code.index.search, wish.query, limit, snippet=wish.snippet)


def _matches(code: Codebase, pattern: re.Pattern[str], glob: str) -> list[tuple[str, int, str]]:
    hits: list[tuple[str, int, str]] = []
    for name in code.paths():
        if glob and not fnmatch.fnmatch(name, glob):
            continue
        try:
            lines = lines_of(code.read, name) or []
        except (WorkbenchError, EditError):
            continue
        hits += [(name, n, line.rstrip("\r\n")) for n, line in enumerate(lines, 1) if pattern.search(line)]
        if len(hits) > MOST_HITS:
            break
    return hits


def _clip(line: str, width: int = 400) -> str:
    return line if len(line) <= width else line[:width] + "…"


LOOKS = (
    Tool("list_files", "Lists the files of the repository or of one folder.", ListFiles, list_files),
    Tool("search_text", "Finds lines by a regular expression.", SearchText, search_text),
    Tool(
        "search_code",
        "Finds functions and classes by words, names, meaning or a snippet; best first.",
        SearchCode,
        search_code,
    ),
    Tool("open_file", "Shows a file's lines with their numbers.", OpenFile, open_file),
)

TOOLS = tuple(at_desk(tool, {"search_code": search_code_at_desk}.get(tool.name)) for tool in LOOKS)
