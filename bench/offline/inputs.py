"""Further inputs for a program: those of its tests, mutated without breaking what they all have in common.

A precondition ("sorted", "no duplicates", "k below the length") isn't written where a script can read it: it
is inferred. What holds for every test input must hold for every mutant.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

Arguments = list[Any]
WIDEN = 4
FAR = 25


def mutants(tests: list[Arguments], count: int, seed: int) -> list[Arguments]:
    """At most `count` distinct argument lists unlike the tests', the same for the same seed."""
    chance = random.Random(seed)
    rules = [rule for rule in _rules(len(tests[0])) if all(_holds(rule, test) for test in tests)]
    seen = {json.dumps(test) for test in tests}
    found: list[Arguments] = []
    for _ in range(count * 200):
        if len(found) == count:
            break
        mutant = _mutated(copy.deepcopy(chance.choice(tests)), tests, chance)
        if len(mutant) == 1 and isinstance(mutant[0], int) and chance.random() < 0.5:
            mutant = [_far([test[0] for test in tests], chance)]
        for place, value in enumerate(mutant):
            mutant[place] = _repaired(value, [test[place] for test in tests])
        key = json.dumps(mutant)
        if key not in seen and all(_holds(rule, mutant) for rule in rules):
            seen.add(key)
            found.append(mutant)
    return found


Rule = Callable[[Arguments], bool]


def _holds(rule: Rule, arguments: Arguments) -> bool:
    try:
        return bool(rule(arguments))
    except (TypeError, ValueError):
        return False


def _rules(width: int) -> Iterator[Rule]:
    """Relations that a program may rely on: of one argument, and between two."""
    for i in range(width):
        yield lambda a, i=i: len(a[i]) > 0
        yield lambda a, i=i: all(x >= 0 for x in _numbers(a[i]))
        yield lambda a, i=i: all(x > 0 for x in _numbers(a[i]))
        yield lambda a, i=i: all(0 <= x <= 9 for x in a[i])
        yield lambda a, i=i: a[i] != sorted(a[i], reverse=True)
    for i, j in combinations(range(width), 2):
        for one, two in ((i, j), (j, i)):
            yield lambda a, one=one, two=two: a[one] < len(a[two])
            yield lambda a, one=one, two=two: all(x < a[two] for x in a[one])
            yield lambda a, one=one, two=two: a[one] != a[two]


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, int | float) else []


def _repaired(value: Any, siblings: list[Any]) -> Any:
    """The order, distinctness or symmetry that all the tests' values of this argument have."""
    if not isinstance(value, list) or not all(isinstance(sibling, list) for sibling in siblings):
        return value
    try:
        if all(len(set(sibling)) == len(sibling) for sibling in siblings):
            value = list(dict.fromkeys(value))
        if all(sibling == sorted(sibling) for sibling in siblings):
            value = sorted(value)
        if all(sibling == sibling[::-1] for sibling in siblings):
            half = (len(value) + 1) // 2
            value = value[:half] + value[: len(value) // 2][::-1]
    except TypeError:
        pass
    return value


def _mutated(arguments: Arguments, tests: list[Arguments], chance: random.Random) -> Arguments:
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(arguments))
        arguments[place] = _changed(arguments[place], [test[place] for test in tests], chance)
    return arguments


def _changed(value: Any, siblings: list[Any], chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return _number(value, siblings, chance)
    if isinstance(value, str):
        return _text(value, siblings, chance)
    return _list(value, siblings, chance) if isinstance(value, list) else value


def _far(known: list[int], chance: random.Random) -> int:
    """A lone number may go far beyond the tests'."""
    return chance.randint(min(known), max(known) + FAR * (max(known) - min(known)))


def _number(value: float, siblings: list[Any], chance: random.Random) -> float:
    known = [other for other in _numbers(siblings) if type(other) is type(value)] or [value]
    if isinstance(value, float):
        return round(chance.uniform(min(known), max(known)), 3)
    if len(set(known)) <= 3 and len(siblings) > 4:
        return chance.choice(known)
    spread = min(WIDEN, max(known) - min(known))
    return chance.choice([chance.choice(known), chance.randint(min(known) - spread, max(known) + spread)])


def _text(value: str, siblings: list[Any], chance: random.Random) -> str:
    known = [other for other in _flat(siblings) if isinstance(other, str)]
    if all(len(other) == 1 for other in known):
        return chance.choice(known)
    letters = list(value)
    at = chance.randrange(len(letters) + 1)
    match chance.randrange(3):
        case 0 if letters:
            del letters[at : at + chance.randint(1, 3)]
        case 1:
            letters.insert(at, chance.choice("".join(known) or "a"))
        case _:
            start = chance.randrange(len(letters) + 1)
            letters[start : start + 4] = letters[start : start + 4][::-1]
    return "".join(letters)


def _flat(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def _list(value: list[Any], siblings: list[Any], chance: random.Random) -> list[Any]:
    mixed = any(isinstance(leaf, str) for leaf in _flat(siblings)) and bool(_numbers(siblings))
    inner = [item for sibling in siblings if isinstance(sibling, list) for item in sibling]
    operation = 0 if mixed and value else chance.randrange(4)
    at = chance.randrange(len(value)) if value else 0
    if operation == 0 and value:
        alike = [item for item in inner if type(item) is type(value[at])]
        return [*value[:at], _changed(value[at], alike, chance), *value[at + 1 :]]
    if operation == 1 and value:
        return value[:at] + value[at + 1 :]
    if operation == 2 and inner:
        return [*value[:at], copy.deepcopy(chance.choice(inner)), *value[at:]]
    return chance.sample(value, len(value))
