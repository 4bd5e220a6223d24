"""Why a replacement found no place, in words by which a model can mend it: they show what is really there."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from .edit import Replacement
from .elisions import is_elision

_SHOWN_LINES = 8
_SHOWN_WIDTH = 160
_COMPARED_LINES = 4000
_COMPARED_WIDTH = 200


def ambiguous_reason(size: int, numbers: Sequence[int]) -> str:
    """`numbers` are the 1-based lines at which the text was found."""
    some = ", ".join(str(number) for number in numbers[:6]) + (", …" if len(numbers) > 6 else "")
    what = "Its old line stands" if size == 1 else f"Its {size} old lines stand"
    return (
        f"{what} at {len(numbers)} places (from line {some}). Add unchanged lines above or below, until "
        "they fit one place only (in a diff, the exact line number after `@@ -` tells the place, too)."
    )


def absent_reason(replacement: Replacement, lines: Sequence[str]) -> str:
    """Says which line is not there, and shows the most similar text with its line numbers."""
    parts = [_missing(replacement, lines)]
    if at := already(replacement, lines):
        parts.append(f"What it would write is already there, from line {at}: was it applied before?")
    present = {line.strip() for line in lines}
    if any(is_elision(line) and line.strip() not in present for line in replacement.before):
        parts.append(
            "`...` may stand for lines left out only where old and new text have it alike, and what stands "
            "around it is exact: else write all lines, or make two hunks of it."
        )
    start = _most_similar(replacement, lines)
    if start is None:
        parts.append(f"Nothing similar is in this file of {len(lines)} lines: is it the right one?")
    else:
        parts.append(_excerpt(replacement.before, lines, start))
    return " ".join(parts)


def _missing(replacement: Replacement, lines: Sequence[str]) -> str:
    present = {line.strip() for line in lines}
    for number, line in enumerate(replacement.before, 1):
        if line.strip() not in present:
            return f"Its old line {number}, `{_clipped(line.strip())}`, is not in the file."
    return "Its old lines are in the file, but not beside each other in this order and indentation."


def already(replacement: Replacement, lines: Sequence[str]) -> int:
    """The line (1-based) from which on the new text stands, if that is one place; else 0."""
    wanted = [line.rstrip() for line in replacement.after]
    bare = [line.rstrip() for line in lines]
    if not set(wanted) - {line.rstrip() for line in replacement.before} - {""}:
        return 0
    places = [
        at for at in range(len(bare)) if bare[at] == wanted[0] and bare[at : at + len(wanted)] == wanted
    ]
    return places[0] + 1 if len(places) == 1 else 0


def _most_similar(replacement: Replacement, lines: Sequence[str]) -> int | None:
    """Where `before` would start if most of its lines had their way (0-based, may be negative)."""
    bare = [line.strip() for line in lines]
    where: dict[str, list[int]] = {}
    for at, line in enumerate(bare):
        where.setdefault(line, []).append(at)
    votes: Counter[int] = Counter()
    for number, line in enumerate(replacement.before):
        found = where.get(line.strip(), ())
        if is_telling(line) and len(found) <= 50:
            votes.update({at - number: len(line.strip()) for at in found})
    if votes:
        most = max(votes.values())
        hint = (replacement.line or 1) - 1
        return min((at for at, count in votes.items() if count == most), key=lambda at: (abs(at - hint), at))
    return _closest(replacement.before, bare)


def _closest(before: Sequence[str], bare: Sequence[str]) -> int | None:
    if len(bare) > _COMPARED_LINES:
        return None
    lines = [line[:_COMPARED_WIDTH] for line in bare]
    telling = sorted((line for line in before if is_telling(line)), key=lambda line: -len(line))
    for line in telling[:3]:
        for match in get_close_matches(line.strip()[:_COMPARED_WIDTH], lines, 1, 0.6):
            return lines.index(match) - before.index(line)
    return None


def _excerpt(before: Sequence[str], lines: Sequence[str], start: int) -> str:
    """The file from two lines above the first difference."""
    numbers = [number for number in range(len(before)) if 0 <= start + number < len(lines)]
    differing = (number for number in numbers if lines[start + number].rstrip() != before[number].rstrip())
    first = max(0, start, start + next(differing, 0) - 2)
    last = min(len(lines), max(start + len(before) + 1, first + 3), first + _SHOWN_LINES)
    shown = "\n".join(f"{at + 1}|{_clipped(lines[at])}" for at in range(first, last))
    return f"Most similar, in the file as it is (line number, then text):\n{shown}"


def _clipped(line: str) -> str:
    return line if len(line) <= _SHOWN_WIDTH else line[:_SHOWN_WIDTH] + "…"


def is_telling(line: str) -> bool:
    """Whether a line has enough of its own to tell a place by."""
    return sum(letter.isalnum() for letter in line) >= 2
