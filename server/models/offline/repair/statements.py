"""Statements in the wrong place: one level too deep or too shallow, in the wrong order, or one too many."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from .build import change, replaced
from .candidate import Candidate, Edit
from .facts import Comprehension
from .priors import PRIORS
from .source import Function, Source, all_blocks, blocks, code, indent, line_range

_COMPOUND = ast.If | ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.Try
_RAISED = ("KeyError", "IndexError", "ValueError", "TypeError", "AttributeError", "OSError", "LookupError",
           "StopIteration", "FileNotFoundError", "ZeroDivisionError", "Exception")  # fmt: skip


def moved(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """The last statement of a block one level out; the statement behind a block into it."""
    if not isinstance(node, Function):
        return
    for block in all_blocks(node):
        for statement, following in zip(block, [*block[1:], None], strict=True):
            if isinstance(statement, _COMPOUND):
                for inner in blocks(statement):
                    yield from _dedented(source, statement, inner)
                    if following is not None:
                        yield from _indented(source, inner[-1], following)


def _dedented(source: Source, holder: ast.stmt, block: list[ast.stmt]) -> Iterator[Candidate]:
    outer, last = indent(source, holder), block[-1]
    if len(block) < 2 or outer is None or indent(source, last) is None:
        return
    start, end = line_range(source, last)
    if end != line_range(source, holder)[1]:
        return
    edit = Edit(start, end, _shifted(source.text[start:end], indent(source, last) or "", outer))
    yield Candidate((edit,), "indentation", PRIORS["indentation"], last.lineno)


def _indented(source: Source, last: ast.stmt, following: ast.stmt) -> Iterator[Candidate]:
    deep, flat = indent(source, last), indent(source, following)
    if deep is None or flat is None or isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return
    start, end = line_range(source, following)
    edit = Edit(start, end, _shifted(source.text[start:end], flat, deep))
    yield Candidate((edit,), "indentation", PRIORS["indentation"] + 0.6, following.lineno)


def _shifted(lines: str, old: str, new: str) -> str:
    moved = [new + line[len(old) :] if line.startswith(old) else line for line in lines.splitlines(True)]
    return "".join(moved)


def swapped_statements(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Two simple statements that follow each other, exchanged."""
    if not isinstance(node, Function):
        return
    for block in all_blocks(node):
        for one, two in pairwise(block):
            if isinstance(one, _COMPOUND | Function) or isinstance(two, _COMPOUND | Function):
                continue
            if isinstance(one, ast.Return | ast.Raise) or isinstance(two, ast.Return | ast.Raise):
                continue
            first = replaced(source, one, code(source, two), "swapped statements", 0.0)
            second = replaced(source, two, code(source, one), "swapped statements", 0.0)
            yield Candidate(first.edits + second.edits, first.template, first.cost, one.lineno)


def deleted(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A simple statement left out."""
    if isinstance(
        node, ast.Expr | ast.Assign | ast.AugAssign | ast.Return | ast.Break | ast.Continue | ast.Raise
    ):
        described = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not described:
            yield replaced(source, node, "pass", "deleted statement", 0.0)


def jump(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`break` for `continue` and the reverse."""
    if isinstance(node, ast.Break):
        yield replaced(source, node, "continue", "break or continue", 0.0)
    elif isinstance(node, ast.Continue):
        yield replaced(source, node, "break", "break or continue", 0.0)


def wrong_exception(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another built-in exception caught or raised; a second one caught."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        elsewhere = _caught(source)
        for caught in node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]:
            for name in dict.fromkeys([*elsewhere, *_RAISED]):
                extra = 0.0 if name in _RAISED else 0.4
                yield from change(source, caught, name, "wrong exception", extra)
                if isinstance(node.type, ast.Name) and name != node.type.id:
                    both = f"({node.type.id}, {name})"
                    yield from change(source, node.type, both, "wrong exception", extra + 0.3)
    elif (
        isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    ):
        for name in _RAISED:
            yield from change(source, node.exc.func, name, "wrong exception", 0.3)


@lru_cache(maxsize=8)
def _caught(source: Source) -> tuple[str, ...]:
    """What the file's handlers catch, the most frequent first."""
    types = [node.type for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    parts = [
        part for kind in types for part in (kind.elts if isinstance(kind, ast.Tuple) else [kind]) if part
    ]
    return tuple(name for name, _ in Counter(code(source, part) for part in parts).most_common())


def elif_branch(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`if` for `elif`, so that both branches can be taken."""
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        inner = node.orelse[0]
        start = source.starts[inner.lineno - 1] + inner.col_offset
        if source.text.startswith("elif", start):
            edit = Edit(start, start + 4, "if")
            yield Candidate((edit,), "boolean operator", PRIORS["boolean operator"] + 1.4, inner.lineno)


def comprehension_result(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A list for a set and a generator for a list where a comprehension is returned."""
    if isinstance(node, Comprehension) and isinstance(source.parents[node], ast.Return):
        text = code(source, node)
        if isinstance(node, ast.SetComp):
            yield from change(source, node, f"[{text[1:-1]}]", "wrapped in list", 0.5)
        elif isinstance(node, ast.ListComp):
            yield from change(source, node, f"set({text})", "wrapped in call", 0.8)
