"""A file, or some functions of it, written out whole → the replacement that this is."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from difflib import SequenceMatcher

from ..errors import EditError
from .alignment import differences
from .disguises import plainest
from .edit import Replacement
from .elisions import filled, leaves_out
from .indentation import Reindent, indent_of, reindentation
from .layout import (
    block_end,
    closes,
    definition_at,
    definition_top,
    full_lines,
    is_decorator,
    is_remark,
    opens_block,
)  # fmt: skip
from .occurrences import Occurrences
from .reasons import is_telling

_SHARED = 0.5
_ALL = 1.0
_SHORT = 5
_LIKE = 0.6
_HEAD = re.compile(
    r"^\s*(?:[\w@<>\[\],*&:]+\s+)*?"
    r"(def|class|function|func|fn|interface|struct|enum|trait|impl|module|sub|type)\s+(?:\([^)]*\)\s*)?([\w.$:]+)"
)


def rewritten(written: Sequence[str], lines: Sequence[str]) -> list[Replacement]:
    """What replaces the file's lines by the written ones: all of them, or those of the same definitions.

    Raises EditError where neither is meant for sure.
    """
    written = plainest(written, lines)
    if leaves_out(written, lines):
        with suppress(EditError):
            return [Replacement(tuple(lines), tuple(filled(written, lines)))]
    with suppress(EditError):
        some = _definitions(written, lines)
        if _leaves_others(written, lines, some):
            return some
    if _is_whole(written, lines, _ALL if leaves_out(written, lines) else _SHARED):
        return [Replacement(tuple(lines), tuple(written))]
    return _definitions(written, lines)


def _definitions(written: Sequence[str], lines: Sequence[str]) -> list[Replacement]:
    return [_definition(piece, lines) for piece in _pieces(written)]


def _leaves_others(written: Sequence[str], lines: Sequence[str], some: Sequence[Replacement]) -> bool:
    """Whether the file has other lines than those of the definitions, and a text has few of these."""
    full, inside = full_lines(written), [line for one in some for line in full_lines(one.before)]
    others = (Counter(filter(is_telling, full_lines(lines))) - Counter(inside)).keys()
    begins = next(filter(is_telling, full), "") not in others
    return bool(some and others) and begins and 2 * len(others & {*full}) <= len(others)


def _is_like(written: Sequence[str], there: Sequence[str]) -> bool:
    """Whether two texts of a few lines are mostly the same, letter for letter."""
    if max(len(written), len(there)) > _SHORT:
        return False
    return SequenceMatcher(None, "\n".join(written), "\n".join(there), autojunk=False).ratio() >= _LIKE


def is_of(written: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether a text is another state of a file, or a part of it: most of what it says is there."""
    there = {line.strip() for line in lines}
    full = [line.strip() for line in plainest(written, lines) if any(map(str.isalnum, line))]
    present = [line for line in full_lines(lines) if any(map(str.isalnum, line))]
    known, again = (
        Counter(one in other for one in some)[True] for some, other in ((full, there), (present, full))
    )
    if leaves_out(written, lines):
        return known > 0
    return known > _SHARED * len(full) or again > _SHARED * len(present) or _is_like(full, full_lines(lines))


def _is_whole(written: Sequence[str], lines: Sequence[str], share: float) -> bool:
    """Whether so many of the file's lines are written again. Raises EditError where its end was left off."""
    there, full = full_lines(lines), full_lines(written)
    again = Counter(full)
    if not full or not there:
        return False
    ends = (full[0], full[-1])
    framed = ends == (there[0], there[-1]) and any(map(is_telling, ends))
    if framed and not _HEAD.match(full[0]) and share < _ALL:
        return True
    if (Counter(there) & again).total() < share * len(there):
        return _is_like(full, there)
    if _begins_below(full, there):
        return False
    if _lacks_end(full, there):
        raise EditError("It is most of the file without its end: write all of the file, or what changes.")
    return True


def _begins_below(full: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a text begins with a line of the file, and has but few of those above it."""
    at = there.index(full[0]) if full[0] in there else 0
    above = Counter(there[:at]) & (Counter(full) - Counter(there[at:]))
    return 2 * above.total() < at


def _lacks_end(full: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a text ends within the file: its last lines, and not only one, are written nowhere."""
    start, end, new, new_end = (differences(there, full) or [(0, 0, 0, 0)])[-1]
    below = Counter(there[start:]) - Counter(full)
    ends_within = end == len(there) and new == new_end == len(full)
    return ends_within and there[-1] in below and below.total() > 1


def _pieces(written: Sequence[str]) -> list[list[str]]:
    """The definitions, one after the other, each with the decorators and comments above it."""
    lines = _stripped(written)
    pieces: list[list[str]] = []
    at = 0
    while at < len(lines):
        head = definition_at(lines, at)
        if head == len(lines) or not _HEAD.match(lines[head]):
            raise EditError(
                "It is neither the whole file nor whole functions or classes of it. Write what changes as "
                "search/replace blocks, with the path above, or as a diff."
            )
        end = block_end(lines, head)
        pieces.append(_stripped(lines[at:end]))
        at = end
    return pieces


def _definition(piece: Sequence[str], lines: Sequence[str]) -> Replacement:
    head = definition_at(piece, 0)
    at = _defined_at(piece[head], lines)
    start, end = _start(piece[:head], lines, at), block_end(lines, at)
    before = tuple(_stripped(_without_remarks(lines[start:end], piece)))
    if piece[head].strip() == lines[at].strip() and opens_block(lines, at) and not _has_body(piece, head):
        raise EditError(f"`{piece[head].strip()}` is only its first line: write all of it, or what changes.")
    last = full_lines(piece)[-2:]
    if not {*last} <= {*full_lines(before)} and Occurrences(full_lines(lines[end:])).of(last):
        raise EditError(f"Where `{piece[head].strip()}` ends can't be told: write a search/replace block.")
    shift = _shift(piece, head, lines, at, end)
    if shift is None or shift(piece[head]) != indent_of(lines[at]) + piece[head].strip():
        raise EditError(
            f"`{piece[head].strip()}` and what is below it can't be indented as line {at + 1} is."
        )
    whole = list(map(shift, piece))
    after = filled(whole, before) if leaves_out(whole, before) else whole
    return Replacement(before, tuple(after), line=start + 1)


def _has_body(piece: Sequence[str], head: int) -> bool:
    return opens_block(piece, head) or any(map(closes, piece[head + 1 :]))


def _start(above: Sequence[str], lines: Sequence[str], at: int) -> int:
    """Where what is written above a definition begins in the file; the definition itself where it doesn't.

    Comments take the place of comments, and decorators of decorators.
    """
    top = definition_top(lines, at)
    there = [line.strip() for line in lines[top:at]]
    written = [line.strip() for line in above if line.strip()]
    if not written or not there:
        return at
    if written[0] in there:
        return top + there.index(written[0])
    if is_decorator(written[0]):
        return top + next((number for number, line in enumerate(there) if is_decorator(line)), len(there))
    return at if any(map(is_decorator, there)) else max(top, at - len(written))


def _without_remarks(lines: Sequence[str], piece: Sequence[str]) -> list[str]:
    """A definition without the comments at its end, unless they are written again: they may be others'."""
    kept = _stripped(lines)
    while kept and is_remark(kept[-1]) and kept[-1].strip() not in map(str.strip, piece):
        kept = _stripped(kept[:-1])
    return kept


def _shift(piece: Sequence[str], head: int, lines: Sequence[str], at: int, end: int) -> Reindent | None:
    """How a definition is indented otherwise than it was written, told by the lines that stand once in both.

    Its first line, the piece's line `head`, belongs where the file's line `at` is; and the next one, or
    another of the lines, is moved as it is.
    """
    counts, there = Counter(map(str.strip, piece)), Counter(map(str.strip, lines[at:end]))
    once = {line.strip(): line for line in lines[at:end] if there[line.strip()] == 1 and line.strip()}
    shared = [line for line in piece if line.strip() in once and counts[line.strip()] == 1]
    if not any(indent_of(line) or indent_of(once[line.strip()]) for line in shared):
        return _to_style(piece, lines[at:end] if any(map(indent_of, lines[at:end])) else lines)
    shifts = [reindentation(Replacement((line,), tuple(piece)), [once[line.strip()]]) for line in shared]
    scores = [
        (sum(shift(line) == once[line.strip()] for line in shared), shift)
        for shift in shifts
        if shift and indent_of(shift(piece[head])) == indent_of(lines[at])
    ]
    most = max((score for score, _ in scores), default=0)
    best = [shift for score, shift in scores if score == most]
    if len({tuple(map(shift, piece)) for shift in best}) > 1:
        best = [_to_style(piece, lines[at:end])]
    below, there_below = (
        next(filter(str.strip, text), "") for text in (piece[head + 1 :], lines[at + 1 : end])
    )
    fits = best and (most > 1 or indent_of(best[0](below)) == indent_of(there_below))
    return best[0] if fits else None


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
