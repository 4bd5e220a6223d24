"""A change as a model is about to write it: hunks of rows, which the error operators then damage."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

from commits import Change

from genie_engineer.edits.text import content, decode

Row = tuple[str, str]
"""" ", "-" or "+", and the line without its ending."""
Key = Callable[[str], str]
_LONGEST_SECTION = 80


@dataclass(frozen=True)
class Hunk:
    """Rows of one place. `old` is what the file truly has from `start` (0-based) on, whatever the rows say.

    `lost` are the offsets in `old` of lines that the rows no longer show as they are. `head` stands in for
    the `@@` line; "" has it computed. `bare` tells of either side that its last line lacks a newline.
    """

    start: int
    rows: tuple[Row, ...]
    old: tuple[str, ...]
    shift: int = 0
    section: str = ""
    head: str = ""
    lost: frozenset[int] = frozenset()
    bare: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class Part:
    """What is written of one file: hunks, or `lines` where the format has no old text. `path` as written."""

    change: Change
    path: str
    hunks: tuple[Hunk, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """An answer before it is text, and what it must lead to.

    `landing` is the truth: the bytes of every file that shall differ in the end (None: gone). With `refuse`
    there is (also) something that has no one right place; `landing` then holds what else may be done.
    `style` are the choices of the writer (see writing.py). `finish` damages the written text.
    """

    form: str
    parts: tuple[Part, ...]
    files: Mapping[str, bytes]
    landing: Mapping[str, bytes | None]
    refuse: bool = False
    modes: Mapping[str, int] = field(default_factory=dict)
    style: Mapping[str, str] = field(default_factory=dict)
    finish: tuple[Callable[[str], str], ...] = ()


def lines_of(data: bytes | None) -> list[str]:
    """The lines of a file without their endings."""
    return [*_lines(data)] if data else []


@lru_cache(maxsize=64)
def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(map(content, decode(data).lines))


def is_ended(data: bytes) -> bool:
    """Whether a file's last line has its newline; an empty file's hasn't."""
    return any(line.endswith("\n") for line in decode(data).lines[-1:])


def regions(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Ranges that differ: old start and end, new start and end (0-based, half-open), in order."""
    top = 0
    while top < min(len(old), len(new)) and old[top] == new[top]:
        top += 1
    bottom = 0
    while bottom < min(len(old), len(new)) - top and old[-1 - bottom] == new[-1 - bottom]:
        bottom += 1
    inner = SequenceMatcher(
        None, old[top : len(old) - bottom], new[top : len(new) - bottom], autojunk=False
    ).get_opcodes()
    return [(a + top, b + top, c + top, d + top) for tag, a, b, c, d in inner if tag != "equal"]


def hunks(change: Change, context: int) -> tuple[Hunk, ...]:
    """The change with so many lines of context; changes closer than twice that share a hunk."""
    old, new = lines_of(change.before), lines_of(change.after)
    groups: list[list[tuple[int, int, int, int]]] = []
    for region in regions(old, new):
        if groups and region[0] - groups[-1][-1][1] <= 2 * context:
            groups[-1].append(region)
        else:
            groups.append([region])
    bare = tuple(bool(data) and not is_ended(data) for data in (change.before or b"", change.after or b""))
    return tuple(_hunk(old, new, group, context, (bare[0], bare[1])) for group in groups)


def _hunk(
    old: Sequence[str],
    new: Sequence[str],
    group: Sequence[tuple[int, int, int, int]],
    context: int,
    bare: tuple[bool, bool],
) -> Hunk:
    start, end = max(0, group[0][0] - context), min(len(old), group[-1][1] + context)
    rows: list[Row] = []
    at = start
    for old_start, old_end, new_start, new_end in group:
        rows += [(" ", line) for line in old[at:old_start]]
        rows += [("-", line) for line in old[old_start:old_end]]
        rows += [("+", line) for line in new[new_start:new_end]]
        at = old_end
    rows += [(" ", line) for line in old[at:end]]
    shift = group[0][2] - group[0][0]
    last = end == len(old)
    section = next((line for line in reversed(old[:start]) if line[:1].isalpha()), "")
    section = section.rstrip() if len(section) <= _LONGEST_SECTION else ""
    ends = (bare[0] and last, bare[1] and last)
    return Hunk(start, tuple(rows), tuple(old[start:end]), shift, section, bare=ends)


def places(hunk: Hunk, lines: Sequence[str], key: Key = str.rstrip) -> list[int]:
    """Where in the file (0-based) all lines stand that the hunk still shows truly, at their distances."""
    wanted = {at: key(line) for at, line in enumerate(hunk.old) if at not in hunk.lost}
    keyed = [key(line) for line in lines]
    last = len(lines) - len(hunk.old)
    return [
        start for start in range(last + 1) if all(keyed[start + at] == line for at, line in wanted.items())
    ]


def settled(draft: Draft, key: Key = str.rstrip) -> bool:
    """Whether every hunk still has exactly one place, told by enough lines that say something."""
    for part in draft.parts:
        lines = lines_of(draft.files.get(part.change.path))
        for hunk in part.hunks:
            shown = [line for at, line in enumerate(hunk.old) if at not in hunk.lost]
            telling = sum(is_telling(line) for line in shown)
            if hunk.lost and telling < max(3, 2 * len(hunk.lost)):
                return False
            if hunk.old and places(hunk, lines, key) != [hunk.start]:
                return False
    return True


def differing(draft: Draft, other: Draft | None) -> Draft | None:
    """The other draft, if it is another, and no line goes and comes again in it: that would hide a change."""
    if other is None or other.parts == draft.parts:
        return None
    hidden = sum(map(_idle, hunks_of(other))) > sum(map(_idle, hunks_of(draft)))
    return None if hidden else other


def _idle(hunk: Hunk) -> int:
    """How many lines go and come as they were."""
    gone, come = (Counter(text for sign, text in hunk.rows if sign == one) for one in "-+")
    return (gone & come).total()


def hunks_of(draft: Draft) -> list[Hunk]:
    """All hunks of all files."""
    return [hunk for part in draft.parts for hunk in part.hunks]


def indent(line: str) -> str:
    """The white space in front; of a blank line none."""
    return line[: len(line) - len(line.lstrip())] if line.strip() else ""


def is_telling(line: str) -> bool:
    """Whether a line is more than a bracket or a blank."""
    return sum(letter.isalnum() for letter in line) >= 3


def mapped(draft: Draft, rewritten: Callable[[Row], Row]) -> Draft:
    """Every row (lines of formats without old text count as "+") rewritten."""
    parts = []
    for part in draft.parts:
        changed = tuple(replace(one, rows=tuple(rewritten(row) for row in one.rows)) for one in part.hunks)
        lines = tuple(rewritten(("+", line))[1] for line in part.lines)
        parts.append(replace(part, hunks=changed, lines=lines))
    return replace(draft, parts=tuple(parts))


def with_hunk(draft: Draft, part: int, hunk: int, new: Sequence[Hunk]) -> Draft:
    """The draft with one of its hunks replaced by others (or by none)."""
    old = draft.parts[part]
    changed = replace(old, hunks=(*old.hunks[:hunk], *new, *old.hunks[hunk + 1 :]))
    return replace(draft, parts=(*draft.parts[:part], changed, *draft.parts[part + 1 :]))
