"""Errors in single letters: entities for those of the markup, typographic ones for plain ones."""

import random
import re

from drafts import Draft, Row, indent, is_telling, lines_of, mapped

_LETTERS = str.maketrans({"'": "’", "-": "–"})
_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def escaped(_rng: random.Random, draft: Draft) -> Draft | None:
    """`&`, `<` and `>` as HTML entities, in old lines and new ones."""
    shown = [line for part in draft.parts for hunk in part.hunks for line in hunk.old]
    shown += [line for part in draft.parts for line in {*part.lines} & {*lines_of(part.change.before)}]
    data = b"".join([*draft.files.values(), *(one for one in draft.landing.values() if one)])
    if not any(set(line) & set("&<>") for line in shown) or re.search(rb"&(?:amp|lt|gt|quot|#\d+);", data):
        return None

    def act(row: Row) -> Row:
        text = row[1]
        for plain, entity in _ENTITIES:
            text = text.replace(plain, entity)
        return row[0], text

    return mapped(draft, act)


def lookalikes(rng: random.Random, draft: Draft) -> Draft | None:
    """Typographic quotes and dashes for plain ones, in lines that stay or go."""
    narrow = rng.random() < 0.3

    def act(row: Row) -> Row:
        if row[0] == "+" or not is_telling(row[1]):
            return row
        white = indent(row[1])
        text = row[1][len(white) :]
        text = (
            text.replace(" ", "\u00a0", 1)
            if narrow
            else re.sub(r'"([^"]*)"', r"“\1”", text).translate(_LETTERS)
        )
        return row[0], white + text

    damaged = mapped(draft, act)
    return damaged if damaged.parts != draft.parts else None
