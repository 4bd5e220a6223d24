"""Going back: a new run that begins as another did; both are kept, and the copy is as it was then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent.branching import branch, moments
from genie_engineer.agent.events import Finished, ModelSpoke, PatchProposed, Said
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import LOG, Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.steering import Branched
from genie_engineer.agent.store import find_run, list_runs
from genie_engineer.config import Settings
from genie_engineer.errors import UsageError
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
AGAIN = Turn(
    "Better.",
    (
        Call(
            "propose_patch",
            {
                "patch": "calc.py\n<<<<<<< SEARCH\n    return a + b\n"
                "=======\n    return b + a\n>>>>>>> REPLACE\n"
            },
        ),
    ),
)
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))
SCRIPT = [PLAN, PROPOSE, AGAIN, FINISH]


@pytest.fixture
async def done(begun: Callable[[str], Run]) -> Run:
    run = begun("add(2, 3) gives -1")
    await work(run, Scripted(SCRIPT), Settings())
    return run


def after(run: Run) -> list[tuple[str, ...]]:
    return [hunk.after for change in run.state.changes for hunk in change.hunks]


def seq_of(run: Run, kind: type, number: int = 0) -> int:
    return [record.seq for record in run.records if isinstance(record.event, kind)][number]


async def test_a_branch_at_any_event_begins_with_the_same_events(done: Run) -> None:
    log = (done.folder / LOG).read_bytes()
    for seq in range(len(done.records)):
        made = branch(done.folder, seq)
        assert made.records[: seq + 1] == done.records[: seq + 1]
        assert [record.event for record in made.records[seq + 1 :]] == [Branched(done.id, seq)]
        assert made.state == fold(made.records)
        assert made.state.finished is None
        assert made.state.changes == fold(done.records[: seq + 1]).changes
        made.close()
    assert (done.folder / LOG).read_bytes() == log
    kin = [info for info in list_runs() if info.branched]
    assert len(kin) == len(done.records)
    assert {info.branched.run for info in kin if info.branched} == {done.id}
    for wrong in (-1, len(done.records)):
        with pytest.raises(UsageError, match="has the events 0 to"):
            branch(done.folder, wrong)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        (PatchProposed, 0, ("    return a + b\n",)),
        (PatchProposed, 1, ("    return b + a\n",)),
        (Finished, 0, ("    return b + a\n",)),
    ],
)
async def test_the_copy_is_as_it_was_then(
    done: Run, kind: type, number: int, expected: tuple[str, ...]
) -> None:
    made = branch(done.folder, seq_of(done, kind, number))
    await work(made, Scripted([FINISH] * 6), Settings())
    assert after(made) == [expected]
    assert isinstance(made.state.last, Finished)
    assert made.state.last.outcome == "solved"
    made.close()


async def test_one_goes_on_differently_from_before_the_first_patch(done: Run) -> None:
    first = next(one for one in moments(done.records) if one.words.startswith("before the first patch"))
    assert first.seq == seq_of(done, ModelSpoke, 1) - 1
    made = branch(done.folder, first.seq)
    made.record(Said("Write b + a."))
    assert after(made) == []
    other = PATCH.replace("a + b", "b + a")
    model = Scripted([PLAN, Turn("Mend.", (Call("propose_patch", {"patch": other}),)), FINISH])
    await work(made, model, Settings())
    assert "The user says: Write b + a." in [message.text for message in model.asked[0]]
    assert after(made) == [("    return b + a\n",)]
    again = branch(made.folder, seq_of(made, PatchProposed))
    assert again.state.branched == Branched(made.id, seq_of(made, PatchProposed))
    assert find_run(again.id) == again.folder
    info = next(info for info in list_runs() if info.id == again.id)
    assert info.branched == again.state.branched
    again.close()
    made.close()


async def test_every_turn_is_a_moment(done: Run) -> None:
    assert [one.words for one in moments(done.records)] == [
        "before turn 1: set_plan — Plan.",
        "before the first patch (turn 2)",
        "before turn 3: propose_patch — Better.",
        "before turn 4: finish — Done.",
        "at its end",
    ]


def test_a_run_of_an_older_genie_is_read_and_branched(repository: Path, begun: Callable[[str], Run]) -> None:
    run = begun("x")
    old = run.folder.with_name("20250101-000000-old-0000")
    old.mkdir()
    lines = (
        f'{{"v": 1, "seq": 0, "at": "2025-01-01T00:00:00.000Z", "kind": "TaskGiven", "text": "Mend", '
        f'"repository": "{repository}", "head": "", "model": "offline", "test_command": "", "by": "user"}}',
        '{"v": 1, "seq": 1, "at": "2025-01-01T00:00:01.000Z", "kind": "Asked", "id": "q", '
        '"question": "Which?", "choices": []}',
        '{"v": 1, "seq": 2, "at": "2025-01-01T00:00:02.000Z", "kind": "Answered", "id": "q", "answer": "a", '
        '"by": "user"}',
    )
    (old / LOG).write_text("\n".join(lines) + "\n")
    made = branch(old, 1)
    assert made.state.branched == Branched(old.name, 1)
    assert [one.question for one in made.state.asked] == ["Which?"]
    made.close()


def test_a_branch_that_was_killed_while_it_was_made_is_no_run(begun: Callable[[str], Run]) -> None:
    run = begun("x")
    half = run.folder.with_name("20990101-000000-half-0000")
    half.mkdir()
    (half / "events.draft").write_text('{"v": 1')
    assert [info.id for info in list_runs()] == [run.id]
    assert find_run("last") == run.folder
