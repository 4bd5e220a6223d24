"""What a change touched in the files as they were before it: lines, functions and classes.

The definitions are those of the real tasks' gold: a removed or changed line counts by itself, an insertion by
the nearest line before it that isn't blank; a function or class counts when a removed line, or the line just
before an insertion, lies inside of it and of nothing deeper of its kind.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from genie_engineer.index.languages import language_of
from genie_engineer.index.outline import CLASS_LIKE, Definition, outline
from genie_engineer.index.paths import is_test

FUNCTIONS = frozenset({"function", "method"})
_FILE = re.compile(r'^diff --git "?a/(.*?)"? "?b/(.*?)"?$')
_BLOBS = re.compile(r"^index ([0-9a-f]+)\.\.([0-9a-f]+)")
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@")


@dataclass(frozen=True)
class FileChange:
    """A file of a diff: removed lines and lines after which something is put in, 1-based, before the change.

    `status` is git's letter (M, A, D, or R for a new name or mode); `before` is the old blob's name.
    """

    path: str
    status: str
    before: str
    deleted: tuple[int, ...]
    inserted_after: tuple[int, ...]
    size: int


def file_changes(diff: str) -> list[FileChange]:
    """The files of a unified diff as git writes it, with any number of context lines."""
    lines = diff.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("diff --git ")]
    ends = [*starts[1:], len(lines)]
    return [_file_change(lines[start:end]) for start, end in zip(starts, ends, strict=False)]


def _file_change(lines: list[str]) -> FileChange:
    names = _FILE.match(lines[0])
    path = names[1] if names else ""
    status, before = ("M" if names and names[1] == names[2] else "R"), ""
    deleted: list[int] = []
    inserted: list[int] = []
    size, number = 0, 1
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("new file"):
            status = "A"
        elif line.startswith("deleted file"):
            status = "D"
        elif line.startswith(("old mode", "new mode", "Binary files")):
            status = "R"
        elif blobs := _BLOBS.match(line):
            before = blobs[1]
        elif hunk := _HUNK.match(line):
            number, changed = _hunk(lines, number, hunk, deleted, inserted)
            size += changed
    return FileChange(path, status, before, tuple(deleted), tuple(inserted), size)


def _hunk(
    lines: list[str], number: int, hunk: re.Match[str], deleted: list[int], inserted: list[int]
) -> tuple[int, int]:
    """Reads one hunk's lines; the number of the line after it, and how many were added or removed.

    Git writes the removed lines of a place before the added ones, so that an addition after a kept line is
    an insertion, and one after a removed line a change.
    """
    old_left, new_left = int(hunk[2] or 1), int(hunk[3] or 1)
    old = int(hunk[1]) if old_left else int(hunk[1]) + 1
    changed, previous = 0, " "
    while (old_left or new_left) and number < len(lines):
        mark = lines[number][:1] or " "
        number += 1
        if mark == "\\":
            continue
        if mark == "-":
            deleted.append(old)
        elif mark == "+" and previous not in {"+", "-"}:
            inserted.append(old - 1)
        changed += mark in {"-", "+"}
        old += mark != "+"
        old_left -= mark != "+"
        new_left -= mark != "-"
        previous = mark
    return number, changed


def gold(change: FileChange, content: bytes) -> dict[str, object]:
    """A changed file in the form of the real tasks; `content` is the file before the change."""
    lines = content.split(b"\n")
    score = score_lines(change, lines)
    touched = sorted({*change.deleted, *change.inserted_after})
    parsed = outline(content, language_of(change.path, content))
    definitions = parsed.definitions if parsed else ()
    functions = [one for one in definitions if one.kind in FUNCTIONS]
    classes = [one for one in definitions if one.kind in CLASS_LIKE and one.kind != "scope_only"]
    return {
        "file": change.path,
        "is_test": is_test(change.path),
        "deleted_lines": list(change.deleted),
        "insert_after": list(change.inserted_after),
        "score_lines": score,
        "functions": _innermost(functions, touched, lines),
        "classes": _innermost(classes, touched, lines),
    }


def only_comments(change: FileChange, content: bytes) -> bool:
    """Whether every touched line that isn't blank lies in comments or doc strings."""
    parsed = outline(content, language_of(change.path, content))
    starts = list(accumulate((len(line) + 1 for line in content.split(b"\n")), initial=0))
    within: set[int] = set()
    for start, end in parsed.comments if parsed else ():
        if not content[starts[bisect_right(starts, start) - 1] : start].strip():
            within.update(range(bisect_right(starts, start), bisect_right(starts, end - 1) + 1))
    return set(score_lines(change, content.split(b"\n"))) <= within


def score_lines(change: FileChange, lines: list[bytes]) -> list[int]:
    """The lines to be found; 1-based, none of them blank."""
    found = {number for number in change.deleted if lines[number - 1].strip()}
    for number in change.inserted_after:
        while number > 0 and not lines[number - 1].strip():
            number -= 1
        if number > 0:
            found.add(number)
    return sorted(found)


def _innermost(definitions: list[Definition], touched: list[int], lines: list[bytes]) -> list[str]:
    """Names of the last definition to begin among those around each line: that is the innermost."""
    spans = [(_first_line(one, lines), one.end, one.qualified) for one in definitions]
    around = ([name for start, end, name in spans if start <= line <= end] for line in touched)
    return sorted({names[-1] for names in around if names})


def _first_line(definition: Definition, lines: list[bytes]) -> int:
    """Decorators belong to what they decorate; comments don't."""
    leads = range(definition.lead, definition.start)
    return next((line for line in leads if lines[line - 1].lstrip().startswith(b"@")), definition.start)
