"""How much a line that a model wrote is one that a file has, and how much a line tells at all."""

import html
import re
from collections.abc import Callable
from difflib import SequenceMatcher

_ALIKE_CODE = 0.8
_WEIGHT = 40
_REMARK = re.compile(r"(?:#|//|/\*|\*\s|-- |<!--|\"\"\"|\'\'\')")
_PROSE = re.compile(r"(?:[\w.,'`’-]+\s+){4,}[\w.,'`’-]+$")
_KEYWORD = re.compile(
    r"(?:return|if|elif|else|for|while|raise|throw|yield|import|from|del|assert|not|and|or|in|is|await|case|with)\b"
)
_TRAILING_REMARK = re.compile(r"\s+(?:#|//|--)\s.*$")

Likeness = Callable[[str, str], float]
"""From 0 to 1: how much a written line is one that is there."""


def weight(line: str) -> int:
    """Its letters and digits, up to forty; 0 for a line that has but one."""
    letters = sum(letter.isalnum() for letter in line)
    return min(letters, _WEIGHT) if letters > 1 else 0


def likeness(written: str, there: str) -> float:
    """From 0 to 1; 0 for code that isn't the same but for spaces, the kind of quotes, a last comma."""
    return _ratio(written, there) if is_same(written, there) else 0.0


def likeness_of_code(written: str, there: str) -> float:
    """From 0 to 1, for code also where a word differs; 0 where it is only written in entities."""
    ratio = _ratio(written, there)
    alike = ratio >= _ALIKE_CODE and html.unescape(written) != there
    return ratio if alike or is_same(written, there) else 0.0


def _ratio(written: str, there: str) -> float:
    return SequenceMatcher(None, written, there, autojunk=False).ratio()


def is_same(written: str, there: str) -> bool:
    """Whether both lines are remarks, or the same code but for what means nothing."""
    if _is_remark(written) and _is_remark(there):
        return True
    return len({_bones(_TRAILING_REMARK.sub("", line)) for line in (written, there)}) == 1


def _is_remark(line: str) -> bool:
    if _REMARK.match(line):
        return len(line.split()) > 1
    return _PROSE.match(line) is not None and not _KEYWORD.match(line)


def _bones(code: str) -> str:
    return re.sub(r"\s+", "", code).replace("'", '"').rstrip(",;")
