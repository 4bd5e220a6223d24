"""Which lines two texts share, fast where they share nearly all (the common case by far)."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_PAIRS = 4_000_000
"""Equal pairs of lines above which the matcher may overlook frequent lines, lest it take minutes."""


def differences(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Ranges `(start, end, new_start, new_end)` (half-open, ascending, not touching) that differ."""
    top = differs_at(old, new)
    bottom = differs_at(old[top:][::-1], new[top:][::-1])
    old_rest, new_rest = old[top : len(old) - bottom], new[top : len(new) - bottom]
    matcher = SequenceMatcher(None, old_rest, new_rest, autojunk=_pairs(old_rest, new_rest) > _PAIRS)
    return [
        (top + old_start, top + old_end, top + new_start, top + new_end)
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    ]


def differs_at(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both have in common at their start."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(counts[line] for line in old)
