"""What the names of a function are, told from how it uses them: Python gives no types, but habits."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from .source import Function, Scope, Source, ancestors, outermost, scope_of

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

GROWING = frozenset(
    {"append", "add", "extend", "insert", "update", "push", "put", "setdefault", "appendleft"}
)
_CONTAINER_METHODS = GROWING | {
    "pop",
    "popleft",
    "remove",
    "keys",
    "values",
    "items",
    "sort",
    "index",
    "count",
}
_OVER_ITEMS = {"len", "sorted", "enumerate", "reversed", "sum", "any", "all", "set", "list", "tuple", "iter"}
_ANNOTATED = {
    "int": "number", "float": "number", "list": "items", "dict": "items", "set": "items", "str": "items",
    "tuple": "items", "Sequence": "items", "Iterable": "items", "Callable": "function", "bool": "truth",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Facts:
    """Of an outermost function with all that is nested in it.

    `kinds` maps a name to what its uses show: "items", "number", "object", "function", "truth", "none".
    `empty` are names that start as an empty collection, `grown` those to which something is added.
    """

    loads: Counter[str]
    stores: Counter[str]
    kinds: dict[str, frozenset[str]]
    empty: frozenset[str]
    grown: frozenset[str]


def params(scope: Scope) -> list[str]:
    """The parameters of a function, `self` and `cls` not among them."""
    if isinstance(scope, ast.Module):
        return []
    spec = scope.args
    names = [arg.arg for arg in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]]
    names += [arg.arg for arg in (spec.vararg, spec.kwarg) if arg]
    return [name for name in names if name not in ("self", "cls")]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Function | ast.Lambda | ast.ClassDef | Comprehension):
            yield from _own(child)


@lru_cache(maxsize=512)
def bound(scope: Scope) -> tuple[str, ...]:
    """Parameters and then local variables in the order of their first assignment; of a module, variables."""
    names = dict.fromkeys(params(scope))
    stored = [node for node in _own(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for node in sorted(stored, key=lambda node: (node.lineno, node.col_offset)):
        names.setdefault(node.id)
    return tuple(names)


def visible(source: Source, node: ast.AST) -> list[str]:
    """Names of variables that an expression at this node may use, nearest scope first."""
    names: dict[str, None] = {}
    for holder in ancestors(source, node):
        if isinstance(holder, Comprehension):
            targets = [name for clause in holder.generators for name in ast.walk(clause.target)]
            names |= dict.fromkeys(name.id for name in targets if isinstance(name, ast.Name))
        elif isinstance(holder, Scope):
            names |= dict.fromkeys(bound(holder))
    return list(names)


def locals_of(source: Source, node: ast.AST) -> list[str]:
    """The visible names that are bound inside functions."""
    module = set(bound(source.tree))
    inner = {
        name for holder in ancestors(source, node) if isinstance(holder, Function) for name in bound(holder)
    }
    return [name for name in visible(source, node) if name in inner or name not in module]


@lru_cache(maxsize=128)
def _facts(source: Source, scope: Scope) -> Facts:
    loads: Counter[str] = Counter()
    stores: Counter[str] = Counter()
    kinds: dict[str, set[str]] = {}
    empty: set[str] = set()
    grown: set[str] = set()
    for node in ast.walk(scope):
        if isinstance(node, ast.Name):
            (loads if isinstance(node.ctx, ast.Load) else stores)[node.id] += 1
            parent = source.parents[node]
            kinds.setdefault(node.id, set()).update(_use(source, parent, node))
            if _grows(source, parent, node):
                grown.add(node.id)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            empty |= {name for name in _targets(node) if _is_empty(node.value)}
        elif isinstance(node, ast.arg):
            kinds.setdefault(node.arg, set()).update(_hinted(node.annotation))
    frozen = {name: frozenset(found) for name, found in kinds.items()}
    return Facts(loads, stores, frozen, frozenset(empty), frozenset(grown))


def facts_at(source: Source, node: ast.AST) -> Facts:
    """The facts of the outermost function around the node."""
    return _facts(source, outermost(source, node))


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return not value.args and not value.keywords
    return (isinstance(value, ast.List) and not value.elts) or (
        isinstance(value, ast.Dict) and not value.keys
    )


def _hinted(annotation: ast.expr | None) -> set[str]:
    words = [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)] if annotation else []
    return {_ANNOTATED[word] for word in words[:1] if word in _ANNOTATED}


def _grows(source: Source, parent: ast.AST, node: ast.Name) -> bool:
    if isinstance(parent, ast.Attribute):
        return parent.attr in GROWING
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return isinstance(parent.ctx, ast.Store)
    if isinstance(parent, ast.Call):
        return parent.func is not node and _called(parent) not in _OVER_ITEMS
    return isinstance(parent, ast.AugAssign) and parent.target is node


def _use(source: Source, parent: ast.AST, node: ast.Name) -> Iterator[str]:
    """The kinds that one use of a name speaks for."""
    match parent:
        case ast.Subscript():
            yield "items" if parent.value is node else "number"
        case ast.Slice():
            yield "number"
        case ast.For() | ast.comprehension():
            yield from ["items"] * (parent.iter is node) + ["number"] * (_called(parent.iter) == "range")
        case ast.Attribute():
            yield "items" if parent.attr in _CONTAINER_METHODS else "object"
        case ast.Call():
            yield from _call_use(parent, node)
        case ast.BinOp() if not isinstance(parent.op, ast.Add | ast.Mod):
            yield "number"
        case ast.BinOp() | ast.Compare():
            yield from _operand_use(parent, node)
        case ast.Assign():
            yield from _value_kind(parent.value)
        case ast.AugAssign() if _value_kind(parent.value) == ["number"]:
            yield "number"


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _call_use(call: ast.Call, node: ast.Name) -> Iterator[str]:
    if call.func is node:
        yield "function"
    elif _called(call) == "range":
        yield "number"
    elif _called(call) in _OVER_ITEMS:
        yield "items"


def _operand_use(parent: ast.BinOp | ast.Compare, node: ast.Name) -> Iterator[str]:
    others = (
        [parent.left, parent.right] if isinstance(parent, ast.BinOp) else [parent.left, *parent.comparators]
    )
    for other in others:
        if other is not node:
            yield from _value_kind(other)
    operator = parent.ops[0] if isinstance(parent, ast.Compare) else parent.op
    if isinstance(operator, ast.In | ast.NotIn) and others[0] is not node:
        yield "items"
    if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        yield "number"


def _value_kind(value: ast.expr) -> list[str]:
    match value:
        case ast.Constant(value=bool()):
            return ["truth"]
        case ast.Constant(value=int() | float()):
            return ["number"]
        case ast.Constant(value=None):
            return ["none"]
        case (
            ast.List()
            | ast.Dict()
            | ast.Set()
            | ast.Tuple()
            | ast.ListComp()
            | ast.DictComp()
            | ast.SetComp()
        ):
            return ["items"]
        case ast.Constant(value=str()):
            return ["items"]
        case ast.Call(func=ast.Name(id=name)):
            return ["number"] if name in ("len", "int", "abs", "sum") else ["items"] * (name in _OVER_ITEMS)
        case ast.BinOp(left=left, right=right):
            return (_value_kind(left) or _value_kind(right)) if not isinstance(value.op, ast.Mod) else []
    return []


@lru_cache(maxsize=1 << 16)
def alike(one: str, two: str) -> float:
    """How alike two texts are, 0..1 (Ratcliff, Obershelp 1988)."""
    return SequenceMatcher(None, one, two).ratio()


def misfit(facts: Facts, old: str, new: str) -> float:
    """What it costs to believe that `new` was meant for `old`: 0 for the same kind and a like name."""
    have, want = facts.kinds.get(new, frozenset()), facts.kinds.get(old, frozenset())
    have, want = have - {"none"}, want - {"none"}
    kind = 0.5 if not have or not want else 0.0 if have & want else 1.3
    like = alike(old, new) if min(len(old), len(new)) > 2 else 0.0
    unused = 0.9 if not facts.loads[new] else 0.0
    return kind - 0.5 * like - unused


def is_items(facts: Facts, name: str) -> bool:
    """Whether the name's uses show a collection or a string."""
    return "items" in facts.kinds.get(name, ())


def is_number(facts: Facts, name: str) -> bool:
    """Whether the name's uses show a number or a key."""
    return "number" in facts.kinds.get(name, ())


def own_function(source: Source, node: ast.AST) -> Function | None:
    """The innermost function around the node."""
    scope = scope_of(source, node)
    return None if isinstance(scope, ast.Module) else scope
