"""A user types, accepts, rejects, takes back and undoes at random while Genie proposes anew.

Each game is played with the functions that the language server uses, on a file whose lines know where they
are from (`buffer.py`). A fault is a sentence: what was lost, applied twice, or landed elsewhere.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from buffer import (
    Line,
    Lines,
    base,
    has,
    may_slide,
    must_land,
    replaced_by,
    text_of,
    typed_over,
    users,
    with_hunk,
    without_hunk,
)

from genie_engineer.agent.events import Event, HunkDecided, PatchProposed
from genie_engineer.agent.fold import step
from genie_engineer.agent.state import RunState
from genie_engineer.editor.accept import accepted, there_again, ways_back
from genie_engineer.editor.lineages import Lineages
from genie_engineer.editor.places import Present, acceptance, present, proposed, stand
from genie_engineer.editor.reviewed import Reviewed, reviewed
from genie_engineer.editor.undo import without
from genie_engineer.edits.changes import Hunk, diff

_PATH, _URI = "a.py", "file:///r/a.py"
_SOURCES = sorted((Path(__file__).parents[2] / "server").rglob("*.py"))
_POOR = ("    }\n", "\n", "    return\n", "x = 1\n", "    pass\n")
"""Lines of which many stand in one file: what is beside them must tell them apart."""

Edit = tuple[int, int, tuple[str, ...]]
Thing = TypeVar("Thing")


@dataclass
class Game:
    """One file under review. `edits` are what Genie wants done to the pre-image, by first line and end."""

    dice: random.Random
    old: tuple[str, ...]
    lines: Lines
    state: RunState = field(default_factory=RunState)
    edits: dict[int, Edit] = field(default_factory=dict)
    past: list[Lines] = field(default_factory=list)
    future: list[Lines] = field(default_factory=list)
    replaced: dict[str, Lines] = field(default_factory=dict)
    seen: dict[str, Lines] = field(default_factory=dict)
    typed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    lineages: Lineages = field(init=False)

    def __post_init__(self) -> None:
        self.lineages = Lineages(lambda _run, _path: "".join(self.old).encode())

    @property
    def file(self) -> Present:
        """The buffer as the server sees it."""
        file = present(_URI, text_of(self.lines), 1)
        return self.lineages.of("run", file, reviewed(self.state).get(_PATH, Reviewed(_PATH)))

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """What is proposed."""
        return tuple(hunk for change in self.state.changes for hunk in change.text_hunks)

    def record(self, events: Iterable[Event]) -> None:
        """Adds to the run."""
        for event in events:
            self.state = step(self.state, event)

    def become(self, lines: Lines) -> None:
        """One step that the editor's undo takes back."""
        self.past.append(self.lines)
        self.future.clear()
        self.lines = lines

    def count(self, what: str, times: int = 1) -> None:
        """For the table of what happened."""
        self.counts[what] = self.counts.get(what, 0) + times


def played(seed: int, moves: int) -> Game:
    """A whole game. The same seed is the same game."""
    dice = random.Random(seed)
    old = _pre_image(dice)
    game = Game(dice, old, base(old))
    while not game.hunks:
        _propose(game)
    _look(game)
    for _ in range(moves):
        move = dice.choices(list(_MOVES), [weight for weight in _MOVES.values()])[0]
        kept = users(game.lines)
        move(game)
        if move.__name__ not in ("_type", "_undo", "_redo") and users(game.lines) != kept:
            game.faults.append(f"{move.__name__}: {len(kept)} lines of the user's became others")
        if game.seen.setdefault(text_of(game.lines), game.lines) != game.lines:
            game.count("ended: one text, two histories")
            break
        _look(game)
    return game


def _pre_image(dice: random.Random) -> tuple[str, ...]:
    if dice.random() < 0.25:
        return tuple(dice.choice(_POOR) for _ in range(dice.randint(1, 60)))
    lines = dice.choice(_SOURCES).read_text("utf-8").splitlines(keepends=True)
    start = dice.randrange(max(1, len(lines) - 20))
    return tuple(lines[start : start + dice.randint(1, 90)])


def _propose(game: Game) -> None:
    """Genie wants something more done, something else, or something no longer."""
    dice, old = game.dice, game.old
    for first in dice.sample(sorted(game.edits), k=min(len(game.edits), dice.choice([0, 0, 1, 2]))):
        del game.edits[first]
    for _ in range(dice.randint(1, 4)):
        first = dice.randrange(len(old) + 1)
        end = min(len(old), first + dice.choice([0, 1, 1, 2, 4]))
        new = tuple(f"genie_{dice.randrange(10**6)}\n" for _ in range(dice.choice([0, 1, 1, 2, 5])))
        if dice.random() < 0.2:
            new = (*new, *dice.choices(old or _POOR, k=dice.randint(1, 3)))
        taken = any(
            first < other_end and start < max(end, first + 1) for start, other_end, _ in game.edits.values()
        )
        if not taken and first not in game.edits:
            game.edits[first] = (first, end, new)
    texts: list[str] = []
    at = 0
    for first, end, new in sorted(game.edits.values()):
        texts += [*old[at:first], *new]
        at = end
    wanted = "".join([*texts, *old[at:]])
    change = diff(_PATH, "".join(old).encode(), wanted.encode())
    game.record([PatchProposed((change,) if change else ())])
    game.count("proposals")


def _type(game: Game) -> None:
    """A line of the user's own, a change within one, lines deleted, a piece copied somewhere else."""
    dice, lines = game.dice, game.lines
    at = dice.randrange(len(lines) + 1)
    fate = dice.random()
    game.typed += 1
    mine = Line(f"mine_{game.typed}\n", "user")
    if fate < 0.35 or not lines:
        new = (*lines[:at], mine, *lines[at:])
    elif fate < 0.6:
        at = min(at, len(lines) - 1)
        new = (*lines[:at], typed_over(lines[at], lines[at].text.rstrip("\n") + mine.text), *lines[at + 1 :])
    elif fate < 0.8:
        end = at + dice.randint(1, 4)
        new = (*lines[:at], *([mine] if may_slide(lines, at, lines[at:end], end) else []), *lines[end:])
    else:
        start = dice.randrange(len(lines))
        piece = [Line(line.text, "copy") for line in lines[start : start + dice.choice([1, 3, 9, 20])]]
        new = (*lines[:at], *([mine] if may_slide(lines, at, piece, at) else piece), *lines[at:])
    game.become(new)
    game.count("typed")


def _accept(game: Game) -> None:
    change = next(iter(game.state.changes), None)
    if change is None:
        return
    wanted = [hunk.id for hunk in _some(game, game.hunks)]
    there = there_again(change, game.state.decisions, set(wanted), game.file)
    found, problems = acceptance(change, game.state.decisions, set(wanted) - there, game.file)
    for hunk in change.text_hunks:
        if hunk.id in problems and must_land(game.lines, hunk):
            game.faults.append(f"accept: refused without need: {problems[hunk.id]}")
    back = ways_back(Path("/r", _PATH), change, set(found), game.file)
    if game.file.lineage:
        game.lineages.expect("run", _PATH, accepted(game.file.lineage, change, found))
    after = game.lines
    lines = [line.text for line in game.lines]
    for hunk in reversed(change.text_hunks):
        if hunk.id not in found:
            continue
        swap = found[hunk.id]
        lines[swap.line : swap.line + swap.count] = swap.lines
        placed = with_hunk(after, hunk, "".join(lines))
        if placed is None:
            game.faults.append(f"accept: landed where it doesn't belong, at line {swap.line}")
            return
        if has(after, hunk.id):
            game.faults.append("accept: applied twice")
        game.replaced[hunk.id] = replaced_by(after, hunk, "".join(lines))
        after = placed
        game.count("accepted")
    conflicts = [HunkDecided(hunk, "conflict", why) for hunk, why in problems.items()]
    game.count("refused", bool(problems))
    game.record(
        [
            *conflicts,
            *(HunkDecided(hunk, "accepted", back=back.get(hunk)) for hunk in (*found, *sorted(there))),
        ]
    )
    if after != game.lines:
        game.become(after)
    game.lineages.settle("run", _PATH, applied=True)


def _reject(game: Game) -> None:
    still = [hunk for hunk in game.hunks if hunk.id not in game.state.taken]
    game.record([HunkDecided(hunk.id, "rejected") for hunk in _some(game, still)])
    game.count("rejected")


def _take_back(game: Game) -> None:
    """As the server does: several at once, the last accepted first; the model follows one by one."""
    for taken in _some(game, list(game.state.taken.values()))[::-1]:
        was = game.lines
        made, lineage = without(game.file, 0o644, [taken])
        game.lineages.expect("run", _PATH, lineage)
        text = (made.data or b"").decode()
        if text == text_of(was):
            game.count("not taken back" if made.problems else "out already")
        else:
            now = without_hunk(was, taken.hunk, game.replaced[taken.hunk.id], text)
            if now is None:
                game.faults.append("take back: something else was changed")
                return
            game.become(now)
            game.lineages.settle("run", _PATH, applied=True)
            game.count("taken back")
        game.record([HunkDecided(hunk, "undone") for hunk in made.done])


def _undo(game: Game) -> None:
    if game.past:
        game.future.append(game.lines)
        game.lines = game.past.pop()
        game.count("undone")


def _redo(game: Game) -> None:
    if game.future:
        game.past.append(game.lines)
        game.lines = game.future.pop()


_MOVES = {_type: 8, _accept: 6, _reject: 1, _take_back: 2, _undo: 3, _redo: 1, _propose: 2}


def _some(game: Game, things: Sequence[Thing]) -> list[Thing]:
    chosen = game.dice.sample(range(len(things)), k=min(len(things), game.dice.randint(1, 3)))
    return [things[number] for number in sorted(chosen)]


def _look(game: Game) -> None:
    """What is shown beside the text: no hunk is open where it doesn't belong."""
    file = game.file
    for change in game.state.changes:
        for hunk in change.text_hunks:
            standing = stand(change, hunk, game.state.decisions.get(hunk.id), file)
            if standing.state == "open":
                text = file.lines or ()
                now = (*text[: standing.line], *hunk.after, *text[standing.line + len(hunk.before) :])
                if with_hunk(game.lines, hunk, "".join(now)) is None:
                    game.faults.append(f"shown open at line {standing.line}, where it doesn't belong")
        proposed(change, game.state.decisions, file)
