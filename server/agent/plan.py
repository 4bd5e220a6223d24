"""The plan as Markdown, and how two hands' edits of it come together. Nothing that the user wrote is lost."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from secrets import token_hex

from .events import Step, StepState

Plan = tuple[Step, ...]

_HEAD = (
    "# Plan\n\n<!-- Edit this at any time: Genie reads it when you save. [ ] to do, [~] doing, [x] done, "
    "~~struck out~~ not to be done. Version {}. -->\n\n"
)
_VERSION = re.compile(r"<!--.*?\bVersion (\d{1,6})\.\s*-->", re.DOTALL)
_MARKS: dict[StepState, str] = {"todo": " ", "doing": "~", "done": "x", "struck": " "}
_STATES: dict[str, StepState] = {"x": "done", "X": "done", "~": "doing", "/": "doing", "-": "struck"}
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[(.)\]\s*)?(.*)$")
_STRUCK = re.compile(r"^~~(.*)~~$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REWORDED = 0.5


@dataclass(frozen=True)
class Read:
    """What a text says: steps (id "" where none is known), and what stands above them, which is a remark."""

    steps: Plan
    remark: str


def render(steps: Iterable[Step], version: int) -> str:
    """A Markdown list, with a head that says which version it is and that it may be edited."""
    return _HEAD.format(version) + listed(steps)


def listed(steps: Iterable[Step]) -> str:
    """A Markdown list with a box for each step's state, notes beneath."""
    return "".join(_rendered(step) for step in steps)


def version_of(text: str) -> int | None:
    """The version that an edited text was rendered as, if its head is still there."""
    found = _VERSION.search(text)
    return int(found[1]) if found else None


def _rendered(step: Step) -> str:
    text = f"~~{step.text}~~" if step.state == "struck" else step.text
    notes = "".join(f"  {line}\n" if line else "\n" for line in step.notes.splitlines())
    return f"- [{_MARKS[step.state]}] {text}\n{notes}"


def read(text: str, known: Plan) -> Read:
    """The plan that a user made of the rendered plan `known`: a step keeps its id when moved or reworded."""
    steps: list[Step] = []
    remark: list[str] = []
    notes: list[str] = []
    for line in _COMMENT.sub("", text).replace("\r\n", "\n").split("\n"):
        item = _ITEM.match(line)
        if item and (item[1] is not None or not line[:1].isspace()) and item[2].strip():
            steps, notes = _noted(steps, notes), []
            steps.append(_step(item[1] or " ", item[2].strip()))
        elif steps:
            notes.append(line)
        elif line.strip() and not line.startswith("#"):
            remark.append(line.strip())
    return Read(_identified(tuple(_noted(steps, notes)), known), "\n".join(remark))


def _step(mark: str, text: str) -> Step:
    struck = _STRUCK.match(text)
    state: StepState = "struck" if struck else _STATES.get(mark, "todo")
    return Step("", " ".join((struck[1] if struck else text).split()), state)


def _noted(steps: list[Step], notes: Sequence[str]) -> list[Step]:
    text = "\n".join(line.strip() for line in notes).strip("\n")
    return [*steps[:-1], replace(steps[-1], notes=text)] if steps and text else steps


def _identified(steps: Plan, known: Plan) -> Plan:
    """Ids by equal words, then by the most alike, then by the place between the same neighbours."""
    ids = [""] * len(steps)
    free = {step.id: step for step in known}
    for number, step in enumerate(steps):
        same = next((one for one in free.values() if words_of(one.text) == words_of(step.text)), None)
        if same:
            ids[number] = free.pop(same.id).id
    for ratio, number, old in _likenesses(steps, ids, free):
        if ratio >= _REWORDED and not ids[number] and old in free:
            ids[number] = free.pop(old).id
    order = [step.id for step in known]
    for number in range(len(steps)):
        between = _between(ids, number, order)
        if not ids[number] and len(between) == 1 and between[0] in free:
            ids[number] = free.pop(between[0]).id
    return tuple(replace(step, id=one) for step, one in zip(steps, ids, strict=True))


def _likenesses(steps: Plan, ids: Sequence[str], free: dict[str, Step]) -> list[tuple[float, int, str]]:
    pairs = [
        (SequenceMatcher(None, words_of(step.text), words_of(old.text)).ratio(), number, old.id)
        for number, step in enumerate(steps)
        if not ids[number]
        for old in free.values()
    ]
    return sorted(pairs, key=lambda pair: -pair[0])


def _between(ids: Sequence[str], number: int, order: Sequence[str]) -> list[str]:
    """The known ids between those of the neighbours, if these are known and only one step is between them."""
    above = ids[number - 1] if number else None
    below = ids[number + 1] if number + 1 < len(ids) else None
    if above == "" or below == "":
        return []
    start = order.index(above) + 1 if above else 0
    end = order.index(below) if below else len(order)
    return list(order[start:end])


def words_of(text: str) -> str:
    """What two texts of a step must share to be taken for the same."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def merged(base: Plan, mine: Plan, theirs: Plan, strike: bool = True) -> Plan:
    """The plan `mine` after what a user made of `base`, which is `theirs`.

    Each field that the user changed is theirs, whatever became of it meanwhile. A step that they took out is
    struck out, since a line of text is easily lost; it is gone if it was struck out already, and without
    `strike`. One that they left as it was and that `mine` has no longer stays gone. Their order counts where
    they changed it.
    """
    before = {step.id: step for step in base}
    now = {step.id: step for step in mine}
    kept = [step for step in theirs if step.id in now or step != before.get(step.id)]
    told = [step if step.id else replace(step, id=token_hex(3)) for step in kept]
    wanted = {step.id: step for step in told}
    steps = {one: _field_by_field(before.get(one), now.get(one), step) for one, step in wanted.items()}
    for one, step in now.items():
        if one not in before:
            steps.setdefault(one, step)
        elif one not in steps and strike and before[one].state != "struck":
            steps[one] = replace(step, state="struck")
    return tuple(steps[one] for one in _order(base, mine, told) if one in steps)


def _field_by_field(before: Step | None, now: Step | None, theirs: Step) -> Step:
    if before is None or now is None:
        return theirs
    text = theirs.text if theirs.text.split() != before.text.split() else now.text
    state = theirs.state if theirs.state != before.state else now.state
    notes = theirs.notes if theirs.notes.split() != before.notes.split() else now.notes
    return Step(theirs.id, text, state, notes)


def _order(base: Plan, mine: Plan, theirs: Sequence[Step]) -> list[str]:
    """The user's order, if they moved a step, else the present one; others follow whom they followed."""
    old = [step.id for step in base]
    user = [step.id for step in theirs]
    present = [step.id for step in mine]
    common = [one for one in user if one in old]
    moved = common != [one for one in old if one in common]
    first, second = (user, present) if moved else (present, user)
    return woven(first, second)


def woven(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """`first`, and each of `second` that it lacks: behind the one that is before it in `second`, or before
    the next.
    """
    both = list(first)
    for number, one in enumerate(second):
        if one in both:
            continue
        below = next((other for other in second[number + 1 :] if other in both), None)
        if number:
            both.insert(both.index(second[number - 1]) + 1, one)
        else:
            both.insert(both.index(below) if below else len(both), one)
    return both


def written_by_user(base: Plan, now: Plan) -> Iterator[str]:
    """The ids of steps whose words the user gave: new ones, and those with another text or other notes."""
    before = {step.id: step for step in base}
    for step in now:
        old = before.get(step.id)
        if old is None or (old.text, old.notes) != (step.text, step.notes):
            yield step.id
