"""The lineages of the files under review, as the user's edits go by; the same text has the same lineage."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..agent.storage import workbenches
from ..edits.alignment import differences
from ..edits.changes import FileChange, sha
from ..edits.text import Text, decode_as, encode
from ..errors import EditError
from ..workbench.copy import BASE
from .lineage import Lineage, followed, found_in, found_out, pre_image, unknown
from .places import Present, found_by_text, lines_of, plain
from .reviewed import Reviewed

_LINES = 300_000
"""So many lines of earlier texts are remembered for a file: the editor's undo leads back to them."""


@dataclass(frozen=True)
class Review:
    """The files of one run: how they are now, what Genie is about to make of one, and what came of it."""

    root: Path
    look: Callable[[str], Present]
    expect: Callable[[str, Lineage], None]
    settle: Callable[[str, Present, bool], Awaitable[None]]


@dataclass
class _File:
    now: Lineage
    expected: Lineage | None = None
    seen: tuple[Present, Reviewed] | None = None
    shown: Present | None = None
    known: OrderedDict[tuple[str, ...], Lineage] = field(default_factory=OrderedDict)

    def settle(self, applied: bool) -> None:
        """The editor has made the change that was expected, or has refused to."""
        if applied and self.expected:
            self.now = self.expected
        self.expected = None

    def become(self, lines: tuple[str, ...]) -> None:
        """The text is another, perhaps what was expected, perhaps with something typed since."""
        if self.expected and lines == self.expected.lines:
            self.settle(applied=True)
        elif lines != self.now.lines:
            self.now = self.known.get(lines) or followed(self._nearest(lines), lines)

    def _nearest(self, lines: tuple[str, ...]) -> Lineage:
        if self.expected is None:
            return self.now
        return min(self.now, self.expected, key=lambda one: _distance(one.lines, lines))

    def remember(self, lineage: Lineage) -> None:
        self.known[lineage.lines] = lineage
        self.known.move_to_end(lineage.lines)
        while len(self.known) > 1 and len(self.known) * len(lineage.lines) > _LINES:
            self.known.popitem(last=False)


class Lineages:
    """Owns what is known of each file of each run. `base` reads a file as a run found it, if that is kept."""

    def __init__(self, base: Callable[[str, str], bytes | None]) -> None:
        self._base = base
        self._files: dict[tuple[str, str], _File] = {}

    def of(self, run: str, file: Present, one: Reviewed) -> Present:
        """The file with its lineage, if it has one: files that a run creates or deletes have none."""
        if file.lines is None or file.problem:
            return file
        change = one.change if one.change and one.change.kind == "modified" else None
        known = self._files.get((run, one.path))
        if change and (known is None or known.now.pre_image != change.pre_image):
            known = self._files[run, one.path] = _begun(change, file, self._base(run, one.path))
        if known is None:
            return file
        if known.shown is None or known.shown.lineage is not known.now or known.seen != (file, one):
            known.become(file.lines)
            known.now = _learned(known.now, file, one) if change else known.now
            known.remember(known.now)
            known.seen, known.shown = (file, one), replace(file, lineage=known.now)
        return known.shown

    def expect(self, run: str, path: str, lineage: Lineage) -> None:
        """The editor is asked for this text: if it comes to be, it is of this lineage."""
        if (run, path) in self._files:
            self._files[run, path].expected = lineage

    def forget(self, run: str) -> None:
        """The run is gone, or shown no longer."""
        self._files = {place: file for place, file in self._files.items() if place[0] != run}

    def settle(self, run: str, path: str, applied: bool) -> None:
        """The editor has answered."""
        if (run, path) in self._files:
            self._files[run, path].settle(applied)


def _distance(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines are taken out and put in."""
    return sum(end - start + new_end - new_start for start, end, new_start, new_end in differences(old, new))


def found_as(run: str, path: str) -> bytes | None:
    """The file as the run found it, while it is worked on and its private copy is there."""
    try:
        return (workbenches() / run / BASE / path).read_bytes()
    except OSError:
        return None


def _begun(change: FileChange, file: Present, base: bytes | None) -> _File:
    lines = file.lines or ()
    if base is None or sha(base) != change.pre_image:
        whole = pre_image if _is_pre_image(change, file) else unknown
        return _File(whole(lines, change.pre_image))
    old = pre_image(lines_of("".join(decode_as(base, change.encoding).lines)), change.pre_image)
    begun = _File(followed(old, lines))
    begun.remember(old)
    return begun


def _is_pre_image(change: FileChange, file: Present) -> bool:
    """Whether nobody has changed the file since the change was computed."""
    text = "".join(file.lines or ()).replace("\n", file.ending)
    with suppress(EditError):
        return sha(encode(Text((text,), change.encoding))) == change.pre_image
    return False


def _learned(lineage: Lineage, file: Present, one: Reviewed) -> Lineage:
    """With the places of hunks of which nothing is known, told by their text.

    Those in the file come first: the last accepted one before those that it may have taken the place of.
    """
    order = {hunk: number for number, hunk in enumerate(reversed(one.accepted))}
    for change, hunk in sorted(one.hunks, key=lambda pair: order.get(pair[1].id, len(order))):
        own = plain(hunk)
        if hunk.is_mode or change.pre_image != lineage.pre_image or lineage.place_of(change, own):
            continue
        if hunk.id in order:
            line = found_by_text(change, hunk, file, undo=True)
            if isinstance(line, int) and lineage.is_free(line, own.after):
                lineage = found_in(lineage, own, line)
                continue
        line = found_by_text(change, hunk, replace(file, lineage=lineage))
        if isinstance(line, int):
            lineage = found_out(lineage, own, line)
    return lineage
