"""Where a hunk stands in the user's file as it now is, and what accepting it means there. Pure.

The lines of an editor's buffer may end otherwise than the file's lines did when the hunk was computed, so
both are compared with "\\n" as the one ending; a line's index is then its number in the language server
protocol.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from io import StringIO

from ..agent.events import Decision, HunkDecided
from ..edits.alignment import differs_at
from ..edits.changes import GONE, PLAIN, FileChange, Hunk, place
from ..errors import EditError
from ..protocol.runs import HunkState
from .lineage import Lineage, Place

STALE = "The lines of this change, or those beside it, were changed since."
_ALREADY = "The file already reads like this."
_TAKEN = "It takes the place of a change that you have accepted: take that one back first."
REASONS = (STALE, _ALREADY, _TAKEN, GONE)
"""Why a hunk has no place, where no values are in the sentence."""

_WHY = {"in": _ALREADY, "there": _ALREADY, "changed": STALE, "taken": _TAKEN}


@dataclass(frozen=True)
class Present:
    """A file as the user has it now, in the buffer (then `version` is set) or on disk.

    `lines` end in "\\n" whatever the file's own line `ending` is; None: there is no such file. `problem` says
    why it can't be read. `mode` is that of the file on disk, one of git's two. `lineage`, if there is one,
    tells places better than the text does.
    """

    uri: str
    lines: tuple[str, ...] | None
    ending: str = "\n"
    version: int | None = None
    problem: str = ""
    mode: int = PLAIN
    lineage: Lineage | None = None


@dataclass(frozen=True)
class Standing:
    """How a hunk and the present file are to each other. `line` (0-based) is -1 where it stands nowhere.

    Where hunks that were accepted are in the file that it takes the place of, `rest` is what it still does.
    """

    line: int
    state: HunkState
    problem: str = ""
    rest: "Swap | None" = None


@dataclass(frozen=True)
class Swap:
    """The `count` lines from 0-based `line` on become `lines` (with "\\n")."""

    line: int
    count: int
    lines: tuple[str, ...]


@lru_cache(maxsize=64)
def present(uri: str, text: str | None, version: int | None = None, mode: int = PLAIN) -> Present:
    """A file's text as `Present`; the first line tells the line ending, as editors keep one for a buffer."""
    if text is None:
        return Present(uri, None)
    first = text.partition("\n")[0]
    ending = "\r\n" if first.endswith("\r") else "\n"
    return Present(uri, lines_of(text), ending, version, mode=mode)


def stand(change: FileChange, hunk: Hunk, decided: HunkDecided | None, file: Present) -> Standing:
    """What the user sees of the hunk: what was decided, unless the file's text says otherwise.

    An accepted hunk that the user undid is open again; an open one that fits nowhere is a conflict.
    """
    decision = decided.decision if decided else None
    if hunk.is_mode:
        return _stand_mode(hunk, decision, file)
    place = known_place(change, hunk, file)
    if place and place.state in ("over", "there"):
        rest = trimmed(Swap(place.line, place.count, plain(hunk).after), file)
        state: HunkState = "open" if place.state == "over" else "accepted"
        return Standing(rest.line, decision if decision in ("rejected", "undone") else state, rest=rest)
    if place:
        return _stand_known(place, decision)
    there, where = found_by_text(change, hunk, file, undo=True), found_by_text(change, hunk, file)
    line = where if isinstance(where, int) else -1
    # Should both texts seem to be there, then the longer one is: it can't be by chance.
    undone = isinstance(where, int) and len(hunk.before) > len(hunk.after)
    if decision == "accepted" and isinstance(there, int) and not undone:
        return Standing(there, "accepted")
    if decision in ("rejected", "undone"):
        return Standing(line, decision)
    if isinstance(where, int):
        return Standing(line, "open")
    if decision == "accepted":
        return Standing(-1, "accepted")
    return Standing(-1, "conflict", _ALREADY if isinstance(there, int) else where)


def known_place(change: FileChange, hunk: Hunk, file: Present) -> Place | None:
    """Where the file's lineage has the hunk; None where it has nothing to say."""
    return file.lineage.place_of(change, plain(hunk)) if file.lineage and not hunk.is_mode else None


def _stand_known(place: Place, decision: Decision | None) -> Standing:
    if decision in ("rejected", "undone"):
        return Standing(place.line if place.state == "out" else -1, decision)
    if place.state == "out":
        return Standing(place.line, "open")
    if decision == "accepted":
        # A later one, accepted too, may have taken its place.
        return Standing(place.line, "accepted", _TAKEN if place.state == "taken" else "")
    return Standing(-1, "conflict", _WHY[place.state])


def _stand_mode(hunk: Hunk, decision: Decision | None, file: Present) -> Standing:
    if decision in ("rejected", "undone"):
        return Standing(-1, decision)
    problem = file.problem or (GONE if file.lines is None else "")
    if not problem and file.mode != hunk.mode:
        return Standing(-1, "open")
    if decision == "accepted":
        return Standing(-1, "accepted")
    return Standing(-1, "conflict", problem or "The file has this mode already.")


def stand_all(change: FileChange, decisions: Mapping[str, HunkDecided], file: Present) -> list[Standing]:
    """`stand` for each hunk of the change."""
    return [stand(change, hunk, decisions.get(hunk.id), file) for hunk in change.hunks]


def swaps(change: FileChange, ids: Collection[str], file: Present) -> tuple[dict[str, Swap], dict[str, str]]:
    """What accepting the hunks `ids` does to the text, by hunk, and why others can't be accepted."""
    found: dict[str, Swap] = {}
    problems: dict[str, str] = {}
    end = 0
    for hunk in (plain(hunk) for hunk in change.text_hunks if hunk.id in ids):
        swap = _swap(change, hunk, file)
        if isinstance(swap, str):
            problems[hunk.id] = swap
        elif swap.line < end:
            problems[hunk.id] = "It would overlap another change in the file as it now is."
        else:
            found[hunk.id] = swap
            end = swap.line + swap.count
    return found, problems


def acceptance(
    change: FileChange, decisions: Mapping[str, HunkDecided], wanted: Collection[str], file: Present
) -> tuple[dict[str, Swap], dict[str, str]]:
    """`swaps` for those of the hunks `wanted` that aren't in the text already."""
    ids = {
        hunk.id
        for hunk in change.text_hunks
        if hunk.id in wanted and stand(change, hunk, decisions.get(hunk.id), file).state != "accepted"
    }
    return swaps(change, ids, file)


def proposed(change: FileChange, decisions: Mapping[str, HunkDecided], file: Present) -> str:
    """The file's text if every open hunk were accepted now."""
    standings = zip(change.hunks, stand_all(change, decisions, file), strict=True)
    wanted, _ = swaps(change, {hunk.id for hunk, standing in standings if standing.state == "open"}, file)
    lines = list(file.lines or ())
    for swap in sorted(wanted.values(), key=lambda swap: swap.line, reverse=True):
        lines[swap.line : swap.line + swap.count] = swap.lines
    return "".join(lines).replace("\n", file.ending)


def _swap(change: FileChange, hunk: Hunk, file: Present) -> Swap | str:
    """What the hunk does where it stands, or why it stands nowhere."""
    place = known_place(change, hunk, file)
    if place is None:
        line = found_by_text(change, hunk, file)
        return line if isinstance(line, str) else Swap(line, len(hunk.before), hunk.after)
    return Swap(place.line, place.count, hunk.after) if place.state in ("out", "over") else _WHY[place.state]


def trimmed(swap: Swap, file: Present) -> Swap:
    """The swap without the lines at both its ends that stay as they are."""
    old = (file.lines or ())[swap.line : swap.line + swap.count]
    top = differs_at(old, swap.lines)
    bottom = differs_at(old[top:][::-1], swap.lines[top:][::-1])
    return Swap(swap.line + top, len(old) - top - bottom, swap.lines[top : len(swap.lines) - bottom])


def found_by_text(change: FileChange, hunk: Hunk, file: Present, undo: bool = False) -> int | str:
    """The line where the hunk (or, with `undo`, what it leads to) stands, or why nowhere."""
    if file.problem:
        return file.problem
    if change.kind != "modified":
        return _find_whole(change, hunk, file, undo)
    if file.lines is None:
        return GONE
    own = plain(hunk)
    if undo:
        own = replace(own, before=own.after, after=own.before)
    try:
        line = place(own, file.lines)
    except EditError as error:
        return str(error)
    if file.lines[line : line + len(own.before)] != own.before:
        return "The lines have been changed meanwhile."
    return line if undo or file.lineage is None or file.lineage.allows(own, line) else STALE


def _find_whole(change: FileChange, hunk: Hunk, file: Present, undo: bool) -> int | str:
    """The same for a file that is created or deleted as a whole."""
    there = change.kind == "deleted"
    if there != undo:
        whole = tuple(line for one in change.hunks for line in (one.before if there else one.after))
        if file.lines == lines_of("".join(whole)):
            return 0
        return GONE if file.lines is None else "The file has been changed meanwhile."
    return 0 if file.lines is None else "There is a file of this name already."


@lru_cache(maxsize=4096)
def plain(hunk: Hunk) -> Hunk:
    """The hunk with lines that end in "\\n"."""
    return replace(
        hunk,
        before=lines_of("".join(hunk.before)),
        after=lines_of("".join(hunk.after)),
        above=lines_of("".join(hunk.above)),
        below=lines_of("".join(hunk.below)),
    )


def lines_of(text: str) -> tuple[str, ...]:
    """Lines that end in "\\n", whatever ends them in `text`."""
    return tuple(StringIO(text, newline=None))
