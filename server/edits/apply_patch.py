"""The apply-patch format: `*** Begin Patch`, a section for each file, hunks without numbers.

As OpenAI's models are trained to write it (its grammar stands in OpenAI's guide to GPT-4.1): `@@` is followed
by a line that stands above the place, `*** End of File` says that a hunk's last line is the file's.
"""

from collections.abc import Sequence

from .answer import AnswerLine, Reading
from .edit import FileEdit, Replacement
from .marked import Marked, heading, marked, replacement_of

_BEGIN, _END, _LAST_LINE = "*** Begin Patch", "*** End Patch", "*** End of File"
_UPDATE, _ADD, _DELETE, _MOVE = "*** Update File: ", "*** Add File: ", "*** Delete File: ", "*** Move to: "
_FILES = (_UPDATE, _ADD, _DELETE)


def starts_patch(line: AnswerLine) -> bool:
    """Whether a patch, or the section of a file in it, begins here."""
    return line.text.startswith((_BEGIN, *_FILES))


def read_patch(lines: Sequence[AnswerLine], start: int, complete: bool) -> Reading:
    """Reads one file's section, whose head is at `start`, or passes over `*** Begin Patch` alone.

    Unless the answer is known to be `complete`, the last hunk of a patch that isn't closed is refused.
    """
    head = next((head for head in _FILES if lines[start].text.startswith(head)), "")
    if not head:
        return Reading(start + 1)
    path = lines[start].text[len(head) :].strip().strip("`").removeprefix("./")
    end = _section_end(lines, start + 1)
    body = [line.text for line in lines[start + 1 : end]]
    cut = not complete and end == len(lines)
    if cut and (head != _UPDATE or not any(text.startswith("@@") for text in body)):
        return Reading(end, problems=(_cut(path),), path=path)
    if head == _DELETE:
        return Reading(end, (FileEdit(path, "delete"),), path=path)
    if head == _ADD:
        return _added(path, body, end)
    return _updated(path, body, end, cut)


def _section_end(lines: Sequence[AnswerLine], at: int) -> int:
    while at < len(lines) and not lines[at].fence and not lines[at].text.startswith((_BEGIN, _END, *_FILES)):
        at += 1
    return at


def _added(path: str, body: Sequence[str], end: int) -> Reading:
    kept = _without_blank_end(body)
    if wrong := next((text for text in kept if not text.startswith("+")), None):
        reason = f"The new file {path} has a line without `+` in front: `{wrong.strip()[:60]}`."
        return Reading(end, problems=(reason,), path=path)
    after = tuple(text[1:] for text in kept)
    replacements = (Replacement((), after),) if after else ()
    return Reading(end, (FileEdit(path, "create", replacements),), path=path)


def _updated(path: str, body: Sequence[str], end: int, cut: bool) -> Reading:
    moved = next((text[len(_MOVE) :].strip() for text in body[:1] if text.startswith(_MOVE)), "")
    hunks = _hunks(_without_blank_end(body[1:] if moved else body))
    problems = (_cut(path),) if cut and hunks else ()
    sound = hunks[:-1] if cut else hunks
    if not sound and not moved:
        reason = f"The patch of {path} has no hunk: lines that begin with a space, `-` or `+`."
        return Reading(end, problems=problems or (reason,), path=path)
    edit = FileEdit(path, "rename" if moved else "modify", tuple(sound), moved)
    return Reading(end, (edit,), problems, path)


def _hunks(body: Sequence[str]) -> list[Replacement]:
    """A hunk begins at each `@@`; of several `@@` in a row the last tells the place."""
    hunks: list[Replacement] = []
    section, lines = "", list[Marked]()
    for text in body:
        if text.startswith("@@"):
            hunks += _hunk(section, lines)
            section, lines = heading(text), []
        elif text != _LAST_LINE:
            lines.append(marked(text))
    return [*hunks, *_hunk(section, lines)]


def _hunk(section: str, lines: Sequence[Marked]) -> list[Replacement]:
    return [replacement_of(lines, section=section)] if lines else []


def _without_blank_end(body: Sequence[str]) -> list[str]:
    kept = list(body)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _cut(path: str) -> str:
    return (
        f"The patch seems to be cut in {path}: there is no `{_END}` after it. What stands last in it was not "
        "applied; write it again, with that line at the end."
    )
