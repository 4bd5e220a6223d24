"""Wrong operators: comparisons, arithmetic, Boolean connectives, and operands in the wrong order."""

import ast
import re
from collections.abc import Iterator

from .build import between, change, replaced
from .candidate import Candidate
from .source import Source, code, span

_COMPARISONS: dict[type[ast.cmpop], tuple[tuple[str, float], ...]] = {
    ast.Lt: (("<=", 0.0), (">", 0.7), (">=", 1.0), ("!=", 1.8)),
    ast.LtE: (("<", 0.0), (">=", 0.7), (">", 1.0), ("==", 2.0)),
    ast.Gt: ((">=", 0.0), ("<", 0.7), ("<=", 1.0), ("!=", 1.8)),
    ast.GtE: ((">", 0.0), ("<=", 0.7), ("<", 1.0), ("==", 2.0)),
    ast.Eq: (("!=", 0.6), ("<=", 1.2), (">=", 1.2), ("<", 1.4), (">", 1.4), ("in", 1.8), ("is", 2.2)),
    ast.NotEq: (("==", 0.6), ("<", 1.2), (">", 1.2), ("not in", 2.0)),
    ast.Is: (("is not", 0.6), ("==", 0.8)),
    ast.IsNot: (("is", 0.6), ("!=", 0.8)),
    ast.In: (("not in", 0.6), ("==", 2.0)),
    ast.NotIn: (("in", 0.6), ("!=", 2.0)),
}
_ARITHMETIC: dict[type[ast.operator], tuple[tuple[str, float], ...]] = {
    ast.Add: (("-", 0.2), ("*", 1.0)),
    ast.Sub: (("+", 0.2), ("%", 1.5), ("//", 1.8)),
    ast.Mult: (("+", 0.8), ("**", 0.8), ("/", 0.8), ("//", 1.0)),
    ast.Div: (("//", 0.2), ("*", 0.8), ("%", 1.4)),
    ast.FloorDiv: (("/", 0.4), ("%", 0.6), ("*", 1.0), ("-", 1.6)),
    ast.Mod: (("//", 0.5), ("/", 1.0), ("-", 1.6)),
    ast.Pow: (("*", 0.4),),
    ast.BitXor: (("&", 0.0), ("|", 0.0), ("**", 0.6)),
    ast.BitAnd: (("|", 0.0), ("^", 0.2), ("and", 1.0)),
    ast.BitOr: (("&", 0.0), ("^", 0.2), ("or", 1.0)),
    ast.LShift: ((">>", 0.0),),
    ast.RShift: (("<<", 0.0),),
}
_ANY_COMPARISON = ("==", "!=", "<", "<=", ">", ">=", "is", "is not")
_ANY_ARITHMETIC = {"+": 1.6, "-": 1.6, "*": 1.6, "/": 1.7, "//": 1.7, "%": 1.7, "**": 1.9,
                   "|": 1.9, "&": 2.1, "<<": 2.3, ">>": 2.3, "^": 2.3}  # fmt: skip
_ON_TEXT = (("%", 0.0), ("+", 0.0), ("*", 1.0))
_SIGNS: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not "}
_COMMUTING = ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor
_ORDERED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def comparison(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another comparison operator, also together with a bound moved by one (`== 0` → `<= 1`)."""
    if not isinstance(node, ast.Compare):
        return
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
        for new, extra in _compared_otherwise(type(operator)):
            if new.startswith("is") and not _is_single(right):
                continue
            yield from between(source, (left, right), new, "comparison", extra)
            yield from _with_bound(source, (left, right), new, extra)


def _compared_otherwise(operator: type[ast.cmpop]) -> Iterator[tuple[str, float]]:
    """The likely confusions first, then whatever else compares."""
    likely = _COMPARISONS[operator]
    yield from likely
    yield from ((new, 1.6) for new in _ANY_COMPARISON if new not in dict(likely))


def _computed_otherwise(operator: type[ast.operator]) -> Iterator[tuple[str, float]]:
    likely = _ARITHMETIC.get(operator, ())
    yield from likely
    yield from ((new, extra) for new, extra in _ANY_ARITHMETIC.items() if new not in dict(likely))


def _is_single(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and node.value is None)


def _with_bound(
    source: Source, pair: tuple[ast.expr, ast.expr], new: str, extra: float
) -> Iterator[Candidate]:
    bound = pair[1]
    if not isinstance(bound, ast.Constant) or type(bound.value) is not int or new not in _ORDERED:
        return
    for step in (1, -1):
        for first in between(source, pair, new, "comparison and bound", extra):
            for second in change(source, bound, str(bound.value + step), "comparison and bound", 0.0):
                yield Candidate(first.edits + second.edits, first.template, first.cost, first.line)


def arithmetic(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another arithmetic or bit operator, also in `+=` and its like."""
    if isinstance(node, ast.BinOp):
        text = isinstance(node.left, ast.JoinedStr | ast.Constant) and not _is_number(node.left)
        if text and isinstance(node.op, ast.Mod | ast.Add):
            return
        for new, extra in _ON_TEXT if text else _computed_otherwise(type(node.op)):
            yield from between(source, (node.left, node.right), new, "arithmetic", extra)
    elif isinstance(node, ast.AugAssign):
        for new, extra in _computed_otherwise(type(node.op)):
            if new not in ("and", "or"):
                yield from between(source, (node.target, node.value), f"{new}=", "arithmetic", extra)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex)


def sign(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another sign, none, or one that was forgotten before an index, an argument or an answer."""
    if isinstance(node, ast.UnaryOp):
        operand = code(source, node.operand)
        if not isinstance(node.op, ast.Not):
            yield from change(source, node, operand, "sign", 0.2)
        for kind, new in _SIGNS.items():
            if not isinstance(node.op, kind):
                unlike = 1.0 * (ast.Not in (kind, type(node.op)))
                yield from change(source, node, f"{new}{_held(node.operand, operand)}", "sign", unlike)
    elif isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript):
        parent = source.parents[node]
        place = isinstance(parent, ast.Slice | ast.Return | ast.keyword | ast.BinOp)
        place = place or (isinstance(parent, ast.Call) and node in parent.args)
        if place or (isinstance(parent, ast.Subscript) and parent.slice is node):
            yield from change(source, node, f"-{code(source, node)}", "sign", 1.4)


def boolean(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`and` for `or`, or one condition left out."""
    if not isinstance(node, ast.BoolOp):
        return
    new = "or" if isinstance(node.op, ast.And) else "and"
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from between(source, (left, right), new, "boolean operator", 0.0)
    for index, value in enumerate(node.values):
        rest = [code(source, other) for other in node.values if other is not value]
        word = " and " if isinstance(node.op, ast.And) else " or "
        yield from change(source, node, word.join(rest), "dropped condition", 0.1 * (index == 0))


def operands(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Operands swapped where order matters, or one of them left out."""
    if not isinstance(node, ast.BinOp):
        return
    left, right = code(source, node.left), code(source, node.right)
    operator = re.sub(r"[()]", "", source.text[slice(*_gap(source, node))]).strip()
    numeric = any(
        isinstance(side, ast.Constant) and type(side.value) is int for side in (node.left, node.right)
    )
    if not isinstance(node.op, _COMMUTING) and not (numeric and isinstance(node.op, ast.Add)):
        extra = 0.5 if isinstance(node.op, ast.Add) else 0.2 if not numeric else 0.8
        swapped = f"{_held(node.right, right)} {operator} {_held(node.left, left)}"
        yield from change(source, node, swapped, "swapped operands", extra)
    yield from change(source, node, left, "dropped operand", 0.0 if numeric else 0.4)
    yield from change(source, node, right, "dropped operand", 0.2 if numeric else 0.5)


def _held(node: ast.expr, text: str) -> str:
    return (
        f"({text})"
        if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Lambda)
        else text
    )


def _gap(source: Source, node: ast.BinOp) -> tuple[int, int]:
    return span(source, node.left)[1], span(source, node.right)[0]


def negation(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A condition negated, or its `not` left out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from change(source, node, code(source, node.operand), "negated condition", 0.0)
        return
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    elif isinstance(node, ast.BoolOp):
        tests = node.values
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Name | ast.Call | ast.Attribute):
        tests = [node.value]
    else:
        return
    unlikely = 1.4 if isinstance(node, ast.Return) else 0.4 if isinstance(node, ast.BoolOp) else 0.2
    for test in tests:
        if not isinstance(test, ast.Constant | ast.UnaryOp) and not _single_comparison(test):
            yield from change(source, test, f"not ({code(source, test)})", "negated condition", unlikely)


def _single_comparison(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and len(node.ops) == 1


def augmented(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`=` for `+=` and the reverse; `x.update(y)` and its like for `x = y`."""
    if isinstance(node, ast.AugAssign):
        yield from between(source, (node.target, node.value), "=", "assignment", 0.0)
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield from between(source, (node.targets[0], node.value), "+=", "assignment", 0.3)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if not isinstance(call.func, ast.Attribute) or len(call.args) != 1 or call.keywords:
            return
        if call.func.attr in ("update", "extend", "append", "add"):
            new = f"{code(source, call.func.value)} = {code(source, call.args[0])}"
            yield replaced(source, node, new, "assignment", 0.0)
