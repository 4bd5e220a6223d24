"""What Genie wants of a file in a random review, and how it changes its mind."""

import random
from pathlib import Path

SOURCES = sorted((Path(__file__).parents[2] / "server").rglob("*.py"))
POOR = ("    }\n", "\n", "    return\n", "x = 1\n", "    pass\n")
"""Lines of which many stand in one file: what is beside them must tell them apart."""

Edit = tuple[int, int, tuple[str, ...]]
"""The first line, the one behind the last (0-based), and what comes in their place."""
Edits = dict[int, Edit]
"""By the first line."""


def pre_image(dice: random.Random) -> tuple[str, ...]:
    """A file as Genie finds it."""
    if dice.random() < 0.25:
        return tuple(dice.choice(POOR) for _ in range(dice.randint(1, 60)))
    lines = dice.choice(SOURCES).read_text("utf-8").splitlines(keepends=True)
    start = dice.randrange(max(1, len(lines) - 20))
    return tuple(lines[start : start + dice.randint(1, 90)])


def change_mind(dice: random.Random, old: tuple[str, ...], edits: Edits) -> None:
    """Genie wants something more done, something else, or something no longer."""
    for first in dice.sample(sorted(edits), k=min(len(edits), dice.choice([0, 0, 1, 2]))):
        del edits[first]
    _grow(dice, old, edits)
    for _ in range(dice.randint(1, 4)):
        first = dice.randrange(len(old) + 1)
        end = min(len(old), first + dice.choice([0, 1, 1, 2, 4]))
        new = _lines(dice, dice.choice([0, 1, 1, 2, 5]))
        if dice.random() < 0.2:
            new = (*new, *dice.choices(old or POOR, k=dice.randint(1, 3)))
        taken = any(
            first < other_end and start < max(end, first + 1) for start, other_end, _ in edits.values()
        )
        if not taken and first not in edits:
            edits[first] = (first, end, new)


def text_wanted(old: tuple[str, ...], edits: Edits) -> str:
    """The file as Genie would have it."""
    texts: list[str] = []
    at = 0
    for first, end, new in sorted(edits.values()):
        texts += [*old[at:first], *new]
        at = end
    return "".join([*texts, *old[at:]])


def _grow(dice: random.Random, old: tuple[str, ...], edits: Edits) -> None:
    """Some of it comes again, merged with something more above or below."""
    for first, end, new in sorted(edits.values()):
        start, stop = max(0, first - dice.choice([0, 0, 1])), min(len(old), end + dice.choice([0, 0, 1, 2]))
        others = [one for one in edits.values() if one[0] != first]
        free = all(stop < other or other_end < start for other, other_end, _ in others)
        if free and dice.random() < 0.2:
            more = _lines(dice, dice.randint(0, 2))
            del edits[first]
            edits[start] = start, stop, ((*more, *new) if start < first else (*new, *more))


def _lines(dice: random.Random, count: int) -> tuple[str, ...]:
    return tuple(f"genie_{dice.randrange(10**6)}\n" for _ in range(count))
