"""Old and new text in a disguise that a tool or a habit gave it: escaped, typographic, numbered.

Tried only where the text as it stands isn't in the file, and then for both sides alike.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .edit import Replacement

Lines = Sequence[str]

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27);")
_RAW = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|apos|#39|#x27);)")
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
_NUMBERED = re.compile(r"^\s*(\d+)(?:\s?[|:] ?|\t| )(.*)$")
_BARE_NUMBER = re.compile(r"^\s*(\d+)\s?[|:]?$")


def undisguised(replacement: Replacement, there: Lines) -> Iterator[Replacement]:
    """The replacement without each disguise that its old text may have, for a file of these lines."""
    for bare in _disguises(there):
        before = bare(replacement.before)
        if before is not None:
            after = bare(replacement.after)
            yield replace(replacement, before=tuple(before), after=tuple(after or replacement.after))


def is_escaped(replacements: Sequence[Replacement]) -> bool:
    """Whether all of an answer is escaped: it has entities, and none of the letters they stand for."""
    lines = [line for one in replacements for line in (*one.before, *one.after)]
    return any(map(_ENTITY.search, lines)) and not any(map(_RAW.search, lines))


def unescaped(replacement: Replacement) -> Replacement:
    """The replacement with its entities resolved, where its old text has none and so stands as it is."""
    if any(map(_ENTITY.search, replacement.before)):
        return replacement
    return replace(replacement, after=tuple(_unescaped(replacement.after) or replacement.after))


def plainest(written: Lines, there: Lines) -> list[str]:
    """The variant of a text that has the most lines of a file; the text itself unless another has more."""
    present = {line.strip() for line in there if line.strip()}

    variants = [
        list(written),
        *(bare for disguise in _disguises(there) if (bare := disguise(written)) is not None),
    ]
    return max(variants, key=lambda lines: sum(line.strip() in present for line in lines))


def _unescaped(lines: Lines) -> list[str] | None:
    if not any(map(_ENTITY.search, lines)):
        return None
    return [_ENTITY.sub(lambda entity: html.unescape(entity[0]), line) for line in lines]


def _typed(there: Lines) -> Callable[[Lines], list[str] | None]:
    """Plain letters for typographic ones, but for those that the file has itself."""
    own = {letter for line in there for letter in line if ord(letter) in _PLAIN}
    plain = {code: text for code, text in _PLAIN.items() if chr(code) not in own}

    def typed(lines: Lines) -> list[str] | None:
        found = [line.translate(plain) for line in lines]
        return found if found != list(lines) else None

    return typed


def _unnumbered(lines: Lines) -> list[str] | None:
    """Without the numbers of a listing, which ascend. New lines may have none, or those of old ones."""
    found = [_NUMBERED.match(line) or _BARE_NUMBER.match(line) for line in lines]
    numbers = [int(match[1]) for match in found if match]
    if len(numbers) < max(1, 0.6 * len(lines)) or numbers != sorted(numbers):
        return None
    return [
        line if match is None else (match[2] if match.re is _NUMBERED else "")
        for line, match in zip(lines, found, strict=True)
    ]


def _disguises(there: Lines) -> tuple[Callable[[Lines], list[str] | None], ...]:
    return _unescaped, _typed(there), _unnumbered
