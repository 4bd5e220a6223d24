"""What seems to have been taken out: what a loop goes over, the decorator of a function."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from .build import before, change
from .candidate import Candidate
from .facts import facts_at, is_number, locals_of, visible
from .source import Function, Source, code

_LONGEST = 60


def starved_loop(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A variable or an iterable of this file where a loop goes over an empty literal."""
    if not isinstance(node, ast.For | ast.AsyncFor | ast.comprehension) or not _is_empty(node.iter):
        return
    pair = isinstance(node.target, ast.Tuple)
    targets = {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    facts = facts_at(source, node.iter)
    local = set(locals_of(source, node.iter))
    for name in visible(source, node.iter):
        if name in targets:
            continue
        extra = 0.4 if name not in local or facts.loads[name] > 1 else 0.0
        ways = [name, f"{name}.items()", f"enumerate({name})"] if pair else [name]
        if is_number(facts, name):
            ways.insert(0, f"range({name})")
        ways += [] if pair else [f"range(len({name}))", f"enumerate({name})"]
        for rank, text in enumerate(ways):
            yield from change(source, node.iter, text, "starved loop", extra + 0.3 * rank)
    known = {*local, "self"}
    for text, names in _iterables(source):
        if names & known:
            yield from change(source, node.iter, text, "starved loop", 0.5 if names <= known else 0.8)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts


@lru_cache(maxsize=8)
def _iterables(source: Source) -> tuple[tuple[str, frozenset[str]], ...]:
    """What this file's loops go over, and its attributes of self: text and the names in it."""
    found: dict[str, frozenset[str]] = {}
    for node in ast.walk(source.tree):
        loops = isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)
        expression = getattr(node, "iter", None) if loops else node if _is_own(node) else None
        if isinstance(expression, ast.expr) and not _is_empty(expression):
            text = code(source, expression)
            if len(text) <= _LONGEST and "\n" not in text:
                names = {name.id for name in ast.walk(expression) if isinstance(name, ast.Name)}
                found.setdefault(text, frozenset(names))
    return tuple(found.items())


def _is_own(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def missing_decorator(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A decorator that functions like this one have in this file, or that the first parameter speaks for."""
    if not isinstance(node, Function):
        return
    present = {code(source, decorator) for decorator in node.decorator_list}
    for text, extra in _decorators(source, node):
        if text not in present:
            for made in before(source, node, f"@{text}", "missing decorator", extra):
                yield Candidate(made.edits, made.template, made.cost, node.lineno)


def _decorators(source: Source, node: Function) -> Iterator[tuple[str, float]]:
    holder = source.parents[node]
    given = [argument.arg for argument in node.args.args]
    if isinstance(holder, ast.ClassDef):
        if given[:1] == ["cls"]:
            yield "classmethod", -1.0
        if given[:1] not in (["self"], ["cls"]):
            yield "staticmethod", -0.6
        if given == ["self"]:
            yield "property", 0.0
        for other in holder.body:
            if isinstance(other, Function) and other is not node and other.name == node.name:
                yield f"{node.name}.setter", -1.0
    yield from ((text, 0.6) for text in _used(source, type(holder).__name__))
    if isinstance(holder, Function) and "wraps" in source.text:
        for argument in holder.args.args:
            yield f"wraps({argument.arg})", 0.0
            yield f"functools.wraps({argument.arg})", 0.2


@lru_cache(maxsize=32)
def _used(source: Source, holder: str) -> tuple[str, ...]:
    """The decorators of functions that stand in such a holder: "ClassDef", "Module", "FunctionDef"."""
    functions = [node for node in ast.walk(source.tree) if isinstance(node, Function)]
    near = [node for node in functions if type(source.parents[node]).__name__ == holder]
    texts = [code(source, decorator) for function in near for decorator in function.decorator_list]
    return tuple(dict.fromkeys(text for text in texts if "\n" not in text and len(text) <= _LONGEST))
