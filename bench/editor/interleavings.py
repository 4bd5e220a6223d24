"""A user types, accepts, rejects, takes back and undoes at random while Genie proposes anew.

Each game is played with the functions that the language server uses, on a file whose lines know where they
are from (`buffer.py`). A fault is a sentence: what was lost, applied twice, or landed elsewhere.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from buffer import (
    Line,
    Lines,
    base,
    copied,
    has,
    may_slide,
    must_land,
    over_others,
    replaced_by,
    text_of,
    typed_over,
    users,
    with_hunk,
    without_hunk,
)
from wishes import Edits, change_mind, pre_image, text_wanted

from genie_engineer.agent.events import Event, HunkDecided, PatchProposed
from genie_engineer.agent.fold import step
from genie_engineer.agent.state import RunState
from genie_engineer.editor.accept import accepted, there_again, ways_back
from genie_engineer.editor.lineages import Lineages
from genie_engineer.editor.places import Present, Swap, acceptance, present, proposed, stand
from genie_engineer.editor.reviewed import Reviewed, reviewed
from genie_engineer.editor.undo import without
from genie_engineer.edits.changes import FileChange, Hunk, diff

PATH, _URI = "a.py", "file:///r/a.py"
Thing = TypeVar("Thing")


@dataclass
class Game:
    """One file under review. `edits` are what Genie wants done to the pre-image, by first line and end.

    `gone` are the numbers of the lines that hunks which brought none have taken out. At most `at_once` hunks
    are accepted, rejected or taken back in one move.
    """

    dice: random.Random
    old: tuple[str, ...]
    lines: Lines
    state: RunState = field(default_factory=RunState)
    edits: Edits = field(default_factory=dict)
    past: list[tuple[Lines, frozenset[int]]] = field(default_factory=list)
    future: list[tuple[Lines, frozenset[int]]] = field(default_factory=list)
    replaced: dict[str, Lines] = field(default_factory=dict)
    seen: dict[str, Lines] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    typed: int = 0
    at_once: int = 3
    ended: bool = False
    events: list[Event] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    lineages: Lineages = field(init=False)

    def __post_init__(self) -> None:
        self.lineages = Lineages(lambda _run, _path: "".join(self.old).encode())

    @property
    def file(self) -> Present:
        """The buffer as the server sees it."""
        file = present(_URI, text_of(self.lines), 1)
        return self.lineages.of("run", file, reviewed(self.state).get(PATH, Reviewed(PATH)))

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """What is proposed."""
        return tuple(hunk for change in self.state.changes for hunk in change.text_hunks)

    def record(self, events: Iterable[Event]) -> None:
        """Adds to the run."""
        for event in events:
            self.events.append(event)
            self.state = step(self.state, event)

    def become(self, lines: Lines, gone: frozenset[int] | None = None) -> None:
        """One step that the editor's undo takes back."""
        self.past.append((self.lines, self.gone))
        self.future.clear()
        self.lines, self.gone = lines, self.gone if gone is None else gone

    def count(self, what: str, times: int = 1) -> None:
        """For the table of what happened."""
        self.counts[what] = self.counts.get(what, 0) + times


def played(seed: int, moves: int) -> Game:
    """A whole game. The same seed is the same game."""
    game = begun(seed)
    for _ in range(moves):
        if not game.ended:
            go_on(game)
    return game


def begun(seed: int, at_once: int = 3) -> Game:
    """A game with a first proposal."""
    dice = random.Random(seed)
    old = pre_image(dice)
    game = Game(dice, old, base(old), at_once=at_once)
    while not game.hunks:
        _propose(game)
    look(game)
    return game


def go_on(game: Game) -> str:
    """One more move; its name. The game ends where one text has come to be in two ways."""
    move = game.dice.choices(list(_MOVES), [weight for weight in _MOVES.values()])[0]
    kept = users(game.lines)
    move(game)
    if move.__name__ not in ("_type", "_undo", "_redo") and users(game.lines) != kept:
        game.faults.append(f"{move.__name__}: {len(kept)} lines of the user's became others")
    if game.seen.setdefault(text_of(game.lines), game.lines) != game.lines:
        game.count("ended: one text, two histories")
        game.ended = True
    else:
        look(game)
    return move.__name__.removeprefix("_")


def _propose(game: Game) -> None:
    change_mind(game.dice, game.old, game.edits)
    change = diff(PATH, "".join(game.old).encode(), text_wanted(game.old, game.edits).encode())
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
        piece = copied(lines[start : start + dice.choice([1, 3, 9, 20])])
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
        if hunk.id in problems and must_land(game.lines, hunk, game.gone):
            game.faults.append(f"accept: refused without need: {problems[hunk.id]}")
    back = ways_back(Path("/r", PATH), change, found, game.file)
    if game.file.lineage:
        game.lineages.expect("run", PATH, accepted(game.file.lineage, change, found))
    after = _landed(game, change, found)
    if after is None:
        return
    for hunk in change.text_hunks:
        if hunk.id in there:  # what takes it back is told by itself alone
            game.replaced[hunk.id] = base(hunk.before, hunk.start - 1)
    conflicts = [HunkDecided(hunk, "conflict", why) for hunk, why in problems.items()]
    game.count("refused", bool(problems))
    game.record(
        [
            *conflicts,
            *(HunkDecided(hunk, "accepted", back=back.get(hunk)) for hunk in (*found, *sorted(there))),
        ]
    )
    if after != game.lines:
        out = [hunk for hunk in change.text_hunks if hunk.id in found and not hunk.after]
        game.become(after, game.gone.union(*map(_numbers, out)))
    game.lineages.settle("run", PATH, applied=True)


def _landed(game: Game, change: FileChange, found: Mapping[str, Swap]) -> Lines | None:
    """The file with the hunks in it; None after a fault."""
    after = game.lines
    lines = [line.text for line in game.lines]
    for hunk in reversed(change.text_hunks):
        if hunk.id not in found:
            continue
        swap = found[hunk.id]
        lines[swap.line : swap.line + swap.count] = swap.lines
        placed = with_hunk(after, hunk, "".join(lines), game.gone)
        if placed is None:
            game.faults.append(f"accept: landed where it doesn't belong, at line {swap.line}")
            return None
        if has(after, hunk.id):
            game.faults.append("accept: applied twice")
        game.replaced[hunk.id] = replaced_by(after, hunk, "".join(lines), game.gone)
        game.count("accepted over others", over_others(after, hunk, game.gone) is not None)
        after = placed
        game.count("accepted")
    return after


def _reject(game: Game) -> None:
    still = [hunk for hunk in game.hunks if hunk.id not in game.state.taken]
    game.record([HunkDecided(hunk.id, "rejected") for hunk in _some(game, still)])
    game.count("rejected")


def _take_back(game: Game) -> None:
    """As the server does: several at once, the last accepted first; the model follows one by one."""
    for taken in _some(game, list(game.state.taken.values()))[::-1]:
        was = game.lines
        made, lineage = without(game.file, 0o644, [taken])
        game.lineages.expect("run", PATH, lineage)
        text = (made.data or b"").decode()
        if text == text_of(was):
            game.count("not taken back" if made.problems else "out already")
        else:
            now = without_hunk(was, taken.hunk, game.replaced[taken.hunk.id], text)
            if now is None:
                game.faults.append("take back: something else was changed")
                return
            there = {line.number for line in now if line.origin == "base"}
            game.become(now, game.gone - there)
            game.lineages.settle("run", PATH, applied=True)
            game.count("taken back")
        game.record([HunkDecided(hunk, "undone") for hunk in made.done])


def _undo(game: Game) -> None:
    if game.past:
        game.future.append((game.lines, game.gone))
        game.lines, game.gone = game.past.pop()
        game.count("undone")


def _redo(game: Game) -> None:
    if game.future:
        game.past.append((game.lines, game.gone))
        game.lines, game.gone = game.future.pop()


_MOVES = {_type: 8, _accept: 6, _reject: 1, _take_back: 2, _undo: 3, _redo: 1, _propose: 2}


def _numbers(hunk: Hunk) -> frozenset[int]:
    return frozenset(range(hunk.start - 1, hunk.start - 1 + len(hunk.before)))


def _some(game: Game, things: Sequence[Thing]) -> list[Thing]:
    most = game.dice.randint(1, game.at_once)
    chosen = game.dice.sample(range(len(things)), k=min(len(things), most))
    return [things[number] for number in sorted(chosen)]


def look(game: Game) -> None:
    """What is shown beside the text: no hunk is open where it doesn't belong."""
    file = game.file
    for change in game.state.changes:
        for hunk in change.text_hunks:
            standing = stand(change, hunk, game.state.decisions.get(hunk.id), file)
            rest = standing.rest or Swap(standing.line, len(hunk.before), hunk.after)
            if standing.state == "open" or standing.rest:
                text = file.lines or ()
                now = (*text[: rest.line], *rest.lines, *text[rest.line + rest.count :])
                if with_hunk(game.lines, hunk, "".join(now), game.gone) is None:
                    game.faults.append(f"shown {standing.state} at line {rest.line}, where it doesn't belong")
        proposed(change, game.state.decisions, file)
