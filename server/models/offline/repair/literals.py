"""Wrong constants and bounds: off by one, 0 for 1, a wrong sign, an empty literal, True for False."""

import ast
from collections.abc import Iterator

from .build import change
from .candidate import Candidate
from .facts import Facts, facts_at, is_items, is_number, locals_of, params
from .source import Source, ancestors, code, scope_of

_MEASURED = ast.Name | ast.Call | ast.BinOp | ast.Attribute | ast.Subscript
_EMPTY = {
    "[]": (("[[]]", 0.2), ("None", 0.6), ("{}", 0.8), ("0", 1.0)),
    "{}": (("[]", 0.6), ("set()", 0.3), ("None", 1.0)),
    "None": (("[]", 0.3), ("0", 0.4), ("{}", 0.8), ("''", 0.8), ("False", 0.6)),
    "''": (("None", 0.5), ("[]", 1.0)),
    '""': (("None", 0.5), ("[]", 1.0)),
}


def constant(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A number moved by one, negated, 0 for 1; True for False."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_int(node.operand):
        for step in (1, -1):
            moved = str(ast.literal_eval(node) + step)
            yield from change(source, node, moved, "constant", 0.4)
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield from change(source, node, str(not value), "constant", 0.3)
    elif isinstance(value, int) and abs(value) < 1 << 63:
        extra = 0.0 if _bound_extra(source, node) is not None else 0.5
        for step in (-1, 1):
            yield from change(source, node, str(value + step), "constant", extra)
        if value:
            yield from change(source, node, str(-value), "constant", 1.0)
            yield from change(source, node, "0", "constant", 1.5)
    elif isinstance(value, float) and abs(value) < 1 << 53:
        for step in (-1, 1):
            yield from change(source, node, str(value + step), "constant", 0.7)
        yield from change(source, node, str(-value), "constant", 1.5)


def off_by_one(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`x + 1` or `x - 1` for `x` where a place, a size or a count is meant."""
    if not isinstance(node, _MEASURED) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    if isinstance(node, ast.BinOp) and (_is_int(node.left) or _is_int(node.right)):
        return
    extra = _bound_extra(source, node)
    if extra is None or not _may_count(facts_at(source, node), node):
        return
    for sign, more in (("+", 0.0), ("-", 0.0)):
        yield from change(source, node, f"{code(source, node)} {sign} 1", "off by one", extra + more)


def _is_int(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _may_count(facts: Facts, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return is_number(facts, node.id) or not facts.kinds.get(node.id, frozenset()) - {"none"}
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("len", "int", "min", "max", "abs", "sum")
    return True


def _bound_extra(source: Source, node: ast.expr) -> float | None:
    """How much less likely than in an index a wrong bound is at this place; None where no bound stands."""
    parent = source.parents[node]
    match parent:
        case ast.Subscript() if parent.slice is node:
            return 0.0
        case ast.Tuple() if isinstance(source.parents[parent], ast.Subscript):
            return 0.1
        case ast.Slice():
            return 0.0
        case ast.Call() if node in parent.args:
            named = isinstance(parent.func, ast.Name) and parent.func.id == "range"
            return 0.0 if named else 0.5
        case ast.Compare():
            return 0.6
        case ast.BinOp() if isinstance(node, ast.Call | ast.Constant):
            return 0.4
        case ast.Return() | ast.Assign() | ast.AugAssign():
            return 1.3
    return None


def slices(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """The other side of a slice; a range that begins at 1, runs to the end, or backwards."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and not node.slice.step:
        low, high, base = node.slice.lower, node.slice.upper, code(source, node.value)
        if low and not high:
            yield from change(source, node, f"{base}[:{code(source, low)}]", "subscript", 0.0)
        elif high and not low:
            yield from change(source, node, f"{base}[{code(source, high)}:]", "subscript", 0.0)
        yield from change(source, node, base, "subscript", 0.4)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        words = [code(source, arg) for arg in node.args]
        if len(words) == 1:
            yield from change(source, node, f"range(1, {words[0]})", "off by one", 0.8)
            yield from change(source, node, f"range(1, {words[0]} + 1)", "off by one", 0.9)
        elif len(words) == 2:
            yield from change(source, node, f"range({words[0]}, {words[1]}, -1)", "off by one", 1.6)


def literal(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """An empty literal for another, or for a list that holds a local variable."""
    if not isinstance(node, ast.expr) or isinstance(node, ast.Name):
        return
    text = code(source, node) if isinstance(node, ast.List | ast.Dict | ast.Constant) else ""
    for new, extra in _EMPTY.get(text, ()):
        yield from change(source, node, new, "empty literal", extra)
    if text == "[]" and isinstance(source.parents[node], ast.Return | ast.Call | ast.BinOp | ast.IfExp):
        given = params(scope_of(source, node))
        for name in locals_of(source, node):
            yield from change(source, node, f"[{name}]", "empty literal", 0.2 + 0.4 * (name not in given))


def truth(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`return depth == 0` for `return True`: the answer depends on a local variable."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, bool):
        return
    parent = source.parents[node]
    if not isinstance(parent, ast.Return):
        return
    facts, last = facts_at(source, node), _ends_function(source, parent)
    for name in locals_of(source, node):
        extra = (0.0 if facts.stores[name] > 1 else 0.6) + 0.5 * (not last)
        if is_number(facts, name):
            yield from change(source, node, f"{name} == 0", "returned truth", extra)
            yield from change(source, node, f"{name} > 0", "returned truth", extra + 0.5)
        elif is_items(facts, name):
            yield from change(source, node, f"not {name}", "returned truth", extra)
            yield from change(source, node, f"bool({name})", "returned truth", extra + 0.4)


def _ends_function(source: Source, statement: ast.Return) -> bool:
    holder = next(ancestors(source, statement), None)
    return getattr(holder, "body", [None])[-1] is statement
