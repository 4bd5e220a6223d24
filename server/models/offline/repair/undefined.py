"""Names that nothing defines: a slip of spelling, a forgotten import, a forgotten `self.`."""

import ast
import builtins
import sys
from collections.abc import Iterator
from functools import lru_cache

from .build import change
from .candidate import Candidate, Edit
from .facts import alike, visible
from .priors import PRIORS
from .source import Function, Source, line_range

_MODULES = {
    "abc": "ABC abstractmethod",
    "bisect": "bisect_left bisect_right insort",
    "collections": "defaultdict deque Counter OrderedDict namedtuple ChainMap",
    "contextlib": "contextmanager suppress closing ExitStack",
    "copy": "deepcopy",
    "dataclasses": "dataclass field asdict replace",
    "datetime": "datetime timedelta date timezone",
    "decimal": "Decimal",
    "enum": "Enum IntEnum",
    "fractions": "Fraction",
    "functools": "reduce lru_cache partial wraps cached_property total_ordering",
    "heapq": "heappush heappop heapify nlargest nsmallest",
    "io": "StringIO BytesIO",
    "itertools": "chain product combinations permutations islice groupby zip_longest accumulate",
    "math": "sqrt floor ceil gcd inf isclose log pi",
    "pathlib": "Path PurePath",
    "textwrap": "dedent",
    "typing": "Any Optional",
}
_EXPORTS = {name: module for module, names in _MODULES.items() for name in names.split()}
_ALIKE = 0.6


@lru_cache(maxsize=16)
def _defined(source: Source) -> frozenset[str] | None:
    """Every name that the file binds anywhere; None where a star import leaves it open."""
    names = set(dir(builtins)) | {"__file__", "__name__", "__path__", "__class__"}
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.ImportFrom() if any(alias.name == "*" for alias in node.names):
                return None
            case ast.alias(name=name, asname=alias):
                names.add((alias or name).split(".")[0])
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                names.add(name)
            case ast.Global(names=more) | ast.Nonlocal(names=more):
                names |= set(more)
    return frozenset(names)


def undefined_name(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """The closest name in scope, an import from the standard library, or `self.x` for an unknown `x`."""
    defined = _defined(source)
    if not isinstance(node, ast.Name) or defined is None or node.id in defined:
        return
    yield from _imported(source, node.id, node.lineno)
    if node.id in _attributes_of_self(source):
        yield from change(source, node, f"self.{node.id}", "undefined name", 0.2)
    local = set(visible(source, node))
    for name in sorted(defined):
        like = alike(node.id, name)
        if like >= _ALIKE or name in local:
            extra = 1.5 * (1 - like) + 0.5 * (name not in local)
            yield from change(source, node, name, "undefined name", extra)


@lru_cache(maxsize=16)
def _attributes_of_self(source: Source) -> frozenset[str]:
    attributes = [n for n in ast.walk(source.tree) if isinstance(n, ast.Attribute)]
    names = {n.attr for n in attributes if isinstance(n.value, ast.Name) and n.value.id == "self"}
    return frozenset(names | {n.name for n in ast.walk(source.tree) if isinstance(n, Function)})


def _imported(source: Source, name: str, line: int) -> Iterator[Candidate]:
    lines = [f"from {_EXPORTS[name]} import {name}"] if name in _EXPORTS else []
    if name in sys.stdlib_module_names:
        lines.append(f"import {name}")
    for rank, text in enumerate(lines):
        at = _import_place(source)
        edit = Edit(at, at, text + source.newline)
        yield Candidate((edit,), "missing import", PRIORS["missing import"] + 0.2 * rank, line)


def _import_place(source: Source) -> int:
    """Before the first import that isn't from `__future__`, else behind the module's docstring."""
    at = 0
    for statement in source.tree.body:
        described = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not described and not future:
            return line_range(source, statement)[0]
        at = line_range(source, statement)[1]
    return at
