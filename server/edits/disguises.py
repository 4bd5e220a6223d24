"""Old and new text in a disguise that a tool or a habit gave it: escaped, typographic, numbered.

Tried only where the text as it stands isn't in the file, and then for both sides alike.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Literal

from .edit import FileEdit, Replacement
from .paths import is_markup

Lines = Sequence[str]
Escape = Literal["none", "likely", "shown"]
"""Of an answer in entities: likely, or for sure, since it shows lines so of a file that has none."""

_FEW = 5
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27);")
_RAW = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|apos|#39|#x27);)")
_LETTERS = (
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"},
    {"–": "-", "—": "-"},
    {"…": "..."},
    {"\u00a0": " "},
)
_NUMBERED = tuple(
    re.compile(rf"^\s*(\d+)(?:{mark}(.*)|\s?[|:]?)$") for mark in (r"\s?[|:] ", r"\s?[|:]", r"\t", " ")
)


def undisguised(replacement: Replacement, there: Lines) -> Iterator[Replacement]:
    """The replacement without each disguise that its old text may have, for a file of these lines."""
    for bare in _disguises(there, replacement.before):
        before = bare(replacement.before)
        if before is not None:
            after = bare(replacement.after)
            yield replace(replacement, before=tuple(before), after=tuple(after or replacement.after))


def escape_of(edits: Sequence[FileEdit], read: Callable[[str], bytes | None]) -> Escape:
    """Whether all of an answer is in entities, with none of the letters that they stand for."""
    lines = [line for edit in edits for one in edit.replacements for line in (*one.before, *one.after)]
    if not any(map(_ENTITY.search, lines)) or any(map(_RAW.search, lines)):
        return "none"
    shown = (read(edit.path) for edit in edits if _shows_entities(edit))
    return "shown" if any(data and not _has_entities(data) for data in shown) else "likely"


def unescaped(edit: FileEdit, data: bytes | None, escape: Escape) -> FileEdit:
    """The edit with its entities resolved, unless they are likely the file's own."""
    own = _has_entities(data) or (escape == "likely" and is_markup(edit.path) and not _shows_entities(edit))
    if escape == "none" or own:
        return edit
    return replace(edit, replacements=tuple(map(_plain, edit.replacements)))


def _has_entities(data: bytes | None) -> bool:
    return _ENTITY.search((data or b"").decode("latin-1")) is not None


def _shows_entities(edit: FileEdit) -> bool:
    """Whether lines that shall be in the file already are written in entities."""
    return any(_ENTITY.search(line) for one in edit.replacements for line in (one.section, *one.before))


def _plain(replacement: Replacement) -> Replacement:
    before, after = (_unescaped(lines) or lines for lines in (replacement.before, replacement.after))
    return replace(replacement, before=tuple(before), after=tuple(after))


def plainest(written: Lines, there: Lines) -> list[str]:
    """The variant of a text that has the most lines of a file, and of a few lines that which is most like it.

    It is the text itself unless another has more.
    """
    present = {line.strip() for line in there if line.strip()}

    variants = [
        list(written),
        *(bare for disguise in _disguises(there, written) if (bare := disguise(written)) is not None),
    ]
    few = len(written) <= _FEW
    return max(
        variants,
        key=lambda lines: (sum(line.strip() in present for line in lines), few and _likeness(lines, there)),
    )


def _likeness(some: Lines, others: Lines) -> float:
    return SequenceMatcher(None, "\n".join(some), "\n".join(others), autojunk=False).ratio()


def _unescaped(lines: Lines) -> list[str] | None:
    if not any(map(_ENTITY.search, lines)):
        return None
    return [_ENTITY.sub(lambda entity: html.unescape(entity[0]), line) for line in lines]


def _typed(there: Lines, shown: Lines) -> Callable[[Lines], list[str] | None]:
    """Plain letters for typographic ones of the kinds that are shown, but for those that the file has."""
    letters, own = set("".join(shown)), set("".join(there))
    kinds = [kind for kind in _LETTERS if letters & kind.keys()]
    plain = str.maketrans({one: text for kind in kinds for one, text in kind.items() if one not in own})

    def typed(lines: Lines) -> list[str] | None:
        found = [line.translate(plain) for line in lines]
        return found if found != list(lines) else None

    return typed


def _unnumbered(lines: Lines) -> list[str] | None:
    """Without the numbers of a listing, which ascend. New lines may have none, or those of old ones."""
    for form in _NUMBERED:
        found = [form.match(line) for line in lines]
        numbers = [int(match[1]) for match in found if match]
        if len(numbers) >= max(1, 0.6 * len(lines)) and numbers == sorted(numbers):
            pairs = zip(lines, found, strict=True)
            return [line if match is None else match[2] or "" for line, match in pairs]
    return None


def _disguises(there: Lines, shown: Lines) -> tuple[Callable[[Lines], list[str] | None], ...]:
    return _unescaped, _typed(there, shown), _unnumbered
