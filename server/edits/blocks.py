"""Search/replace blocks, a format that aider made known: old text, new text, no line numbers."""

import re
from collections.abc import Sequence

from .answer import AnswerLine, Reading
from .edit import FileEdit, Replacement
from .paths import named_path, path_alone

_HEAD = re.compile(r"^\s*(<{5,9})\s*(?:SEARCH|ORIGINAL|BEFORE|OLD)\b\s*:?\s*(.*)$", re.IGNORECASE)
_START = re.compile(r"^\s*:(?:start_line:\s*(\d{1,7})|end_line:\s*\d{1,7})\s*$")
_SHAPE = "`<<<<<<< SEARCH`, the old lines, `=======`, the new lines, `>>>>>>> REPLACE`"


def is_block_head(line: AnswerLine) -> bool:
    """Whether a search/replace block begins here."""
    return _HEAD.match(line.text) is not None


def read_block(lines: Sequence[AnswerLine], start: int, last_path: str) -> Reading:
    """Reads the block whose head is at `start`. `last_path` serves a block that names no file itself."""
    head = _HEAD.match(lines[start].text)
    assert head is not None
    size = len(head[1])
    path = named_path(head[2]) or _path_above(lines, start) or last_path
    label = f"The search/replace block for {path}" if path else "A search/replace block"
    end = _end(lines, start + 1, size)
    if end == len(lines) or is_block_head(lines[end]):
        reason = f"{label} is not closed by `>>>>>>> REPLACE` (was the answer cut?). It was not applied."
        return Reading(end, problems=(reason,), path=path)
    body = [line.text for line in lines[start + 1 : end]]
    dividers = [number for number, text in enumerate(body) if text.strip() == "=" * size]
    if len(dividers) != 1:
        return Reading(end + 1, problems=(_divider_reason(label, len(dividers), size),), path=path)
    if not path:
        reason = f"{label} names no file: write its path on the line before `<<<<<<< SEARCH`."
        return Reading(end + 1, problems=(reason,))
    line, first = _start_line(body)
    before, after = tuple(body[first : dividers[0]]), tuple(body[dividers[0] + 1 :])
    if any(text.strip() for text in before):
        return Reading(end + 1, (FileEdit(path, "modify", (Replacement(before, after, line),)),), path=path)
    return Reading(end + 1, (FileEdit(path, "create", (Replacement((), after),)),), path=path)


def _start_line(body: Sequence[str]) -> tuple[int | None, int]:
    """The line that the block says it begins at, and how many of its own lines say so (as Roo Code's do)."""
    told = [_START.match(text) for text in body[:3]]
    count = next((number for number, match in enumerate(told) if match is None), len(told))
    if not count:
        return None, 0
    line = next((int(match[1]) for match in told if match and match[1]), None)
    return line, count + (len(body) > count and body[count].strip() == "-------")


def _end(lines: Sequence[AnswerLine], start: int, size: int) -> int:
    closing = re.compile(rf"^\s*>{{{size}}}(?:\s*(?:REPLACE|UPDATED|AFTER|NEW)\b.*|\s*)$", re.IGNORECASE)
    for number in range(start, len(lines)):
        if closing.match(lines[number].text) or is_block_head(lines[number]):
            return number
    return len(lines)


def _divider_reason(label: str, count: int, size: int) -> str:
    if count == 0:
        return f"{label} has no `{'=' * size}` line between old and new text. Its shape is: {_SHAPE}."
    return (
        f"{label} has {count} lines `{'=' * size}`, so that old and new text can't be told apart. If such a "
        "line belongs to the file, write the three marks of the block one character longer each, or a diff."
    )


def _path_above(lines: Sequence[AnswerLine], start: int) -> str:
    for line in reversed(lines[max(0, start - 4) : start]):
        if line.fence:
            info = line.text.strip().lstrip("`~").split(maxsplit=1)
            if path := next((found for word in reversed(info) if (found := named_path(word))), ""):
                return path
        elif line.text.strip():
            marks = set(line.text.strip()[:5]) == {">"}
            return "" if marks else path_alone(line.text) or named_path(line.text)
    return ""
