"""The vocabulary that every format a model writes is read into: files and replacements in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from .alignment import Range

Kind = Literal["modify", "create", "delete", "rename", "write"]


@dataclass(frozen=True)
class Replacement:
    """The lines `before`, wherever they stand in the file, become `after`. Lines are without endings.

    What both have in common is context: it tells the place and stays as the file has it. `line` is where the
    model believes `before` to start (1-based), `section` a heading above it, as after the second `@@` of a
    diff. `marked` tells that a letter before each line said which text it is of, and `changes` what by these
    letters goes and comes. `final_newline` is None unless the model says on purpose that the file shall gain
    or lose it.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    line: int | None = None
    section: str = ""
    final_newline: bool | None = None
    marked: bool = False
    changes: tuple[Range, ...] = ()

    @property
    def seams(self) -> tuple[tuple[int, int], ...]:
        """Where an old line directly follows a new one: how many lines of either text stand above."""
        return tuple((one[1], one[3]) for one, other in pairwise(self.changes) if one[1::2] == other[::2])


@dataclass(frozen=True)
class FileEdit:
    """What shall happen to one file. A path is as the model wrote it, relative, with "/".

    "create": one replacement at most, with nothing before. "delete": the replacements, if there are any,
    show what the model believes the file to hold. "rename": `path` becomes `new_path`, then the replacements.
    "write": one replacement with nothing before, the whole file as it shall be or whole functions of it.
    "modify" with a `new_path`: a diff that names two files without a word of renaming. `mode` is 0o755 or
    0o644 where the file shall become executable or no longer be so.
    """

    path: str
    kind: Kind
    replacements: tuple[Replacement, ...] = ()
    new_path: str = ""
    mode: int | None = None


@dataclass(frozen=True)
class Parsed:
    """The edits in an answer, and in sentences for the model what of it could not be read."""

    edits: tuple[FileEdit, ...]
    problems: tuple[str, ...]


def part(replacement: Replacement, within: Range) -> Replacement:
    """The replacement of some of its old lines by some of its new ones."""
    start, end, new, new_end = within
    before, after = replacement.before[start:end], replacement.after[new:new_end]
    changes = tuple(
        (one[0] - start, one[1] - start, one[2] - new, one[3] - new)
        for one in replacement.changes
        if start <= one[0] and one[1] <= end and new <= one[2] and one[3] <= new_end
    )
    known = _are_all(changes, before, after)
    return replace(replacement, before=before, after=after, changes=changes if known else ())


def _are_all(changes: Sequence[Range], before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether two texts are the same but for the changes."""
    at = new_at = 0
    for start, end, new, new_end in (*changes, (len(before), 0, len(after), 0)):
        if before[at:start] != after[new_at:new]:
            return False
        at, new_at = end, new_end
    return True
