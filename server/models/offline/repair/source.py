"""A Python file with what templates ask of it: where a node stands, what holds it, what may replace it."""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
Scope = Function | ast.Module

_LINE = re.compile(r"\r\n|\r|\n")
_BLOCKS = ("body", "orelse", "finalbody")

_BINDING: dict[type[ast.AST], int] = {
    ast.Lambda: 0, ast.IfExp: 1, ast.Or: 2, ast.And: 3, ast.Not: 4, ast.Compare: 5, ast.BitOr: 6,
    ast.BitXor: 7, ast.BitAnd: 8, ast.LShift: 9, ast.RShift: 9, ast.Add: 10, ast.Sub: 10, ast.Mult: 11,
    ast.Div: 11, ast.FloorDiv: 11, ast.Mod: 11, ast.MatMult: 11, ast.USub: 12, ast.UAdd: 12, ast.Invert: 12,
    ast.Pow: 13, ast.Await: 14,
}  # fmt: skip
_ATOM = 15


@dataclass(frozen=True, eq=False)
class Source:
    """`starts` are the lines' offsets in characters; `parents` maps each node but the root to its own.

    `newline` is how the file ends its lines.
    """

    text: str
    tree: ast.Module
    starts: tuple[int, ...]
    parents: dict[ast.AST, ast.AST]
    newline: str


def tree_of(text: str) -> ast.Module | None:
    """The syntax tree, or None if the text is no valid Python; what the compiler warns of is passed over."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


@lru_cache(maxsize=8)
def parse(text: str) -> Source | None:
    """The file, or None if it is no valid Python."""
    tree = tree_of(text)
    if tree is None:
        return None
    starts = (0, *(match.end() for match in _LINE.finditer(text)))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return Source(text, tree, starts, parents, "\r\n" if "\r\n" in text else "\n")


def offset(source: Source, line: int, column: int) -> int:
    """Characters before a 1-based line and a column that `ast` counts in UTF-8 bytes."""
    start = source.starts[line - 1]
    head = source.text[start : start + column]
    if head.isascii():
        return start + column
    rest = source.text[start:].split("\n", 1)[0]
    return start + len(rest.encode()[:column].decode(errors="ignore"))


def span(source: Source, node: ast.AST) -> tuple[int, int]:
    """Where an expression or a statement stands, without parentheses around it."""
    assert isinstance(node, ast.expr | ast.stmt | ast.ExceptHandler | ast.arg | ast.keyword)
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return offset(source, node.lineno, node.col_offset), offset(source, end_line, end_column)


def code(source: Source, node: ast.AST) -> str:
    """The node as it is written."""
    start, end = span(source, node)
    return source.text[start:end]


def ancestors(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    """What holds the node, innermost first."""
    while node in source.parents:
        node = source.parents[node]
        yield node


def scope_of(source: Source, node: ast.AST) -> Scope:
    """The innermost function that holds the node, else the module."""
    for holder in ancestors(source, node):
        if isinstance(holder, Function):
            return holder
    return source.tree


def outermost(source: Source, node: ast.AST) -> Scope:
    """The outermost function that holds the node (or is it), else the module."""
    found: Scope = source.tree
    for holder in (node, *ancestors(source, node)):
        if isinstance(holder, Function):
            found = holder
    return found


def statement_of(source: Source, node: ast.AST) -> ast.stmt | None:
    """The innermost statement that holds the node, or is it."""
    for holder in (node, *ancestors(source, node)):
        if isinstance(holder, ast.stmt):
            return holder
    return None


def loop_of(source: Source, node: ast.AST) -> Loop | None:
    """The innermost loop of the same function that holds the node."""
    for holder in ancestors(source, node):
        if isinstance(holder, Loop):
            return holder
        if isinstance(holder, Function):
            return None
    return None


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements directly below the node."""
    for field in _BLOCKS:
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block
    for clause in getattr(node, "handlers", ()):
        yield clause.body


def all_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements below the node, outer ones first; not those of nested functions."""
    for block in blocks(node):
        yield block
        for statement in block:
            if not isinstance(statement, Function | ast.ClassDef):
                yield from all_blocks(statement)


def block_of(source: Source, statement: ast.stmt) -> list[ast.stmt]:
    """The list of statements in which the statement stands."""
    holder = source.parents[statement]
    candidates = [holder] if not isinstance(holder, ast.Try) else [holder, *holder.handlers]
    return next(block for node in candidates for block in blocks(node) if statement in block)


def indent(source: Source, statement: ast.stmt) -> str | None:
    """The white space before a statement, or None where it doesn't begin its line."""
    start = source.starts[statement.lineno - 1]
    head = source.text[start : span(source, statement)[0]]
    return head if not head.strip() else None


def line_range(source: Source, statement: ast.stmt) -> tuple[int, int]:
    """Offsets of the whole lines of a statement, with its decorators, including the last line's end."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    last = statement.end_lineno or statement.lineno
    end = source.starts[last] if last < len(source.starts) else len(source.text)
    return source.starts[first - 1], end


def is_parenthesised(source: Source, node: ast.AST) -> bool:
    """Whether the node stands right between two parentheses."""
    start, end = span(source, node)
    return source.text[start - 1 : start] == "(" and source.text[end : end + 1] == ")"


@lru_cache(maxsize=4096)
def _strength(text: str) -> int | None:
    tree = tree_of(text)
    body = tree.body if tree else []
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None
    node = body[0].value
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return 0
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.UnaryOp):
        return _BINDING[type(node.op)]
    if isinstance(node, ast.Tuple) and not text.startswith("("):
        return 0
    return _BINDING.get(type(node), _ATOM)


def _needed(parent: ast.AST, node: ast.AST) -> int:
    """How strongly an expression must bind to stand below `parent` without parentheses."""
    if isinstance(parent, ast.BinOp):
        strict = (node is parent.right) != isinstance(parent.op, ast.Pow)
        return _BINDING[type(parent.op)] + strict
    if isinstance(parent, ast.BoolOp):
        return _BINDING[type(parent.op)] + 1
    if isinstance(parent, ast.UnaryOp):
        return _BINDING[type(parent.op)]
    if isinstance(parent, ast.Compare | ast.Starred):
        return 6
    if isinstance(parent, ast.Attribute | ast.Await) or node in (
        getattr(parent, "func", None),
        isinstance(parent, ast.Subscript) and parent.value,
    ):
        return _ATOM
    return 2 if isinstance(parent, ast.IfExp | ast.comprehension) else 0


def fitted(source: Source, node: ast.AST, new: str) -> str | None:
    """`new` with parentheses if it needs them in the node's place; None if it is no expression."""
    strength = _strength(new)
    if strength is None:
        return None
    bare = is_parenthesised(source, node) or strength >= _needed(source.parents[node], node)
    return new if bare else f"({new})"
