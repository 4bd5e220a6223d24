"""Wrong calls: arguments in the wrong order, a sibling function, a call too many or too few."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from .build import change, replaced
from .candidate import Candidate
from .facts import Facts, facts_at, is_items, is_number, locals_of, own_function
from .source import Function, Source, code, loop_of, outermost, statement_of

_PAIRS = """
    any/all min/max sorted/reversed append/extend add/update append/appendleft pop/popleft floor/ceil
    startswith/endswith lower/upper index/find find/rfind index/rindex split/rsplit partition/rpartition
    keys/values keys/items values/items remove/discard strip/lstrip strip/rstrip lstrip/rstrip match/search
    isdigit/isalpha union/intersection issubset/issuperset match/fullmatch read/readlines encode/decode
    bisect_left/bisect_right heappushpop/heapreplace isinstance/issubclass ljust/rjust
"""
_SIBLINGS = tuple(tuple(pair.split("/")) for pair in _PAIRS.split())
_WRAPPERS = ("len", "abs", "int", "str", "list", "sorted", "set", "reversed", "tuple", "float")
_LONGEST = 60
_IN_PLACE = ("sort", "reverse", "append", "extend", "add", "update", "insert")


def swapped_arguments(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Two arguments, two parts of a subscript or two elements of a tuple exchanged."""
    if isinstance(node, ast.Call):
        parts, extra = node.args, 0.0
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        parts, extra = node.elts, 0.3
    else:
        return
    if len(parts) > 5 or any(isinstance(part, ast.Starred) for part in parts):
        return
    for (i, first), (j, second) in combinations(enumerate(parts), 2):
        one, two = code(source, first), code(source, second)
        for left in change(source, first, two, "swapped arguments", extra + 0.4 * (j - i - 1)):
            for right in change(source, second, one, "swapped arguments", 0.0):
                yield Candidate(left.edits + right.edits, left.template, left.cost, left.line)


def sibling_function(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`any` for `all`, `min` for `max`, `append` for `extend` and their like."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        old, prefix = node.id, ""
    elif isinstance(node, ast.Attribute):
        old, prefix = node.attr, f"{code(source, node.value)}."
    else:
        return
    for pair in _SIBLINGS:
        if old in pair:
            new = pair[1 - pair.index(old)]
            yield from change(source, node, f"{prefix}{new}", "sibling function", 0.0)
    if old == "pop" and isinstance(call := source.parents[node], ast.Call):
        new = f"{prefix}pop()" if call.args else f"{prefix}pop(0)"
        yield from change(source, call, new, "sibling function", 0.2)


@lru_cache(maxsize=16)
def _functions(source: Source) -> dict[str, Function]:
    return {node.name: node for node in ast.walk(source.tree) if isinstance(node, Function)}


def wrong_function(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """Another function of this file that takes as many arguments."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    functions = _functions(source)
    for name, function in functions.items():
        if (
            name != node.func.id
            and len(function.args.args) == len(node.args)
            and function in source.tree.body
        ):
            extra = 0.0 if node.func.id in functions else 0.8
            yield from change(source, node.func, name, "wrong function", extra)


def unwrapped(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`x` for `f(x)`, `[x]`, or an element for a list of one."""
    if isinstance(node, ast.Call) and node.args and not isinstance(source.parents[node], ast.Expr):
        for index, argument in enumerate(node.args[:2]):
            if not isinstance(argument, ast.Starred):
                yield from change(source, node, code(source, argument), "unwrapped call", 0.6 * index)
    elif isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.ctx, ast.Load):
        yield from change(source, node, code(source, node.elts[0]), "wrapped in list", 0.2)


def wrapped(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`f(x)`, `[x]` or a slice of x for x, where x is an argument, an iterable, an operand or an answer."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    parent = source.parents[node]
    argument = isinstance(parent, ast.Call) and node in parent.args
    if argument or node is getattr(parent, "iter", None):
        yield from _sliced(source, node)
    place = isinstance(parent, ast.Return | ast.BinOp | ast.Compare | ast.For | ast.Assign | ast.List)
    if not place and not argument:
        return
    if isinstance(parent, ast.Return | ast.BinOp | ast.Call | ast.Assign):
        yield from change(source, node, f"[{node.id}]", "wrapped in list", 0.4)
    seen = {name for call in ast.walk(outermost(source, node)) if (name := _called(call))}
    single = {name for name, function in _functions(source).items() if len(function.args.args) == 1}
    for name in [*_WRAPPERS, *sorted(seen & single)]:
        extra = 0.2 if name in seen else 0.9
        yield from change(source, node, f"{name}({node.id})", "wrapped in call", extra)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _sliced(source: Source, node: ast.Name) -> Iterator[Candidate]:
    facts, name = facts_at(source, node), node.id
    if facts.kinds.get(name) and not is_items(facts, name):
        return
    taken = _seen_slices(source, node)
    for bound in ["1:", ":-1", *_slice_bounds(facts, locals_of(source, node))]:
        extra = 0.0 if bound in taken else 0.3 if bound == "1:" else 0.6
        yield from change(source, node, f"{name}[{bound}]", "slice of argument", extra)


def _slice_bounds(facts: Facts, names: list[str]) -> Iterator[str]:
    for other in names:
        if is_number(facts, other):
            yield from (f"{other}:", f":{other}", f"{other} + 1:")


def _seen_slices(source: Source, node: ast.AST) -> set[str]:
    return {
        code(source, other)[len(code(source, other.value)) + 1 : -1]
        for other in ast.walk(outermost(source, node))
        if isinstance(other, ast.Subscript) and isinstance(other.slice, ast.Slice)
    }


def adjusted(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`x - y` or `x + y` for an argument, bound or operand x, with a number y of the function; `x * x`."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    parent, facts = source.parents[node], facts_at(source, node)
    argument = isinstance(parent, ast.Call) and node in parent.args
    place = isinstance(
        parent, ast.Call | ast.Slice | ast.Subscript | ast.BinOp | ast.Compare | ast.Return | ast.Assign
    )
    if not place or getattr(parent, "func", None) is node or getattr(parent, "value", None) is node:
        return
    if not is_number(facts, node.id):
        return
    template = "adjusted argument" if argument else "extended operand"
    for other in locals_of(source, node):
        if other != node.id and is_number(facts, other):
            yield from change(source, node, f"{node.id} - {other}", template, 0.0)
            yield from change(source, node, f"{node.id} + {other}", template, 0.2)
    if isinstance(parent, ast.BinOp | ast.Compare):
        yield from change(source, node, f"{node.id} * {node.id}", "extended operand", 0.0)
        yield from change(source, node, f"2 * {node.id}", "extended operand", 0.3)


def extreme(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`x = max(x, e)` for `x = e` in a loop; a running value clamped at 0."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1 or loop_of(source, node) is None:
        return
    target, value = node.targets[0], code(source, node.value)
    if not isinstance(target, ast.Name | ast.Subscript | ast.Attribute) or len(value) > _LONGEST:
        return
    name, facts = code(source, target), facts_at(source, node)
    recalled = isinstance(target, ast.Name) and facts.stores[name] > 1
    running = name in value
    if isinstance(node.value, ast.List | ast.Dict | ast.Set | ast.Constant):
        return
    for function in ("max", "min"):
        if not running and f"{function}(" not in value:
            yield from change(
                source, node.value, f"{function}({name}, {value})", "running extreme", 0.6 * (not recalled)
            )
        if running:
            yield from change(source, node.value, f"{function}(0, {value})", "clamped", 0.0)


def result(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """A call whose result is lost: returned, yielded or assigned; and `x = x.sort()` the other way round."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _lost(source, node, node.value)
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        function = node.value.func
        if not isinstance(function, ast.Attribute) or function.attr not in _IN_PLACE:
            return
        if code(source, function.value) == code(source, node.targets[0]):
            yield replaced(source, node, code(source, node.value), "method result", 0.0)


def _lost(source: Source, node: ast.Expr, call: ast.Call) -> Iterator[Candidate]:
    function, text = own_function(source, node), code(source, call)
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if function is None or name not in _functions(source):
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            yield replaced(source, node, f"{call.func.value.id} = {text}", "method result", 0.6)
        return
    recursive = 0.0 if name == function.name else 0.6
    yields = any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(function))
    word = "yield from" if yields else "return"
    yield replaced(source, node, f"{word} {text}", "recursive result unused", recursive)
    for local in locals_of(source, node):
        extra = recursive + 0.8 + 0.6 * (local not in text)
        yield replaced(source, node, f"{local} = {text}", "recursive result unused", extra)


def generator(source: Source, node: ast.AST) -> Iterator[Candidate]:
    """`yield from` for `yield` and the reverse; the plain element for a delegated call."""
    if isinstance(node, ast.Yield) and node.value and isinstance(statement_of(source, node), ast.Expr):
        value = node.value
        extra = 0.0 if isinstance(value, ast.Call) else 0.8
        yield from change(source, node, f"yield from {code(source, value)}", "delegated generator", extra)
    elif isinstance(node, ast.YieldFrom):
        yield from change(source, node, f"yield {code(source, node.value)}", "delegated generator", 0.4)
