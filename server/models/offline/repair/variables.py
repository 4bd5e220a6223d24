"""Wrong names: a variable, an attribute or an expression where another one of the function was meant."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from .build import change
from .candidate import Candidate
from .facts import alike, facts_at, is_items, locals_of, misfit, visible
from .source import Scope, Source, code, outermost

_POOLED = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp
_LONGEST = 48


def wrong_variable(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another variable in scope, likelier of the same kind, alike in name, or unused so far.

    Unlikely where the one that stands there would be read no more.
    """
    if not isinstance(node, ast.Name) or isinstance(node.ctx, ast.Del):
        return
    parent = source.parents[node]
    names = visible(source, node)
    if node.id not in names or (isinstance(parent, ast.Call) and parent.func is node):
        return
    stored = isinstance(node.ctx, ast.Store)
    if stored and isinstance(parent, ast.comprehension | ast.For):
        return
    facts = facts_at(source, node)
    forsaken = 0.8 * (not stored and facts.loads[node.id] == 1)
    siblings = {other.id for other in ast.iter_child_nodes(parent) if isinstance(other, ast.Name)}
    for name in names:
        if name != node.id:
            extra = misfit(facts, node.id, name) + 1.0 * stored + 0.5 * (name in siblings) + forsaken
            yield from change(source, node, name, "wrong variable", extra)


@lru_cache(maxsize=64)
def _attributes(source: Source, scope: Scope) -> dict[str, set[str]]:
    """Attribute → the expressions it is asked of there; those that are called end in "()"."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Attribute):
            found.setdefault(_shown(source, node), set()).add(code(source, node.value))
        elif isinstance(node, ast.FunctionDef):
            found.setdefault(f"{node.name}()", set()).add("self")
    return found


def _shown(source: Source, node: ast.Attribute) -> str:
    parent = source.parents[node]
    return f"{node.attr}()" if isinstance(parent, ast.Call) and parent.func is node else node.attr


def wrong_attribute(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another attribute that this file knows, likelier one that is asked of the same or alike in name."""
    if not isinstance(node, ast.Attribute):
        return
    base, shown = code(source, node.value), _shown(source, node)
    near = _attributes(source, outermost(source, node))
    for name, bases in _attributes(source, source.tree).items():
        if name == shown or name.endswith("()") != shown.endswith("()"):
            continue
        like = alike(node.attr, name.removesuffix("()"))
        extra = 0.6 - 0.9 * like + (0.0 if base in bases else 0.5)
        if extra < 1.0 or name in near:
            yield from change(source, node, f"{base}.{name.removesuffix('()')}", "wrong attribute", extra)


@lru_cache(maxsize=64)
def pool(source: Source, scope: Scope) -> tuple[tuple[str, type[ast.expr], frozenset[str]], ...]:
    """The distinct short expressions of a function: text, type and the names they use."""
    found: dict[str, tuple[str, type[ast.expr], frozenset[str]]] = {}
    for node in ast.walk(scope):
        if isinstance(node, _POOLED) and not isinstance(source.parents[node], ast.arguments):
            text = code(source, node)
            if len(text) <= _LONGEST and "\n" not in text:
                used = frozenset(name.id for name in ast.walk(node) if isinstance(name, ast.Name))
                found.setdefault(text, (text, type(node), used))
    return tuple(found.values())


def similar_expression(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another expression of the same shape from the same function."""
    if not isinstance(node, ast.Subscript | ast.Call | ast.BinOp | ast.Attribute):
        return
    scope = outermost(source, node)
    if isinstance(scope, ast.Module) or isinstance(source.parents[node], ast.Expr):
        return
    text, names = code(source, node), set(locals_of(source, node))
    inner = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    for other, shape, used in pool(source, scope):
        if other == text or shape is not type(node) or not _in_scope(source, used, names):
            continue
        like = alike(text, other)
        shared = 0.3 if used & inner else 0.0
        yield from change(source, node, other, "similar expression", 0.6 - 0.8 * like - shared)


def _in_scope(source: Source, used: frozenset[str], names: set[str]) -> bool:
    return all(name in names or name in _module_names(source) for name in used)


@lru_cache(maxsize=8)
def _module_names(source: Source) -> frozenset[str]:
    local = {
        name.id
        for name in ast.walk(source.tree)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    local |= {arg.arg for arg in ast.walk(source.tree) if isinstance(arg, ast.arg)}
    used = {name.id for name in ast.walk(source.tree) if isinstance(name, ast.Name)}
    return frozenset(used - local)


def variable_for_call(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A local variable where a call or a subscript computes the wrong thing (again)."""
    if not isinstance(node, ast.Call | ast.Subscript) or isinstance(source.parents[node], ast.Expr):
        return
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return
    facts = facts_at(source, node)
    used = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    operand = any(isinstance(holder, ast.BinOp | ast.Compare) for holder in [source.parents[node]])
    for name in locals_of(source, node):
        extra = 0.5 * (operand and is_items(facts, name)) + 0.3 * (name in used)
        yield from change(source, node, name, "call for variable", extra)
