"""Seeded inputs for the programs on graphs and linked lists, whose tests are code and not JSON.

An input is plain JSON; `compare.build` makes the program's arguments of it.
"""

import random
from typing import Any

Spec = dict[str, Any]


def _edges(chance: random.Random, nodes: int, acyclic: bool) -> list[tuple[int, int]]:
    pairs = [(i, j) for i in range(nodes) for j in range(nodes) if (i < j if acyclic else i != j)]
    return sorted(chance.sample(pairs, chance.randint(0, min(len(pairs), 2 * nodes))))


def search(chance: random.Random) -> Spec:
    """A directed graph, perhaps cyclic, with a start and a goal."""
    nodes = chance.randint(1, 8)
    ends = [chance.randrange(nodes), chance.randrange(nodes)]
    return {"nodes": nodes, "edges": _edges(chance, nodes, False), "ends": ends}


def linked(chance: random.Random) -> Spec:
    """A linked list of 1 to 9 nodes."""
    return {"nodes": chance.randint(1, 9), "back": None}


def looped(chance: random.Random) -> Spec:
    """A linked list whose last node points nowhere or back."""
    nodes = chance.randint(1, 9)
    return {"nodes": nodes, "back": chance.choice([None, chance.randrange(nodes)])}


def spanning(chance: random.Random) -> Spec:
    """A connected graph with distinct weights, so that there is one minimum spanning tree."""
    nodes = chance.randint(2, 8)
    edges = {(chance.randrange(i), i) for i in range(1, nodes)} | set(_edges(chance, nodes, True))
    weights = chance.sample(range(1, 100), len(edges))
    return {"edges": sorted(edges), "weights": weights}


def routes(chance: random.Random) -> Spec:
    """A directed graph with positive lengths, a start and a goal."""
    spec = search(chance)
    return spec | {"weights": chance.sample(range(1, 100), len(spec["edges"]))}


def matrix(chance: random.Random) -> Spec:
    """A number of nodes and lengths, some negative, without cycles."""
    nodes = chance.randint(1, 7)
    edges = _edges(chance, nodes, True)
    return {"nodes": nodes, "edges": edges, "weights": [chance.randint(-5, 20) for _ in edges]}


def weighted(chance: random.Random) -> Spec:
    """Weights, some negative, without cycles; every node can be reached from node 0, the source."""
    nodes = chance.randint(2, 7)
    edges = sorted({(i - 1, i) for i in range(1, nodes)} | set(_edges(chance, nodes, True)))
    return {"edges": edges, "weights": [chance.randint(-5, 20) for _ in edges]}


def ordering(chance: random.Random) -> Spec:
    """An acyclic graph, its nodes in any order."""
    nodes = chance.randint(1, 8)
    return {
        "nodes": nodes,
        "edges": _edges(chance, nodes, True),
        "order": chance.sample(range(nodes), nodes),
    }


GENERATORS = {
    "breadth_first_search": search,
    "depth_first_search": search,
    "detect_cycle": looped,
    "minimum_spanning_tree": spanning,
    "reverse_linked_list": linked,
    "shortest_path_length": routes,
    "shortest_path_lengths": matrix,
    "shortest_paths": weighted,
    "topological_ordering": ordering,
}
