"""Errors in what a model shows of the file: white space, lines left out or misremembered, marks lost.

Each takes a draft and gives the damaged one, or None where it doesn't fit or would leave more than one place.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from drafts import (
    Draft,
    Hunk,
    Key,
    Row,
    differing,
    hunks_of,
    indent,
    is_telling,
    lines_of,
    mapped,
    settled,
    with_hunk,
)

_UNREADABLE = ("+", "-", "\\", "@", "`", "~", "*** ", "diff ")
_WORDS = {
    "the": "this",
    "is": "was",
    "a": "one",
    "if": "when",
    "to": "for",
    "of": "from",
    "and": "or",
    "not": "never",
}


def kept(draft: Draft | None, key: Key = str.rstrip) -> Draft | None:
    """The draft, if every hunk still has one place."""
    return draft if draft is not None and settled(draft, key) else None


def spaces_lost(rng: random.Random, draft: Draft) -> Draft | None:
    """Context lines without the space in front: the blank ones, or all."""
    every = rng.random() < 0.5
    if every and any(sign == " " and text.startswith(_UNREADABLE) for text, sign in _texts(draft)):
        return None
    # Without a line at the margin it might as well be a block that stands one column further left.
    if every and not all(
        any(sign == " " and text[:1].strip() for sign, text in hunk.rows) for hunk in hunks_of(draft)
    ):
        return None

    def bared(row: Row) -> Row:
        return ("blank", row[1]) if row[0] == " " and (every or not row[1]) else row

    return kept(differing(draft, mapped(draft, bared)), str.strip)


def plus_lost(rng: random.Random, draft: Draft) -> Draft | None:
    """A new line amid new lines shown as if it were there already."""
    there = {line.strip() for part in draft.parts for line in lines_of(part.change.before)}

    def fits(hunk: Hunk, at: int) -> bool:
        around = hunk.rows[at - 1 : at + 2]
        inside = len(around) == 3 and all(sign == "+" for sign, _ in around)
        return at > 0 and inside and is_telling(hunk.rows[at][1]) and hunk.rows[at][1].strip() not in there

    return _one_row(rng, draft, fits, lambda hunk, at: _set(hunk, at, (" ", hunk.rows[at][1])))


def blank_dropped(rng: random.Random, draft: Draft) -> Draft | None:
    """A blank line amid the context left out."""
    return kept(
        _one_row(rng, draft, lambda hunk, at: _amid(hunk, at) and not hunk.rows[at][1].strip(), _dropped)
    )


def blank_added(rng: random.Random, draft: Draft) -> Draft | None:
    """A blank line amid the context that isn't in the file."""

    def fits(hunk: Hunk, at: int) -> bool:
        return _amid(hunk, at) and all(text.strip() for _, text in hunk.rows[at - 1 : at + 1])

    def added(hunk: Hunk, at: int) -> Hunk:
        return replace(hunk, rows=(*hunk.rows[:at], (" ", ""), *hunk.rows[at:]))

    return _one_row(rng, draft, fits, added)


def line_left_out(rng: random.Random, draft: Draft) -> Draft | None:
    """A line amid the context skipped, comments first."""
    comments = [rng.random() < 0.7]

    def fits(hunk: Hunk, at: int) -> bool:
        text = hunk.rows[at][1].strip()
        return _amid(hunk, at) and is_telling(text) and (not comments[0] or text[:1] in "#/*\"'")

    found = kept(_one_row(rng, draft, fits, _dropped))
    comments[0] = False
    return found or kept(_one_row(rng, draft, fits, _dropped))


def misremembered(rng: random.Random, draft: Draft) -> Draft | None:
    """A line of context with other words, or other quotes, than the file has."""
    there = {line.strip() for data in draft.files.values() for line in lines_of(data)}

    def altered(text: str) -> str:
        swapped = text.translate(str.maketrans("'\"", "\"'"))
        if swapped != text and rng.random() < 0.5:
            return swapped
        return re.sub(r"(?<=\s)[a-z]+(?=\s)", lambda found: _WORDS.get(found[0], found[0]), text)

    def fits(hunk: Hunk, at: int) -> bool:
        sign, text = hunk.rows[at]
        return sign == " " and is_telling(text) and altered(text) != text

    def act(hunk: Hunk, at: int) -> Hunk:
        text = next(
            (one for one in (altered(hunk.rows[at][1]) for _ in range(9)) if one.strip() not in there), ""
        )
        return _set(_losing(hunk, at), at, (" ", text)) if text else hunk

    return kept(differing(draft, _one_row(rng, draft, fits, act)))


def one_sided(rng: random.Random, draft: Draft) -> Draft | None:
    """No context above the change, or none below it."""
    top = rng.random() < 0.5

    def trimmed(hunk: Hunk) -> Hunk:
        changed = [at for at, row in enumerate(hunk.rows) if row[0] != " "]
        above, below = changed[0], len(hunk.rows) - 1 - changed[-1]
        if top:
            return replace(hunk, start=hunk.start + above, rows=hunk.rows[above:], old=hunk.old[above:])
        end, old_end = len(hunk.rows) - below, len(hunk.old) - below
        return replace(
            hunk,
            rows=hunk.rows[:end],
            old=hunk.old[:old_end],
            bare=hunk.bare if not below else (False, False),
        )

    parts = [replace(part, hunks=tuple(trimmed(hunk) for hunk in part.hunks)) for part in draft.parts]
    shown = all(any(line.strip() for line in hunk.old) for part in parts for hunk in part.hunks)
    return kept(differing(draft, replace(draft, parts=tuple(parts)))) if shown else None


def trailing_lost(_rng: random.Random, draft: Draft) -> Draft | None:
    """The file's trailing blanks not written: what stays keeps them, what is new has none."""
    if any(sign == "+" and text != text.rstrip() for text, sign in _texts(draft)) or _shuffled(draft):
        return None
    # Among blank lines that look alike nobody could tell which of them a block brings.
    if draft.form == "search/replace" and any(text and not text.strip() for text, _ in _texts(draft)):
        return None
    bare = mapped(draft, lambda row: (row[0], row[1].rstrip()))
    return kept(differing(draft, bare))


def trailing_added(rng: random.Random, draft: Draft) -> Draft | None:
    """Trailing blanks on lines of context that have none."""
    # Where new lines have blanks at their ends, nobody could tell which are meant.
    if _shuffled(draft) or any(text != text.rstrip() for text, sign in _texts(draft) if sign == "+"):
        return None
    more = rng.choice((" ", "  ", "\t"))
    longer = mapped(draft, lambda row: (" ", row[1] + more) if row[0] == " " and row[1].strip() else row)
    return differing(draft, longer)


def tabs_as_spaces(rng: random.Random, draft: Draft) -> Draft | None:
    """Spaces for the file's tabs, all through."""
    unit = rng.choice((4, 4, 2, 8))
    if not all(indent(text).strip("\t") == "" for text, _ in _texts(draft)):
        return None
    return _reindented(draft, lambda white: " " * (unit * len(white))) if _evident(draft) else None


def spaces_as_tabs(_rng: random.Random, draft: Draft) -> Draft | None:
    """Tabs for the file's indentation by four spaces, all through."""
    if not all(indent(text).strip(" ") == "" and len(indent(text)) % 4 == 0 for text, _ in _texts(draft)):
        return None
    return _reindented(draft, lambda white: "\t" * (len(white) // 4)) if _evident(draft) else None


def dedented(_rng: random.Random, draft: Draft) -> Draft | None:
    """Every hunk without the indentation that its lines have in common."""
    if not _shiftable(draft):
        return None
    parts = []
    for part in draft.parts:
        changed = []
        for hunk in part.hunks:
            common = _common([text for _, text in hunk.rows])
            changed.append(replace(hunk, rows=tuple((sign, text[len(common) :]) for sign, text in hunk.rows)))
        common = _common(part.lines)
        lines = tuple(text[len(common) :] for text in part.lines)
        parts.append(replace(part, hunks=tuple(changed), lines=lines))
    return kept(differing(draft, replace(draft, parts=tuple(parts))), str.strip)


def indented(rng: random.Random, draft: Draft) -> Draft | None:
    """Every line further to the right."""
    tabs = any(text.startswith("\t") for text, _ in _texts(draft))
    more = "\t" if tabs else rng.choice(("    ", "  "))
    return _reindented(draft, lambda white: more + white)


def first_dedented(_rng: random.Random, draft: Draft) -> Draft | None:
    """The first line of every block without its indentation, as if the block had been stripped."""
    parts = []
    for part in draft.parts:
        changed = []
        for hunk in part.hunks:
            rows = list(hunk.rows)
            firsts = {next((at for at, row in enumerate(rows) if row[0] in (" ", sign)), -1) for sign in "-+"}
            shown = [text for sign, text in rows if sign != "+" and text.strip()]
            # Of a single line nobody could tell whether it alone or the whole block was moved.
            if -1 in firsts or len({indent(rows[at][1]) for at in firsts}) != 1 or len(shown) < 2:
                return None
            for at in firsts:
                rows[at] = (rows[at][0], rows[at][1].lstrip())
            changed.append(replace(hunk, rows=tuple(rows)))
        parts.append(replace(part, hunks=tuple(changed)))
    return kept(differing(draft, replace(draft, parts=tuple(parts))), str.strip)


def _common(lines: Sequence[str]) -> str:
    shown = [indent(line) for line in lines if line.strip()]
    shortest = min(shown, key=len, default="")
    return shortest if all(white.startswith(shortest) for white in shown) else ""


def _shiftable(draft: Draft) -> bool:
    """Whether all files are there, and no line that comes or goes is mere white space: none could tell it."""
    blank = any(sign != " " and text and not text.strip() for text, sign in _texts(draft))
    return not blank and all(part.change.before and part.change.after for part in draft.parts)


def _reindented(draft: Draft, shifted: Callable[[str], str]) -> Draft | None:
    if not _shiftable(draft):
        return None

    def act(row: Row) -> Row:
        white = indent(row[1])
        return (row[0], shifted(white) + row[1][len(white) :]) if row[1].strip() else row

    return kept(differing(draft, mapped(draft, act)), str.strip)


def _texts(draft: Draft) -> list[tuple[str, str]]:
    rows = [(text, sign) for part in draft.parts for hunk in part.hunks for sign, text in hunk.rows]
    return rows + [(line, "+") for part in draft.parts for line in part.lines]


def _shuffled(draft: Draft) -> bool:
    """Whether a block moves a line, so that nobody can tell which of its lines stay and which are new."""
    gone, come = ({text.strip() for text, sign in _texts(draft) if sign == one} for one in "-+")
    return draft.form == "search/replace" and bool(gone & come - {""})


def _evident(draft: Draft) -> bool:
    """Whether every hunk with indented new lines also shows indented old ones, by which to translate."""
    deep = [{sign == "+" for sign, text in hunk.rows if indent(text)} for hunk in hunks_of(draft)]
    return all(signs != {True} for signs in deep)


def _amid(hunk: Hunk, at: int) -> bool:
    """Whether this row of context has context on either side."""
    around = hunk.rows[max(0, at - 1) : at + 2]
    return at > 0 and len(around) == 3 and all(sign == " " for sign, _ in around)


def _losing(hunk: Hunk, at: int) -> Hunk:
    return replace(hunk, lost=hunk.lost | {sum(sign != "+" for sign, _ in hunk.rows[:at])})


def _dropped(hunk: Hunk, at: int) -> Hunk:
    return replace(_losing(hunk, at), rows=(*hunk.rows[:at], *hunk.rows[at + 1 :]))


def _set(hunk: Hunk, at: int, row: Row) -> Hunk:
    return replace(hunk, rows=(*hunk.rows[:at], row, *hunk.rows[at + 1 :]))


def _one_row(
    rng: random.Random, draft: Draft, fits: Callable[[Hunk, int], bool], act: Callable[[Hunk, int], Hunk]
) -> Draft | None:
    """Acts on one row of one hunk that fits; hunks with an error are left alone."""
    found = [
        (number, index, at)
        for number, part in enumerate(draft.parts)
        for index, hunk in enumerate(part.hunks)
        if not hunk.lost and len(hunk.old) == sum(sign != "+" for sign, _ in hunk.rows)
        for at in range(len(hunk.rows))
        if part.change.before and part.change.after and fits(hunk, at)
    ]
    if not found:
        return None
    number, index, at = rng.choice(found)
    return with_hunk(draft, number, index, [act(draft.parts[number].hunks[index], at)])
