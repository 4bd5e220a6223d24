"""Proposed files that the user edits: while Genie works, when it was killed, and when it has ended."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from genie_engineer.agent.events import (
    Answered,
    Asked,
    ModelSpoke,
    PatchProposed,
    Record,
    ToolAnswered,
    Warned,
)
from genie_engineer.agent.log import Run
from genie_engineer.agent.proposed_files import PROPOSED, take_in_at_rest
from genie_engineer.agent.review import accept
from genie_engineer.agent.solve import work
from genie_engineer.agent.steering import FileEdited
from genie_engineer.config import Settings
from genie_engineer.edits.changes import diff
from genie_engineer.edits.unified import unified
from genie_engineer.models.contract import Chunk, Message, ToolSpec
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import CALC, PATCH

PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
OTHER = Turn(
    "Mend.",
    (
        Call(
            "propose_patch",
            {"patch": "calc.py\n<<<<<<< SEARCH\ndef add(a, b):\n=======\ndef add(b, a):\n>>>>>>> REPLACE\n"},
        ),
    ),
)
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))
MINE = CALC.replace("a - b", "a + b  # as in school")


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def file_of(run: Run) -> Path:
    return run.folder / PROPOSED / "calc.py"


def after(run: Run) -> list[tuple[str, ...]]:
    return [hunk.after for change in run.state.changes for hunk in change.hunks]


def edits(run: Run) -> list[FileEdited]:
    return [record.event for record in run.records if isinstance(record.event, FileEdited)]


async def test_an_edit_of_the_proposal_is_the_proposal(run: Run) -> None:
    def edit(record: Record) -> None:
        if isinstance(record.event, ToolAnswered) and record.event.tool == "propose_patch":
            assert file_of(run).read_text() == CALC.replace("a - b", "a + b")
            file_of(run).write_text(MINE)

    run.listen(edit)
    model = Scripted([PROPOSE, PLAN, FINISH])
    await work(run, model, Settings())
    assert len(edits(run)) == 1
    assert after(run) == [("    return a + b  # as in school\n",)]
    told = model.asked[1][-1].text
    assert told.startswith("The user has edited your change of calc.py, as follows. Keep what they wrote.")
    assert "+    return a + b  # as in school" in told
    assert run.state.finished is not None
    assert run.state.finished.outcome == "solved"


async def test_an_edit_is_in_the_proposal_while_a_question_waits(run: Run) -> None:
    def hear(record: Record) -> None:
        if isinstance(record.event, Asked):
            file_of(run).write_text(MINE)
        elif isinstance(record.event, PatchProposed) and record.event.by == "user":
            assert run.state.question is not None
            run.record(Answered(run.state.question.id, "Yes"))

    run.listen(hear)
    ask = Turn("", (Call("ask_user", {"question": "Well?", "choices": ["Yes", "No"]}),))
    await asyncio.wait_for(work(run, Scripted([PROPOSE, ask, PLAN, FINISH]), Settings()), 60)
    assert after(run) == [("    return a + b  # as in school\n",)]


async def test_an_edit_is_in_the_proposal_while_the_model_speaks(run: Run) -> None:
    edited = asyncio.Event()

    class Waiting(Scripted):
        async def stream(
            self, messages: Sequence[Message], tools: Sequence[ToolSpec]
        ) -> AsyncIterator[Chunk]:
            if len(self.asked) == 1:
                file_of(run).write_text(MINE)
                await edited.wait()
            async for chunk in super().stream(messages, tools):
                yield chunk

    def hear(record: Record) -> None:
        if isinstance(record.event, PatchProposed) and record.event.by == "user":
            edited.set()

    run.listen(hear)
    await asyncio.wait_for(work(run, Waiting([PROPOSE, PLAN, FINISH]), Settings()), 60)
    assert after(run) == [("    return a + b  # as in school\n",)]


async def test_an_edited_hunk_keeps_its_reason_and_a_new_patch_of_its_lines_has_its_own(run: Run) -> None:
    def edit(record: Record) -> None:
        if isinstance(record.event, ToolAnswered) and record.event.tool == "propose_patch":
            file_of(run).write_text(MINE + "# mine too\n")
            forget()

    def reasons() -> list[str]:
        return [run.state.rationales[hunk.id].reason for change in run.state.changes for hunk in change.hunks]

    forget = run.listen(edit)
    signs = Turn("Mend.", (Call("propose_patch", {"patch": PATCH, "reason": "A sign."}),))
    await work(run, Scripted([signs, FINISH, FINISH]), Settings())
    assert after(run)[0] == ("    return a + b  # as in school\n",)
    assert reasons() == ["A sign.", ""]
    other = from_to(MINE, MINE.replace("a + b", "b + a"), "calc.py").calls[0].arguments
    assert isinstance(other, dict)
    turn = Turn("Again.", (Call("propose_patch", {**other, "reason": "Another order."}),))
    run.resume()
    await work(run, Scripted([*[FINISH] * run.state.model_turns, turn, FINISH]), Settings())
    assert reasons() == ["Another order.", ""]


async def test_a_patch_that_was_written_before_the_edit_is_not_carried_out(run: Run) -> None:
    def edit(record: Record) -> None:
        if isinstance(record.event, ModelSpoke) and len(model.asked) == 2:
            file_of(run).write_text(MINE)

    run.listen(edit)
    model = Scripted([PROPOSE, OTHER, FINISH])
    await work(run, model, Settings())
    assert after(run) == [("    return a + b  # as in school\n",)]
    answers = [record.event for record in run.records if isinstance(record.event, ToolAnswered)]
    assert [one.ok for one in answers] == [True, False, True]


def from_to(old: str, new: str, *over: str) -> Turn:
    change = diff("calc.py", old.encode(), new.encode())
    assert change
    return Turn("Mend.", (Call("propose_patch", {"patch": unified(change), "over": list(over)}),))


@pytest.mark.parametrize(
    ("mine", "over", "beside"),
    [
        (MINE, CALC.replace("a - b", "b + a"), MINE.replace("a * b", "b * a")),
        (
            CALC.replace("a - b", "a + b").replace("\n\n\n", "\n\n"),
            CALC.replace("a - b", "a + b"),
            CALC.replace("a - b", "a + b").replace("\n\n\n", "\n\n").replace("a * b", "b * a"),
        ),
    ],
    ids=["lines", "a deletion"],
)
async def test_what_the_user_wrote_stays_unless_a_patch_says_that_it_may_go(
    run: Run, mine: str, over: str, beside: str
) -> None:
    def edit(record: Record) -> None:
        if isinstance(record.event, ToolAnswered) and len(answers()) == 1:
            file_of(run).write_text(mine)

    def answers() -> list[ToolAnswered]:
        return [record.event for record in run.records if isinstance(record.event, ToolAnswered)]

    run.listen(edit)
    patches = [from_to(mine, over), from_to(mine, beside), from_to(beside, over, "calc.py")]
    await work(run, Scripted([PROPOSE, PLAN, *patches, FINISH]), Settings())
    _, _, refused, beside_it, named, _ = answers()
    assert [one.ok for one in (refused, beside_it, named)] == [False, True, True]
    (edited,) = edits(run)
    (hunk,) = edited.change.hunks
    assert "it would change what the user wrote themselves in calc.py" in refused.text
    assert all(f"+{line}" in refused.text for line in hunk.after)
    texts = [one.event.changes for one in run.records if isinstance(one.event, PatchProposed)]
    assert len(texts) == 4
    assert file_of(run).read_text() == over


async def test_a_run_killed_anywhere_holds_the_edit_once(run: Run) -> None:
    def edit(record: Record) -> None:
        if isinstance(record.event, ToolAnswered) and record.event.tool == "propose_patch":
            file_of(run).write_text(MINE)

    run.listen(edit)
    script = [PROPOSE, PLAN, FINISH]
    await work(run, Scripted(script), Settings())
    edited = next(n for n, one in enumerate(run.records) if isinstance(one.event, FileEdited))
    for length in range(edited + 1, len(run.records), 2):
        again = Run.create(run.folder.with_name(f"cut-{length}"))
        for record in run.records[:length]:
            again.record(record.event)
        again.resume()
        await work(again, Scripted(script), Settings())
        assert after(again) == [("    return a + b  # as in school\n",)], length
        assert len(edits(again)) == 1
        again.close()


async def test_the_proposal_of_a_run_that_has_ended_is_edited_and_applied(run: Run) -> None:
    await work(run, Scripted([PROPOSE, FINISH]), Settings())
    assert run.state.task is not None
    user = Path(run.state.task.repository, "calc.py")
    user.write_text("# mine\n" + CALC)
    file_of(run).write_text(MINE)
    take_in_at_rest(run)
    take_in_at_rest(run)
    assert len(edits(run)) == 1
    accept(run)
    assert user.read_text() == "# mine\n" + MINE


async def test_an_edit_that_no_longer_fits_is_kept_aside(run: Run) -> None:
    await work(run, Scripted([PROPOSE, FINISH]), Settings())
    assert run.state.task is not None
    Path(run.state.task.repository, "calc.py").write_text("nothing = 1\n")
    proposed = [record for record in run.records if isinstance(record.event, PatchProposed)]
    file_of(run).write_text(MINE)
    take_in_at_rest(run)
    assert proposed
    assert any(isinstance(one.event, Warned) and "no longer fits" in one.event.text for one in run.records)
    assert (run.folder / PROPOSED / "calc.py.yours").read_text() == MINE
