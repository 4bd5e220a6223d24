"""Genie's own way from an answer to files, as an outcome to be judged."""

from judging import Case, Outcome

from genie_engineer.edits.apply import apply
from genie_engineer.edits.parse import parse


def outcome(case: Case) -> Outcome:
    """What parsing and applying make of a case, with modes as git writes them."""
    parsed = parse(case.answer)
    applied = apply(parsed.edits, case.files.get)
    said = " | ".join([*parsed.problems, *map(str, applied.problems)])
    return Outcome(applied.files, said, {path: 0o100000 | mode for path, mode in applied.modes.items()})
