"""Runs a repaired program and its reference on the same inputs, in a process of its own.

Usage: python compare.py NAME REPAIRED REFERENCE < inputs.json. Prints {"compared": n, "count": n different,
"different": [some]}. An input on which the reference raises or takes too long says nothing: it isn't counted.
"""

import importlib.util
import json
import math
import resource
import signal
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

SECONDS = 1.0
PATIENCE = 5
MEMORY = 2 << 30


class Node:
    """What the programs on graphs and lists expect of a node."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.successor: Node | None = None
        self.successors: list[Node] = []
        self.predecessors: list[Node] = []
        self.incoming_nodes: list[Node] = []
        self.outgoing_nodes: list[Node] = []


def build(name: str, spec: Any) -> list[Any]:
    """The arguments that an input stands for; a list of JSON values stands for itself."""
    if not isinstance(spec, dict):
        return list(spec)
    nodes = [Node(i) for i in range(spec.get("nodes", 0))]
    edges = [tuple(edge) for edge in spec.get("edges", ())]
    weights = spec.get("weights", ())
    match name:
        case "minimum_spanning_tree":
            return [dict(zip(edges, weights, strict=True))]
        case "shortest_paths":
            return [0, dict(zip(edges, weights, strict=True))]
        case "shortest_path_lengths":
            return [spec["nodes"], dict(zip(edges, weights, strict=True))]
        case "detect_cycle" | "reverse_linked_list":
            for one, two in pairwise(nodes):
                one.successor = two
            nodes[-1].successor = None if spec["back"] is None else nodes[spec["back"]]
            return [nodes[0]]
    return _graph(nodes, edges, spec)


def _graph(nodes: list[Node], edges: list[tuple[int, ...]], spec: dict[str, Any]) -> list[Any]:
    for i, j in edges:
        nodes[i].successors.append(nodes[j])
        nodes[i].outgoing_nodes.append(nodes[j])
        nodes[j].predecessors.append(nodes[i])
        nodes[j].incoming_nodes.append(nodes[i])
    if "order" in spec:
        return [[nodes[i] for i in spec["order"]]]
    ends = [nodes[i] for i in spec["ends"]]
    if "weights" not in spec:
        return ends
    lengths = {(nodes[i], nodes[j]): weight for (i, j), weight in zip(edges, spec["weights"], strict=True)}
    return [lengths, *ends]


def plain(value: Any) -> Any:
    """A result as values that can be compared: generators and lists alike, nodes by their chain of values."""
    if isinstance(value, Node):
        chain, seen = [], set()
        node: Node | None = value
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            chain.append(node.value)
            node = node.successor
        return ["node", *chain]
    if isinstance(value, dict):
        return {
            "dict": sorted(([repr(plain(k)), plain(v)] for k, v in value.items()), key=lambda row: row[0])
        }
    if isinstance(value, set | frozenset):
        return {"set": sorted((plain(item) for item in value), key=repr)}
    if isinstance(value, list | tuple | GeneratorType):
        return [plain(item) for item in value]
    return value


def same(one: Any, two: Any) -> bool:
    """Equality, with room for rounding."""
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    return bool(one == two)


def load(name: str, path: Path) -> Callable[..., Any]:
    """The program's function."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)  # type: ignore[no-any-return]


def outcome(function: Callable[..., Any], name: str, spec: Any, seconds: float) -> tuple[str, Any]:
    """("value", result), or ("error", its type) when it raises or doesn't end."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return "value", plain(function(*build(name, json.loads(json.dumps(spec)))))
    except Exception as error:  # noqa: BLE001 - whatever a program raises is its outcome
        return "error", type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def main(name: str, repaired: str, reference: str) -> None:
    """Compares on all inputs of standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _stop)
    ours, theirs = load(name, Path(repaired)), load(name, Path(reference))
    compared, different = 0, []
    for spec in json.load(sys.stdin):
        kind, wanted = outcome(theirs, name, spec, SECONDS)
        if kind == "value":
            compared += 1
            got = outcome(ours, name, spec, PATIENCE * SECONDS)
            if got[0] != "value" or not same(got[1], wanted):
                different.append(spec)
    print(json.dumps({"compared": compared, "different": different[:3], "count": len(different)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
