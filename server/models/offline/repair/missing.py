"""Missing statements, modelled on what the function does: a push, an update, a return, an early exit."""

import ast
from collections.abc import Iterator

from .build import after, before, change
from .candidate import Candidate
from .facts import Facts, bound, facts_at, is_items, is_number, locals_of, params
from .source import Function, Loop, Source, all_blocks, code, indent, loop_of, outermost, scope_of

_EXITS = ast.Return | ast.Raise | ast.Break | ast.Continue
_METHODS = {"set": "add", "deque": "append", "Queue": "append", "OrderedSet": "add", "Counter": "update"}


def _places(block: list[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """Where a statement may be put in a block: before each one (False), after the last (True)."""
    for statement in block:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement, False
    if not isinstance(block[-1], _EXITS):
        yield block[-1], True


def _insert(
    source: Source, place: tuple[ast.stmt, bool], new: str, template: str, extra: float
) -> Iterator[Candidate]:
    statement, behind = place
    yield from (after if behind else before)(source, statement, new, template, extra)


def starved_collection(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`seen.add(x)` where a collection starts empty, is read, and nothing is ever added to it."""
    if not isinstance(node, Function) or outermost(source, node) is not node:
        return
    facts = facts_at(source, node)
    for name in sorted(facts.empty - facts.grown):
        if facts.stores[name] != 1 or not facts.loads[name]:
            continue
        method = _method(source, node, name)
        for scope, block, place in _all_places(node):
            if name not in _names(scope.body) or _born_later(node, place[0], name):
                continue
            far = 0.0 if name in _names(block) else 0.3
            for value, extra in _values(source, place[0], name):
                new = f"{name}.{method}({value})"
                yield from _insert(source, place, new, "starved collection", extra + far)


def _all_places(function: Function) -> Iterator[tuple[Function, list[ast.stmt], tuple[ast.stmt, bool]]]:
    for scope in (node for node in ast.walk(function) if isinstance(node, Function)):
        for block in all_blocks(scope):
            for place in _places(block):
                yield scope, block, place


def _names(block: list[ast.stmt]) -> set[str]:
    return {node.id for statement in block for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _born_later(function: Function, place: ast.stmt, name: str) -> bool:
    lines = [
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return bool(lines) and place.lineno <= min(lines)


def _method(source: Source, function: Function, name: str) -> str:
    """How something is added to what the name is first bound to; a list has `append`."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            return _METHODS.get(code(source, node.value.func).split(".")[-1], "append")
    return "append"


def _values(source: Source, place: ast.stmt, name: str) -> Iterator[tuple[str, float]]:
    """Variables worth storing at a place: those of the innermost loop first, then parameters."""
    scope = scope_of(source, place)
    loop = loop_of(source, place)
    nearest = (
        {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        if isinstance(loop, ast.For)
        else set()
    )
    for other in locals_of(source, place):
        if other != name:
            own = other in bound(scope)
            yield other, 0.0 if other in nearest else 0.3 if own else 0.9


def stale_variable(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`previous = node` where a variable is read in a loop, set before it, and never moved on."""
    if not isinstance(node, Loop):
        return
    facts = facts_at(source, node)
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    given = params(scope_of(source, node))
    for name in sorted(read - stored - facts.grown):
        if name not in bound(scope_of(source, node)) or name in given:
            continue
        for place in _places(node.body):
            for value in [
                other for other in locals_of(source, node) if other != name and other in read | stored
            ]:
                extra = 0.0 if value in stored else 0.6
                yield from _insert(source, place, f"{name} = {value}", "stale variable", extra)
            if is_number(facts, name):
                yield from _insert(
                    source, place, f"{name} += 1", "stale variable", 0.2 + 0.4 * (not place[1])
                )
                yield from _insert(
                    source, place, f"{name} -= 1", "stale variable", 0.6 + 0.4 * (not place[1])
                )


def sibling_statement(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """An existing call or count, again elsewhere in the function, also with another variable."""
    if not isinstance(node, Function):
        return
    for statement in (inner for inner in ast.walk(node) if isinstance(inner, ast.Expr | ast.AugAssign)):
        if scope_of(source, statement) is not node:
            continue
        for text, extra in _variants(source, statement):
            for block in all_blocks(node):
                for place in _places(block):
                    near = 0.0 if place[1] or isinstance(place[0], ast.Return) else 0.6
                    same = 0.8 if statement in block else 0.0
                    yield from _insert(source, place, text, "sibling statement", extra + near + same)


def _variants(source: Source, statement: ast.Expr | ast.AugAssign) -> Iterator[tuple[str, float]]:
    text = code(source, statement)
    if "\n" in text or (isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call)):
        return
    yield text, 0.2
    call = statement.value
    if isinstance(call, ast.Call) and len(call.args) == 1 and isinstance(call.func, ast.Attribute):
        base = code(source, call.func.value)
        for name in locals_of(source, statement):
            if name != base and f"{code(source, call.func)}({name})" != text:
                yield f"{code(source, call.func)}({name})", 0.3


def missing_return(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`return x` at the end of a function that answers elsewhere, or builds x and drops it."""
    if not isinstance(node, Function) or isinstance(node.body[-1], _EXITS):
        return
    returns = [n for n in ast.walk(node) if isinstance(n, ast.Return) and scope_of(source, n) is node]
    if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node)):
        return
    facts, seen = facts_at(source, node), {code(source, n.value) for n in returns if n.value}
    for name in dict.fromkeys(reversed(bound(node))):
        extra = 0.0 if name in facts.grown or facts.stores[name] > 1 else 0.5
        yield from after(source, node.body[-1], f"return {name}", "missing return", extra)
    for text in sorted(seen | ({"True", "False"} if seen & {"True", "False"} else set())):
        yield from after(source, node.body[-1], f"return {text}", "missing return", 0.4)


def early_return(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`if not x: return …` at the start, with an answer as the function gives it elsewhere."""
    if not isinstance(node, Function):
        return
    facts, first = facts_at(source, node), _first(node)
    margin = indent(source, first)
    answers = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and scope_of(source, n) is node]
    simple = [
        code(source, n) for n in answers if isinstance(n, ast.Constant | ast.List | ast.Dict | ast.Name)
    ]
    outer = [text for text in simple if text not in set(bound(node)) - set(params(node))]
    step = "\t" if margin and "\t" in margin else "    "
    for rank, answer in enumerate(dict.fromkeys([*outer, "[]", "0", "None", *params(node)[:1]])):
        for name in params(node):
            extra = min(0.2 * rank, 1.0)
            for test, more in _emptiness(facts, name):
                new = f"if {test}:\n{step}return {answer}"
                yield from before(source, first, new, "early return", extra + more)


def _first(function: Function) -> ast.stmt:
    head = function.body[0]
    described = isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant) and len(function.body) > 1
    return function.body[1] if described else head


def _emptiness(facts: Facts, name: str) -> Iterator[tuple[str, float]]:
    if is_items(facts, name) or not is_number(facts, name):
        yield f"not {name}", 0.0
    if is_number(facts, name) and not is_items(facts, name):
        yield f"{name} == 0", 0.2
        yield f"{name} <= 1", 0.6
        yield f"{name} < 0", 0.6
    yield f"{name} is None", 0.8


def returned_sum(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A returned value together with a local one that the answer forgot."""
    if not isinstance(node, ast.Return) or node.value is None or isinstance(node.value, ast.Constant):
        return
    text, facts = code(source, node.value), facts_at(source, node)
    if len(text) > 80:
        return
    top = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    items = isinstance(node.value, ast.List | ast.ListComp)
    for name in bound(scope_of(source, node)):
        given = 0.6 if name in params(scope_of(source, node)) else 0.0
        extra = given + 0.3 * (name not in top) + 0.8 * (items != is_items(facts, name))
        yield from change(source, node.value, f"{name} + {text}", "returned sum", extra)
        yield from change(source, node.value, f"{text} + {name}", "returned sum", extra + 0.2)
