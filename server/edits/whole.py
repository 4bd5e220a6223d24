"""Code under a path, without any marks: a whole file as it shall be, or the functions of it that change.

Read only from answers that hold no other edit, since code is also shown to explain.
"""

import re
from collections.abc import Iterator, Sequence

from .answer import AnswerLine, Reading
from .edit import FileEdit, Replacement
from .paths import looks_like_path, named_path, path_alone

_SHOWN = re.compile(r"^(?:bash|sh|shell|console|zsh|text|txt|output|diff|patch|pycon|log)?$", re.IGNORECASE)
_ANNOUNCED = re.compile(r"^[^`]{0,60}`[^`\n]+`[^`]{0,20}:\s*$")
_ALONE = re.compile(
    r"^[#*\s`\"'>-]*(?:(?:file(?:name|path)?|path)\s*:\s*)?[`*\"']*[\w./\\@+-]+[`*\"']*\s*:?[*`]*\s*$", re.I
)


def read_whole(lines: Sequence[AnswerLine], complete: bool) -> Iterator[Reading]:
    """A reading for each fenced block that stands under a path; none for other code."""
    at = 0
    while at < len(lines):
        if not lines[at].fence:
            at += 1
            continue
        end = next((n for n in range(at + 1, len(lines)) if not lines[n].fenced), len(lines))
        path = _path(lines, at)
        if path and end > at + 1:
            yield _reading(path, lines[at + 1 : end], end + 1, complete)
        at = end + 1


def _path(lines: Sequence[AnswerLine], fence: int) -> str:
    """The path in the fence's info string, or alone on the line above; "" for output and commands."""
    language, _, said = lines[fence].text.strip().lstrip("`~").strip().partition(":")
    if said and looks_like_path(said):
        return named_path(said)
    words = language.split()
    if len(words) > 1:
        return named_path(words[-1])
    above = next((line for line in reversed(lines[max(0, fence - 3) : fence]) if line.text.strip()), None)
    if above is None or above.fenced or above.fence:
        return ""
    path = path_alone(above.text)
    if not path and (_ALONE.match(above.text) or _ANNOUNCED.match(above.text)):
        path = named_path(above.text)
    shown = _SHOWN.match(language) and language
    return "" if shown else path


def _reading(path: str, block: Sequence[AnswerLine], after: int, complete: bool) -> Reading:
    if block[0].open_end and not complete:
        reason = f"The code for {path} seems to be cut: its fence is not closed. Write it again."
        return Reading(after, problems=(reason,), path=path)
    written = Replacement((), tuple(line.text for line in block))
    return Reading(after, (FileEdit(path, "write", (written,)),), path=path)
