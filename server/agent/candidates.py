"""Several candidates for one change: what is recorded of them, and which is best.

By tests first (what breaks least, then what mends most), then by agreement (the change that most of them
propose, as in self-consistency: Wang et al., 2022), then by size.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..edits.changes import FileChange
from ..workbench.report import TestOutcome, failing

Proposed = frozenset[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Standing:
    """A candidate as it is judged. `lines` are those added and removed, 0: it proposes nothing.

    `broken` tests passed before and fail now, `mended` ones the other way round; neither counts where the
    tests gave no answer (not `tested`). `agreeing` candidates propose the same, itself among them: those with
    the same number of `change`.
    """

    run: str
    tested: bool = False
    broken: int = 0
    mended: int = 0
    agreeing: int = 0
    lines: int = 0
    change: int = 0


@dataclass(frozen=True)
class CandidatesBegan:
    """From here on every one of `runs` goes on by itself, in a private copy of its own."""

    runs: tuple[str, ...]


@dataclass(frozen=True)
class CandidateEnded:
    """Candidate `run` has come to its end. `tokens` and `cost` are what it took since it began."""

    run: str
    outcome: str
    why: str
    summary: str = ""
    tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0


@dataclass(frozen=True)
class CandidateChosen:
    """The run goes on with what candidate `run` proposes ("": none proposes anything); `why` says so."""

    run: str
    why: str
    standings: tuple[Standing, ...]


def proposed(changes: Sequence[FileChange]) -> Proposed:
    """What the changes come to, whatever their blanks: per file its lines that go and that come."""
    return frozenset(
        (
            change.path,
            change.kind,
            _words(line for hunk in change.hunks for line in hunk.before),
            _words(line for hunk in change.hunks for line in hunk.after),
        )
        for change in changes
    )


def standing(
    run: str,
    changes: Sequence[FileChange],
    before: Sequence[TestOutcome] | None,
    after: Sequence[TestOutcome] | None,
    all_proposed: Sequence[Proposed],
) -> Standing:
    """How a candidate stands. `before` and `after` list what failed; None: the tests gave no answer."""
    if not changes:
        return Standing(run)
    lines = sum(len(hunk.before) + len(hunk.after) for change in changes for hunk in change.hunks)
    own = proposed(changes)
    agreeing, number = Counter(all_proposed)[own], all_proposed.index(own) + 1
    if after is None:
        return Standing(run, agreeing=agreeing, lines=max(lines, 1), change=number)
    was, now = ({one.id for one in failing(outcomes or ())} for outcomes in (before, after))
    return Standing(run, True, len(now - was), len(was - now), agreeing, max(lines, 1), number)


def best(standings: Sequence[Standing]) -> tuple[str, str]:
    """The run that is chosen, "" when none proposes anything, and why in a sentence."""
    fit = sorted((one for one in standings if one.lines), key=_merit)
    if not fit:
        return "", f"None of {len(standings)} candidates proposes a change."
    first, *rest = fit
    other = next((one for one in rest if not one.change or one.change != first.change), None)
    return first.run, _why(first, other, len(standings))


def _merit(one: Standing) -> tuple[bool, int, int, int, int]:
    """Smaller is better; sorting keeps the order of those that are alike."""
    return not one.tested, one.broken, -one.mended, -one.agreeing, one.lines


def _why(first: Standing, second: Standing | None, count: int) -> str:
    if second is None and first.agreeing > 1:
        return f"All of the {first.agreeing} candidates that propose a change propose this one."
    if second is None:
        return f"Of {count} candidates it is the only one that proposes a change."
    if first.tested != second.tested:
        return "The tests gave an answer for no other candidate."
    if first.broken != second.broken:
        return f"It breaks {_tests(first.broken)}, the next best candidate {_tests(second.broken)}."
    tests = (
        f"It breaks {_tests(first.broken)} and mends {_tests(first.mended)}"
        if first.tested
        else "It is untested"
    )
    if first.mended != second.mended:
        return f"{tests}, the next best candidate {_tests(second.mended)}."
    if first.agreeing != second.agreeing:
        return f"{tests}, and {first.agreeing} of {count} candidates propose the same change."
    same = f"{first.agreeing} of {count} agree" if first.agreeing > 1 else "no two agree"
    if first.lines != second.lines:
        return f"{tests}; {same}, and it is the smallest of the best ({first.lines} lines)."
    return f"{tests}; {same}, and the first of the best is taken."


def _tests(count: int) -> str:
    return {0: "no test", 1: "1 test"}.get(count, f"{count} tests")


def _words(lines: Iterable[str]) -> str:
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())
