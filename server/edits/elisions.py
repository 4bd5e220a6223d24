"""Lines that stand for others: `...`, or a comment such as `# ... existing code ...`."""

import re
from collections.abc import Sequence
from dataclasses import replace

from .edit import Replacement

_DOTS = r"(?:\.{3,}|…)"
_SAYING = r"(?:existing|rest|remaining|unchanged|omitted|other|same|previous|code|as before|snip)"
_ELISION = re.compile(
    rf"^(?:#|//|/\*|--|<!--|;+|%|\"\"\")?\s*(?:{_DOTS}|[\[(]\s*{_DOTS}\s*[\])])\s*(?:\*/|-->|\"\"\")?$"
    rf"|^(?:#|//|/\*|--|<!--|;+|%)\s*{_DOTS}?[^.…]*\b{_SAYING}\b[^.…]*{_DOTS}?\s*(?:\*/|-->)?$",
    re.IGNORECASE,
)


def is_elision(line: str) -> bool:
    """Whether a line says that others are left out here. The file may still have exactly this line."""
    bare = line.strip()
    return ("..." in bare or "…" in bare) and _ELISION.match(bare) is not None


def parts(replacement: Replacement) -> list[Replacement]:
    """What stands between the lines that are left out; nothing unless old and new text leave out as many."""
    before, after = _split(replacement.before), _split(replacement.after)
    if len(before) < 2 or len(before) != len(after):
        return []
    pairs = zip(before, after, strict=True)
    cut = [replace(replacement, before=old, after=new) for old, new in pairs if old or new]
    return cut if cut and all(part.before for part in cut) else []


def _split(lines: Sequence[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    at = 0
    for number, line in enumerate(lines):
        if is_elision(line):
            found.append(tuple(lines[at:number]))
            at = number + 1
    return [*found, tuple(lines[at:])]
