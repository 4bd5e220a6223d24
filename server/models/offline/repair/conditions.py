"""Conditions that ask too little: no None check, no bound, a loop that never looks at its queue."""

import ast
from collections.abc import Iterator

from .build import change
from .candidate import Candidate
from .facts import facts_at, is_items, is_number, locals_of
from .source import Source, code

_NEARBY = 24


def loop_condition(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`while queue` for `while True`."""
    if not isinstance(node, ast.While) or not isinstance(node.test, ast.Constant):
        return
    facts = facts_at(source, node)
    used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    for name in locals_of(source, node):
        extra = 0.0 if name in facts.grown and name in used else 0.4 if is_items(facts, name) else 1.2
        yield from change(source, node.test, name, "loop condition", extra)
        if is_number(facts, name):
            yield from change(source, node.test, f"{name} > 0", "loop condition", extra + 0.3)


def _tests(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        return [node.test]
    return list(node.ifs) if isinstance(node, ast.comprehension) else []


def none_guard(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`x is None or …`, `x is not None and …` before a condition that asks x for something."""
    for test in _tests(node):
        if isinstance(test, ast.Name):
            yield from change(source, test, f"{test.id} is not None", "None guard", 0.4)
        text, bases = _grouped(source, test), _bases(source, test)
        for rank, base in enumerate(bases):
            extra = 0.2 * rank
            yield from change(source, test, f"{base} is None or {text}", "None guard", extra)
            yield from change(source, test, f"{base} is not None and {text}", "None guard", extra)


def _grouped(source: Source, test: ast.expr) -> str:
    text = code(source, test)
    return f"({text})" if isinstance(test, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr) else text


def _bases(source: Source, test: ast.expr) -> list[str]:
    found = [
        code(source, node.value)
        for node in ast.walk(test)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute)
    ]
    return [base for base in dict.fromkeys(reversed(found)) if base not in ("self", "cls")]


def index_guard(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`i < len(a) and …` before a condition that reads `a[i]`; `k in d and …` for a mapping."""
    for test in _tests(node):
        text = _grouped(source, test)
        for read in ast.walk(test):
            if isinstance(read, ast.Subscript) and isinstance(read.value, ast.Name | ast.Attribute):
                base, index = code(source, read.value), code(source, read.slice)
                if not isinstance(read.slice, ast.Slice):
                    yield from change(source, test, f"{index} < len({base}) and {text}", "index guard", 0.0)
                    yield from change(source, test, f"{index} >= 0 and {text}", "index guard", 0.4)
                    yield from change(source, test, f"{index} in {base} and {text}", "index guard", 0.5)
                    yield from change(source, test, f"{index} not in {base} or {text}", "index guard", 0.9)


def extended_condition(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A condition with a second one about names nearby, by `or` and by `and`."""
    facts = facts_at(source, node)
    for test in _tests(node):
        if isinstance(test, ast.Constant):
            continue
        used = {name.id for name in ast.walk(test) if isinstance(name, ast.Name)}
        text, atoms = code(source, test), []
        for name in locals_of(source, node):
            extra = 0.5 * (name in used) + 0.2 * isinstance(node, ast.comprehension)
            items, number = is_items(facts, name), is_number(facts, name)
            if items or not number:
                atoms += [(f"not {name}", extra), (name, extra)]
            if number and not items:
                atoms += [
                    (f"{name} == 0", extra + 0.5),
                    (f"{name} > 0", extra + 0.4),
                    (f"{name} < 0", extra + 0.7),
                ]
        for atom, extra in atoms:
            for word in ("or", "and"):
                left = f"({text})" if _mixes(test, word) else text
                unlikely = 0.5 * ((word == "and") == atom.startswith("not "))
                yield from change(
                    source, test, f"{left} {word} {atom}", "extended condition", extra + unlikely
                )
        yield from _compared(source, test, locals_of(source, node))


def _mixes(test: ast.expr, word: str) -> bool:
    if isinstance(test, ast.BoolOp):
        return isinstance(test.op, ast.Or) != (word == "or")
    return isinstance(test, ast.IfExp | ast.Lambda | ast.NamedExpr)


def _compared(source: Source, test: ast.expr, names: list[str]) -> Iterator[Candidate]:
    """Two names compared or one looked up in the other."""
    facts = facts_at(source, test)
    numbers = [name for name in names if is_number(facts, name)]
    pairs = [(one, two) for one in numbers for two in numbers if one != two]
    atoms = [f"{one} < {two}" for one, two in pairs] + [f"{one} != {two}" for one, two in pairs if one < two]
    items = [name for name in names if is_items(facts, name)]
    atoms += [f"{one} not in {two}" for one in names for two in items if one != two and one not in items]
    for atom in atoms[:_NEARBY]:
        word, left = "and", code(source, test)
        left = f"({left})" if _mixes(test, word) else left
        yield from change(source, test, f"{left} {word} {atom}", "extended condition", 1.2)
