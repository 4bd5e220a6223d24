"""A repair as data: where the text changes, by which template, and how unlikely it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Replaces `text[start:end]` (characters) by `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Candidate:
    """One repair of one file.

    `cost` is a negative log likelihood in nats, up to a constant: the template's prior, what the place and
    the names add to it and, once ranked, the suspiciousness of `line` (1-based).
    """

    edits: tuple[Edit, ...]
    template: str
    cost: float
    line: int


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """The text after the edits, which must not overlap; two insertions at one place keep their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at:]])
