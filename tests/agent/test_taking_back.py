"""What was accepted is taken back whatever the user did since, or it is said why not; nothing is lost."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genie_engineer.agent.context import build
from genie_engineer.agent.events import HunkDecided, PatchProposed, TaskGiven
from genie_engineer.agent.log import Run, from_json, to_json
from genie_engineer.agent.review import Reviewed, accept, undo
from genie_engineer.agent.state import Rejected
from genie_engineer.edits.changes import EXECUTABLE, FileChange, diff
from genie_engineer.errors import UsageError
from tests.conftest import CALC

MENDED = CALC.replace("a - b", "a + b").replace("a * b", "b * a")


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("Mend it")


def propose(run: Run, root: Path, new: dict[str, bytes | None], modes: dict[str, int] | None = None) -> None:
    changes = []
    for path, data in new.items():
        old = (root / path).read_bytes() if (root / path).exists() else None
        change = diff(path, old, data, (modes or {}).get(path))
        assert change is not None
        changes.append(change)
    run.record(PatchProposed(tuple(changes)))


def ids(run: Run) -> list[str]:
    return [hunk.id for change in run.state.changes for hunk in change.hunks]


def test_each_hunk_is_taken_back_on_its_own_after_edits_elsewhere(run: Run, repository: Path) -> None:
    file = repository / "calc.py"
    propose(run, repository, {"calc.py": MENDED.encode()})
    accept(run)
    file.write_text("# mine\n" + MENDED + "# end\n")
    first, second = ids(run)
    assert undo(run, [second[:6]]) == Reviewed(("calc.py",), ())
    assert file.read_text() == "# mine\n" + CALC.replace("a - b", "a + b") + "# end\n"
    assert undo(run, [first]) == Reviewed(("calc.py",), ())
    assert file.read_text() == "# mine\n" + CALC + "# end\n"
    with pytest.raises(UsageError, match="nothing to take back"):
        undo(run)


def test_lines_that_the_user_changed_since_stay_and_the_rest_goes(run: Run, repository: Path) -> None:
    file = repository / "calc.py"
    propose(run, repository, {"calc.py": MENDED.encode()})
    accept(run)
    file.write_text(MENDED.replace("a + b", "a + b + 0"))
    undone = undo(run)
    assert undone.paths == ("calc.py",)
    assert "changed since" in undone.problems[0]
    assert file.read_text() == MENDED.replace("a + b", "a + b + 0").replace("b * a", "a * b")
    assert list(run.state.taken) == [ids(run)[0]]


def test_files_that_were_created_and_deleted(run: Run, repository: Path) -> None:
    old = "\ufeffprint('é')\r\nno_end = 1".encode("utf-16-le")
    (repository / "old.py").write_bytes(old)
    (repository / "old.py").chmod(0o750)
    (repository / "kept.sh").write_bytes(b"x\n")
    propose(
        run,
        repository,
        {"old.py": None, "new/one.sh": b"#!/bin/sh\n", "new/two.py": b"y\n", "kept.sh": b"x\n"},
        {"new/one.sh": EXECUTABLE, "kept.sh": EXECUTABLE},
    )
    assert accept(run).problems == ()
    assert not (repository / "old.py").exists()
    (repository / "new/two.py").write_bytes(b"y\nmine\n")
    undone = undo(run)
    assert undone.problems == ("new/two.py: The file has been changed meanwhile.",)
    assert ((repository / "old.py").read_bytes(), (repository / "old.py").stat().st_mode & 0o777) == (
        old,
        0o750,
    )
    assert (repository / "kept.sh").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in (repository / "new").iterdir()] == ["two.py"]


def test_a_file_of_the_same_name_is_not_overwritten_by_one_that_comes_back(
    run: Run, repository: Path
) -> None:
    propose(run, repository, {"calc.py": None})
    accept(run)
    (repository / "calc.py").write_text("another\n")
    assert undo(run).problems == ("calc.py: There is a file of this name already.",)
    assert (repository / "calc.py").read_text() == "another\n"


def test_what_the_user_took_out_by_hand_counts_as_taken_back(run: Run, repository: Path) -> None:
    propose(run, repository, {"calc.py": MENDED.encode(), "new.py": b"y\n"})
    accept(run)
    (repository / "calc.py").write_text("# mine\n" + CALC)
    (repository / "new.py").unlink()
    assert undo(run).problems == ()
    assert (repository / "calc.py").read_text() == "# mine\n" + CALC
    assert run.state.taken == {}


def test_accepted_earlier_and_proposed_no_longer(run: Run, repository: Path) -> None:
    """A resumed run begins from the user's files, in which the hunk is: it proposes the rest only."""
    file = repository / "calc.py"
    propose(run, repository, {"calc.py": CALC.replace("a - b", "a + b").encode()})
    accept(run)
    propose(run, repository, {"calc.py": MENDED.encode()})
    accept(run)
    assert file.read_text() == MENDED
    assert len(run.state.changes[0].hunks) == 1
    undo(run, path="calc.py")
    assert file.read_text() == CALC


def test_the_model_hears_of_it_and_the_hunk_counts_as_rejected(run: Run, repository: Path) -> None:
    propose(run, repository, {"calc.py": MENDED.encode()})
    accept(run, [ids(run)[0]])
    undo(run, [ids(run)[0]])
    hunk = run.state.changes[0].hunks[0]
    assert run.state.conversation[-1] == Rejected("calc.py", hunk, "", accepted=True)
    with pytest.raises(UsageError, match="no hunk that is meant"):
        accept(run, ["zzzz"])
    accept(run)
    assert (repository / "calc.py").read_text() == CALC.replace("a * b", "b * a")
    accept(run, [ids(run)[0]])
    assert (repository / "calc.py").read_text() == MENDED


def test_the_model_is_told_where_its_copy_was_made_with_what_is_taken_back(
    run: Run, repository: Path
) -> None:
    propose(run, repository, {"calc.py": MENDED.encode()})
    accept(run)
    first, _ = ids(run)
    undo(run, [first])
    run.record(PatchProposed(()))  # As a resumed run does, whose copy is made of the user's files.
    undo(run)
    heard = [message.text for message in build(run.state, 8_000, (), lambda span: span.path)]
    (in_copy,) = [text for text in heard if "+    return a + b" in text]
    (in_base,) = [text for text in heard if "+    return b * a" in text]
    assert "It is taken out again." in in_copy
    assert "has it until the run is resumed: build nothing on it, and leave its lines alone." in in_base


def test_an_old_log_without_ways_back_can_be_undone(run: Run, repository: Path) -> None:
    propose(run, repository, {"calc.py": MENDED.encode(), "new.py": b"y\n", "conftest.py": None})
    accept(run)
    for record in [record for record in run.records if isinstance(record.event, HunkDecided)]:
        table = json.loads(to_json(record))
        del table["back"]
        run.record(from_json(json.dumps(table)).event)
    (repository / "calc.py").write_text("# mine\n" + MENDED)
    assert undo(run).problems == ()
    assert (repository / "calc.py").read_text() == "# mine\n" + CALC
    assert not (repository / "new.py").exists()
    assert (repository / "conftest.py").read_bytes() == b""


# Random interleavings, against a model of lines with an identity: it never looks for a place.


@dataclass
class Slot:
    """A proposed hunk's place in the model."""

    id: str
    before: list[str]
    after: list[str]
    taken: bool = False
    spoilt: bool = False

    @property
    def now(self) -> list[str]:
        return self.after if self.taken else self.before


@dataclass
class Model:
    """A file as plain lines (str, of the user) and slots."""

    parts: list[str | Slot] = field(default_factory=list)

    def text(self) -> str:
        return "".join("".join(part.now) if isinstance(part, Slot) else part for part in self.parts)

    def slots(self) -> Iterator[Slot]:
        return (part for part in self.parts if isinstance(part, Slot))


def modelled(old: list[str], change: FileChange) -> Model:
    model, at = Model(), 0
    for hunk in change.hunks:
        model.parts += old[at : hunk.start - 1]
        model.parts.append(Slot(hunk.id, list(hunk.before), list(hunk.after)))
        at = hunk.start - 1 + len(hunk.before)
    model.parts += old[at:]
    return model


def rewritten(dice: random.Random, lines: list[str], ending: str) -> list[str]:
    """The file as a model would have it: some runs of lines changed, added, removed."""
    new = []
    for number, line in enumerate(lines):
        fate = dice.random()
        if fate < 0.06:
            new += [f"added = {number}{ending}", line]
        elif fate < 0.12:
            new.append(f"changed = {number}{ending}")
        elif fate >= 0.18:
            new.append(line)
    return new


def typed(dice: random.Random, model: Model, number: int, ending: str) -> None:
    """The user adds, changes or removes a line of their own, or, rarely, one of a hunk."""
    at = dice.randrange(len(model.parts) + 1)
    part = model.parts[at] if at < len(model.parts) else None
    fate = dice.random()
    unique = f"mine = {number}{ending}"
    mine = dice.choice([unique, ending, f"    return{ending}", f"}}{ending}"])
    beside = [one for one in model.parts[max(0, at - 1) : at + 1] if isinstance(one, Slot)]
    if beside or any(mine in (*slot.before, *slot.after) for slot in model.slots()):
        # What a hunk took away would be put back by hand; a line like the next one would be either of them.
        mine = unique
    if isinstance(part, Slot) and part.now and fate < 0.3:
        lines = part.now
        changed = dice.randrange(len(lines))
        part.spoilt |= lines[changed] != mine
        lines[changed] = mine
    elif isinstance(part, str) and fate < 0.4:
        model.parts[at] = mine
    elif isinstance(part, str) and fate < 0.6:
        del model.parts[at]
    elif not at_an_edge(model, at):
        model.parts.insert(at, mine)


def at_an_edge(model: Model, at: int) -> bool:
    """Beside lines that are out of the file's very start or end: nobody can see before or behind which."""
    return any(
        isinstance(part, Slot) and not part.now
        for part, beside in ((model.parts[0], at <= 1), (model.parts[-1], at >= len(model.parts) - 1))
        if beside
    )


FILES = (
    "agent/review.py",
    "edits/changes.py",
    "workbench/copy.py",
    "config.py",
    "agent/state.py",
    "editor/view.py",
)


@pytest.mark.parametrize("seed", range(220))
def test_random_interleavings_of_accepting_typing_and_taking_back(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is said to be done is what the model has; what isn't is said, and changes nothing."""
    dice = random.Random(seed)
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    ending = dice.choice(["\n", "\n", "\r\n"])
    encoding = dice.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    source = Path(__file__).parents[2] / "server" / dice.choice(FILES)
    old = [line + ending for line in source.read_text().split("\n")][: dice.randint(5, 150)]
    file = tmp_path / "a.py"
    file.write_bytes("".join(old).encode(encoding))
    new = "".join(rewritten(dice, old, ending)).encode(encoding)
    change = diff("a.py", file.read_bytes(), new)
    if change is None:
        pytest.skip("nothing to review")
    with closing(Run.create(tmp_path / "run")) as run:
        play(dice, run, file, change, modelled(old, change), (ending, encoding))


def play(
    dice: random.Random, run: Run, file: Path, change: FileChange, model: Model, form: tuple[str, str]
) -> None:
    ending, encoding = form
    run.record(TaskGiven("t", str(file.parent), "", "none"))
    run.record(PatchProposed((change,)))
    for number in range(dice.randint(5, 30)):
        act = dice.random()
        slots = list(model.slots())
        if act < 0.35:
            typed(dice, model, number, ending)
            file.write_bytes(model.text().encode(encoding))
        elif act < 0.7:
            forth(dice, run, [slot for slot in slots if not slot.taken])
        else:
            back(dice, run, file, model)
        assert file.read_bytes() == model.text().encode(encoding)
    back(dice, run, file, model, all_of_it=True)
    assert file.read_bytes() == model.text().encode(encoding)


def forth(dice: random.Random, run: Run, still: list[Slot]) -> None:
    """Accepts one or two. The terminal accepts all that are meant of a file, or none."""
    some = dice.sample(still, k=min(len(still), dice.randint(1, 2)))
    if some and not accept(run, [slot.id for slot in some]).problems:
        for slot in some:
            assert not slot.spoilt or slot.after == slot.before, "the user's words are lost"
            slot.taken = True


def back(dice: random.Random, run: Run, file: Path, model: Model, all_of_it: bool = False) -> None:
    """Takes some or all back. The slots that it is done for stand as before in the model."""
    taken = [slot for slot in model.slots() if slot.taken]
    wanted = taken if all_of_it else dice.sample(taken, k=dice.randint(0, len(taken)))
    if not wanted:
        return
    undone = undo(run, [slot.id for slot in wanted])
    kept = run.state.taken.keys()
    assert bool(undone.problems) == any(slot.id in kept for slot in wanted)
    for slot in wanted:
        slot.taken = slot.id in kept
        assert slot.taken or not slot.spoilt or slot.after == slot.before, "the user's words are lost"
