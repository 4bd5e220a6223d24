"""Lines that run when a file is imported, so that no test is seen to run them, share the suspicion of others.

They are the heads of functions (defaults, decorators) and the constants of modules and classes. Where one
line of a function alone is suspected, as by the frame of an error during an import, the others are a little.
"""

import ast
from collections.abc import Mapping

from .source import Function, Source

_HEAD, _USED, _AROUND = 0.8, 0.5, 0.3


def spread(source: Source, suspicion: Mapping[int, float]) -> dict[int, float]:
    """The suspicion (line, 1-based → 0..1) with that of heads and of the constants that suspects use."""
    wider = dict(suspicion)
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            lines = range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
            inside = [suspicion[line] for line in lines if line in suspicion]
            _raise(wider, _head(node), _HEAD * max(inside, default=0.0))
            if len(inside) == 1:
                _raise(wider, lines, _AROUND * inside[0])
    used = _used(source, suspicion)
    classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    holders: list[ast.Module | ast.ClassDef] = [source.tree, *classes]
    for statement in (statement for holder in holders for statement in holder.body):
        votes = [used.get(name, 0.0) for name in _bound(statement)]
        _raise(wider, _lines(statement), _USED * max(votes, default=0.0))
    return wider


def _lines(statement: ast.stmt) -> range:
    """Of a function its head alone, of others all lines."""
    if isinstance(statement, Function):
        return _head(statement)
    return range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _head(function: Function) -> range:
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return range(first, max(function.body[0].lineno, function.lineno + 1))


def _raise(suspicion: dict[int, float], lines: range, score: float) -> None:
    for line in lines:
        if score > suspicion.get(line, 0.0):
            suspicion[line] = score


def _used(source: Source, suspicion: Mapping[int, float]) -> dict[str, float]:
    """The names that suspicious lines read, each with the highest suspicion of one that does."""
    used: dict[str, float] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = node.id if isinstance(node, ast.Name) else node.attr
            used[name] = max(used.get(name, 0.0), suspicion.get(node.lineno, 0.0))
    return used


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, Function):
        return {statement.name}
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
