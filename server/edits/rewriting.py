"""A file, or some functions of it, written out whole → the replacement that this is."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from difflib import SequenceMatcher

from ..errors import EditError
from .disguises import plainest
from .edit import Replacement
from .elisions import filled, leaves_out
from .indentation import Reindent, indent_of, reindentation
from .layout import block_end, full_lines

_SHARED = 0.5
_ALL = 1.0
_SHORT = 5
_LIKE = 0.6
_HEAD = re.compile(
    r"^\s*(?:[\w@<>\[\],*&:]+\s+)*?"
    r"(def|class|function|func|fn|interface|struct|enum|trait|impl|module|sub|type)\s+(?:\([^)]*\)\s*)?([\w.$:]+)"
)
_ABOVE = ("@", "#[", "//", "#", "/*", "*")


def rewritten(written: Sequence[str], lines: Sequence[str]) -> list[Replacement]:
    """What replaces the file's lines by the written ones: all of them, or those of the same definitions.

    Raises EditError where neither is meant for sure.
    """
    written = plainest(written, lines)
    if leaves_out(written, lines):
        with suppress(EditError):
            return [Replacement(tuple(lines), tuple(filled(written, lines)))]
    if _is_whole(written, lines, _ALL if leaves_out(written, lines) else _SHARED):
        return [Replacement(tuple(lines), tuple(written))]
    return [_definition(piece, lines) for piece in _pieces(written)]


def _is_like(written: Sequence[str], there: Sequence[str]) -> bool:
    """Whether two texts of a few lines are mostly the same, letter for letter."""
    if max(len(written), len(there)) > _SHORT:
        return False
    return SequenceMatcher(None, "\n".join(written), "\n".join(there), autojunk=False).ratio() >= _LIKE


def is_of(written: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether a text is another state of a file, or a part of it: most of what it says is there."""
    there = {line.strip() for line in lines}
    full = [line.strip() for line in plainest(written, lines) if any(map(str.isalnum, line))]
    known = sum(line in there for line in full)
    return known > _SHARED * len(full) or _is_like(full, full_lines(lines))


def _is_whole(written: Sequence[str], lines: Sequence[str], share: float) -> bool:
    """Whether so many of the file's lines are written again. Raises EditError where its end was left off."""
    there, full = full_lines(lines), full_lines(written)
    again = Counter(full)
    if not full or not there:
        return False
    if (full[0], full[-1]) == (there[0], there[-1]) and not _HEAD.match(full[0]) and share < _ALL:
        return True
    if (Counter(there) & again).total() < share * len(there):
        return _is_like(full, there)
    if full[0] != there[0] and there[0] not in again and full[0] in there:
        return False
    if full[-1] != there[-1] and there[-1] not in again and full[-1] in there:
        raise EditError("It is most of the file without its end: write all of the file, or what changes.")
    return True


def _pieces(written: Sequence[str]) -> list[list[str]]:
    """The definitions, one after the other, each with the decorators and comments above it."""
    lines = _stripped(written)
    pieces: list[list[str]] = []
    at = 0
    while at < len(lines):
        head = next((n for n in range(at, len(lines)) if not _stands_above(lines[n])), len(lines))
        if head == len(lines) or not _HEAD.match(lines[head]):
            raise EditError(
                "It is neither the whole file nor whole functions or classes of it. Write what changes as "
                "search/replace blocks, with the path above, or as a diff."
            )
        end = block_end(lines, head)
        pieces.append(_stripped(lines[at:end]))
        at = end
    return pieces


def _stands_above(line: str) -> bool:
    return not line.strip() or line.strip().startswith(_ABOVE)


def _definition(piece: Sequence[str], lines: Sequence[str]) -> Replacement:
    head = next(number for number, line in enumerate(piece) if not _stands_above(line))
    at = _defined_at(piece[head], lines)
    start, above = at, head
    while start and above and lines[start - 1].strip() and _stands_above(lines[start - 1]):
        start, above = start - 1, above - 1
    before = tuple(_stripped(lines[start : block_end(lines, at)]))
    shift = _shift(piece, before)
    if shift is None or shift(piece[head]) != indent_of(lines[at]) + piece[head].strip():
        raise EditError(
            f"`{piece[head].strip()}` and what is below it can't be indented as line {at + 1} is."
        )
    whole = list(map(shift, piece))
    after = filled(whole, before) if leaves_out(whole, before) else whole
    return Replacement(before, tuple(after), line=start + 1)


def _shift(piece: Sequence[str], before: Sequence[str]) -> Reindent | None:
    """How most of the lines that stand once in both are indented otherwise than they were written."""
    counts, there = Counter(map(str.strip, piece)), Counter(map(str.strip, before))
    once = {line.strip(): line for line in before if there[line.strip()] == 1 and line.strip()}
    shared = [line for line in piece if line.strip() in once and counts[line.strip()] == 1]
    shifts = [reindentation(Replacement((line,), tuple(piece)), [once[line.strip()]]) for line in shared]
    known = [shift for shift in shifts if shift is not None]
    if not any(indent_of(line) or indent_of(once[line.strip()]) for line in shared):
        return _to_style(piece, before)
    return max(
        known, key=lambda shift: sum(shift(line) == once[line.strip()] for line in shared), default=None
    )


def _to_style(piece: Sequence[str], before: Sequence[str]) -> Reindent:
    """By tabs where that is what the file has, each for as many spaces as the least of the lines has."""
    ours, there = ({indent_of(line) for line in lines} - {""} for lines in (piece, before))
    if not (ours and there) or "".join(there).strip("\t") or "".join(ours).strip(" "):
        return str
    unit = min(map(len, ours))
    return lambda line: "\t" * (len(indent_of(line)) // unit) + line.lstrip()


def _defined_at(head: str, lines: Sequence[str]) -> int:
    """The only line that defines what `head` defines. Raises EditError."""
    wanted = _HEAD.match(head)
    assert wanted is not None
    found = [(at, _HEAD.match(line)) for at, line in enumerate(lines)]
    places = [at for at, match in found if match and match.groups() == wanted.groups()]
    what = " ".join(wanted.groups())
    if not places:
        raise EditError(f"`{what}` is not in the file: to add it, show an unchanged line above or below it.")
    if len(places) > 1:
        numbers = ", ".join(str(at + 1) for at in places[:6])
        raise EditError(
            f"`{what}` is defined {len(places)} times (lines {numbers}): write a search/replace block."
        )
    return places[0]


def _stripped(lines: Sequence[str]) -> list[str]:
    """Without blank lines at both ends."""
    full = [number for number, line in enumerate(lines) if line.strip()]
    return list(lines[full[0] : full[-1] + 1]) if full else []
