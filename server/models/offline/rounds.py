"""Rounds: a part of a repair that makes fewer tests fail and breaks none, then the rest on top of it."""

from collections.abc import Sequence

from .conversation import Observation, failing

STEP = "A first part: "
"""How the reason of a patch begins that mends only some of the failing tests."""

_REJECTED = "The user rejects"

Seen = tuple[Observation, ...]


def present(seen: Seen) -> tuple[Seen, Seen]:
    """What came before the present round, and the round, which begins with the run of the tests on the part.

    A part that the user rejected is as if it had never been, but that it was proposed.
    """
    for place in reversed(range(len(seen))):
        if not _is_part(seen[place]):
            continue
        rejected = _rejected(seen, place)
        if rejected:
            seen = (*seen[: place + 1], *seen[rejected:])
            continue
        run = next((at for at in range(place + 1, len(seen)) if seen[at].tool == "run_tests"), 0)
        if run and _better(seen[:place], seen[run]):
            return seen[:run], seen[run:]
    return (), seen


def parts(past: Sequence[Observation]) -> list[str]:
    """The parts that are in place, as their reasons tell them."""
    reasons = [
        str(one.arguments.get("reason"))
        for place, one in enumerate(past)
        if _is_part(one) and not _rejected(past, place)
    ]
    return [reason.removeprefix(STEP) for reason in reasons]


def standing(seen: Sequence[Observation]) -> int:
    """The place of the last applied proposal, -1 without one or where the user has rejected it since."""
    for index in range(len(seen) - 1, -1, -1):
        one = seen[index]
        if one.tool == "user" and one.text.startswith(_REJECTED):
            return -1
        if _is_applied(one):
            return index
    return -1


def _is_applied(one: Observation) -> bool:
    if one.tool != "propose_patch":
        return False
    return bool(one.data.get("applied")) if one.data is not None else not one.failed


def _is_part(one: Observation) -> bool:
    return _is_applied(one) and str(one.arguments.get("reason")).startswith(STEP)


def _rejected(seen: Sequence[Observation], place: int) -> int:
    """Where the user rejects a hunk after this place, else 0."""
    later = range(place + 1, len(seen))
    words = (at for at in later if seen[at].tool == "user" and seen[at].text.startswith(_REJECTED))
    return next(words, 0)


def _better(before: Seen, run: Observation) -> bool:
    """Whether fewer tests fail than in the last run before, and none that passed; a masked run was."""
    if run.data is None:
        return not run.failed
    reports = [one.data for one in before if one.tool == "run_tests" and one.data]
    old = {one["id"] for one in failing(reports[-1])} if reports else set()
    new = {one["id"] for one in failing(run.data)}
    return bool(new) and (new < old or not reports)
