"""A file's definitions and comments, read off its syntax tree. Broken code still has an outline."""

import re
import time
from dataclasses import dataclass

from tree_sitter import Node, Point, QueryCursor, Tree

from .languages import Grammar, grammar

PARSE_SECONDS = 5.0
CLASS_LIKE = frozenset({"class", "struct", "interface", "trait", "enum", "module", "scope_only"})
HAS_BODY = CLASS_LIKE | {"function", "method"}

_SUPPORTING = frozenset({"name", "scope", "comment", "lead"})
_VAGUE = {"class": 1, "type": 2, "property": 2, "declaration": 2, "field": 3, "variable": 3}
_ARGUMENTS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_SEPARATOR = re.compile(r"::|\.|->|\\")
_NO_SCOPE = frozenset({"prototype", "exports", "module", "this", "self", "window", "crate", "super", ""})
_PARSED_AT_ONCE = 65_536
_LONGEST_NAME = 120
_DEEPEST_NAME = 8


@dataclass(frozen=True)
class Definition:
    """Lines `start` to `end` (1-based, inclusive) define `name`; its comments and decorators begin at `lead`.

    `parent` is the index of the enclosing definition in the outline, -1 at the top. `qualified` joins the
    names of the nearest enclosing definitions and its own with dots.
    """

    name: str
    qualified: str
    kind: str
    start: int
    end: int
    lead: int
    parent: int


@dataclass(frozen=True)
class Outline:
    """Definitions, outer before inner; comments and doc strings as byte ranges; both in the file's order."""

    definitions: tuple[Definition, ...]
    comments: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Match:
    kind: str
    node: Node
    name: Node
    scope: Node | None


def outline(content: bytes, language: str) -> Outline | None:
    """Reads UTF-8 `content`; None for a language that we can't parse or a file that takes too long."""
    known = grammar(language)
    if known is None:
        return None
    deadline = time.monotonic() + PARSE_SECONDS
    tree = _parse(known, content, deadline)
    if tree is None:
        return None
    found: dict[int, _Match] = {}
    comments: list[tuple[int, int]] = []
    leads: set[int] = set()
    for _, captures in QueryCursor(known.query).matches(tree.root_node):
        if "name" in captures:
            _keep(found, captures)
        for node in captures.get("comment", ()):
            comments.append((node.start_byte, node.end_byte))
            leads.update(_own_rows(content, node))
        for node in captures.get("lead", ()):
            leads.update(_own_rows(content, node))
    ordered = sorted(found.values(), key=lambda match: (match.node.start_byte, -match.node.end_byte))
    return Outline(_nested(content, ordered, leads), tuple(sorted(comments)))


def _parse(known: Grammar, content: bytes, deadline: float) -> Tree | None:
    def read(offset: int, _: Point) -> bytes | None:
        return content[offset : offset + 65536] or None

    try:
        if len(content) <= _PARSED_AT_ONCE:
            return known.parser().parse(content)
        return known.parser().parse(read, progress_callback=lambda *_: time.monotonic() > deadline)
    except ValueError:
        return None


def _keep(found: dict[int, _Match], captures: dict[str, list[Node]]) -> None:
    """Of several definitions of one name node the most telling kind stays."""
    kind = next(key for key in captures if key not in _SUPPORTING)
    name = captures["name"][0]
    scope = captures["scope"][0] if "scope" in captures else None
    before = found.get(name.start_byte)
    if before is None or _VAGUE.get(kind, 0) < _VAGUE.get(before.kind, 0):
        found[name.start_byte] = _Match(kind, captures[kind][0], name, scope)


def _own_rows(content: bytes, node: Node) -> range:
    """The rows of a comment that begins its line; none for one that follows code."""
    begin = content.rfind(b"\n", 0, node.start_byte) + 1
    if content[begin : node.start_byte].strip():
        return range(0)
    return range(node.start_point.row, _last_row(node) + 1)


def _last_row(node: Node) -> int:
    """A node may include the line break after it; that is no line of its own."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def _nested(content: bytes, matches: list[_Match], leads: set[int]) -> tuple[Definition, ...]:
    definitions: list[Definition] = []
    open_ones: list[tuple[int, int]] = []
    for match in matches:
        while open_ones and open_ones[-1][0] <= match.node.start_byte:
            open_ones.pop()
        parent = open_ones[-1][1] if open_ones else -1
        names = _names(content, match)
        if not names:
            continue
        outer = definitions[parent] if parent >= 0 else None
        around = outer.qualified.split(".")[-_DEEPEST_NAME:] if outer else []
        row = match.node.start_point.row
        definitions.append(
            Definition(
                name=names[-1],
                qualified=".".join(around + names),
                kind=_kind(match.kind, outer, names),
                start=row + 1,
                end=_last_row(match.node) + 1,
                lead=_first_lead(row, leads) + 1,
                parent=parent,
            )
        )
        if match.kind in HAS_BODY:
            open_ones.append((match.node.end_byte, len(definitions) - 1))
    return tuple(definitions)


def _names(content: bytes, match: _Match) -> list[str]:
    """The name as it is written, and before it the names of what it belongs to, outermost first."""
    name = _plain(content, match.name)
    if "operator" in name or "~" in name:
        return [*(part for part in _SEPARATOR.split(name)[:-1] if part), _SEPARATOR.split(name)[-1].strip()]
    parts = _SEPARATOR.split(_without_arguments(name))
    if match.kind == "scope_only":
        parts = parts[-1:]
    if match.scope is not None:
        scope = _without_arguments(_plain(content, match.scope)).strip("()*& ")
        parts = _SEPARATOR.split(scope) + parts
    cleaned = [part.strip("$'\"`:*& \t\r\n") for part in parts]
    kept = [part for part in cleaned[:-1] if part not in _NO_SCOPE]
    return [*kept, cleaned[-1]] if cleaned[-1] else []


def _plain(content: bytes, node: Node) -> str:
    end = min(node.end_byte, node.start_byte + _LONGEST_NAME)
    return content[node.start_byte : end].decode("utf-8", "ignore")


def _without_arguments(name: str) -> str:
    """Type arguments removed, inner ones first: `Map<K, List<V>>` → `Map`."""
    while (shorter := _ARGUMENTS.sub("", name)) != name:
        name = shorter
    return name


def _kind(kind: str, outer: Definition | None, names: list[str]) -> str:
    if kind == "variable" and names[-1].isupper():
        return "constant"
    in_class = outer is not None and outer.kind in CLASS_LIKE and outer.kind != "module"
    return "method" if kind == "function" and (in_class or len(names) > 1) else kind


def _first_lead(row: int, leads: set[int]) -> int:
    while row - 1 in leads:
        row -= 1
    return row
