"""New lines into old ones: the file's line endings and its final newline win over the model's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .edit import Replacement
from .place import Place, Splice
from .text import Text, content, ending


def spliced(text: Text, placed: Sequence[tuple[Replacement, Place]]) -> Text:
    """The text with the changes made, which may not overlap. Insertions at one place keep their order."""
    old = text.lines
    usual = _usual_ending(old)
    new: list[str] = []
    at = 0
    for splice in sorted(
        (one for _, place in placed for one in place.splices), key=lambda one: (one.start, one.end)
    ):
        new += old[at : splice.start]
        new += [line + _ending_near(old, splice, usual) for line in splice.after]
        at = splice.end
    new += old[at:]
    return replace(text, lines=_closed(new, _final_newline(old, placed), usual))


def _usual_ending(lines: Sequence[str]) -> str:
    counts = Counter(ending(line) for line in lines if line.endswith("\n"))
    return counts.most_common(1)[0][0] if counts else "\n"


def _ending_near(lines: Sequence[str], splice: Splice, usual: str) -> str:
    """The ending of the first line replaced, else of the line above: files with mixed endings stay so."""
    near = splice.start if splice.end > splice.start else splice.start - 1
    return (ending(lines[near]) if 0 <= near < len(lines) else "") or usual


def _final_newline(lines: Sequence[str], placed: Sequence[tuple[Replacement, Place]]) -> bool:
    for replacement, place in placed:
        if replacement.final_newline is not None and place.end >= len(lines):
            return replacement.final_newline
    return not lines or lines[-1].endswith("\n")


def _closed(lines: Sequence[str], final_newline: bool, usual: str) -> tuple[str, ...]:
    """Every line but the last gets an ending where it lacks one; the last as told."""
    if not lines:
        return ()
    *inner, last = lines
    whole = [line if line.endswith("\n") else line + usual for line in inner]
    if final_newline:
        return (*whole, last if last.endswith("\n") else last + usual)
    # Without a line break a CR at the end is no part of one.
    return (*whole, content(last) if last.endswith("\n") else last)
