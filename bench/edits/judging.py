"""What became of a case, by bytes: right, refused, or wrong. No applier is asked where a place is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from drafts import lines_of, regions

from genie_engineer.edits.text import decode
from genie_engineer.errors import EditError

Verdict = Literal["right", "refused", "wrong"]


@dataclass(frozen=True)
class Case:
    """An answer of a model, the files it meets, and the truth (see `Draft`): what must come of it.

    `landing` has the bytes of every file that shall differ in the end (None: gone), `modes` the modes that
    shall. With `refuse` some of the answer has no one right place, and `landing` is what else may be done.
    """

    name: str
    form: str
    error: str
    source: str
    answer: str
    files: Mapping[str, bytes]
    landing: Mapping[str, bytes | None]
    refuse: bool = False
    modes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What an applier made: the files that differ, modes it would set, and what it said it left out."""

    files: Mapping[str, bytes | None]
    said: str = ""
    modes: Mapping[str, int] = field(default_factory=dict)


def judged(case: Case, outcome: Outcome) -> tuple[Verdict, str]:
    """The verdict, and for a wrong one what is wrong.

    Right is every byte of every file. Refused is what did nothing but parts of the truth and said so. All
    else is wrong: a change somewhere else, a mode or a file that wasn't meant, and any line left out in
    silence. Modes of which an applier knows nothing count as refused.
    """
    paths = {*case.files, *case.landing, *outcome.files}
    complete = True
    for path in sorted(paths):
        before = case.files.get(path)
        wanted = case.landing.get(path, before)
        got = outcome.files.get(path, before)
        if got == wanted:
            continue
        complete = False
        if not between(before, wanted, got):
            return "wrong", f"{path} became something else"
    if stray := sorted(outcome.modes.items() - case.modes.items()):
        return "wrong", f"{stray[0][0]} was given the mode {stray[0][1]:o}"
    if complete and not case.refuse:
        if outcome.modes.items() >= case.modes.items():
            return "right", ""
        return "refused", "a mode was not set"
    return ("refused", outcome.said) if outcome.said else ("wrong", "left out in silence")


def between(before: bytes | None, wanted: bytes | None, got: bytes | None) -> bool:
    """Whether a file has some of the wanted changes, each whole, and nothing else."""
    if got == before:
        return True
    if before is None or wanted is None or got is None:
        return False
    try:
        old, new, mixed = decode(before).lines, decode(wanted).lines, decode(got).lines
    except EditError:
        return False
    ends = {0}
    at = 0
    for start, end, new_start, new_end in [
        *regions(lines_of(before), lines_of(wanted)),
        (len(old), len(old), len(new), len(new)),
    ]:
        shared = old[at:start]
        ends = {stop + len(shared) for stop in ends if mixed[stop : stop + len(shared)] == shared}
        choices = (old[start:end], new[new_start:new_end])
        ends = {stop + len(one) for stop in ends for one in choices if mixed[stop : stop + len(one)] == one}
        at = end
    return len(mixed) in ends
