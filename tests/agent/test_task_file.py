"""The task as a file: reworded, spans marked and added, answers changed, at work and at rest."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genie_engineer.agent.context import build, pins, prompt_tokens
from genie_engineer.agent.events import (
    Answered,
    Asked,
    Found,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    TaskGiven,
    ToolAnswered,
    Warned,
)
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.spans import mark_of, moved, place_of
from genie_engineer.agent.steering import SpanMarked, TaskEdited
from genie_engineer.agent.task_file import TASK, TaskFile
from genie_engineer.config import Limits, Settings
from genie_engineer.edits.changes import diff
from genie_engineer.index.spans import Span
from genie_engineer.models.contract import ToolCall
from genie_engineer.models.counting import by_bytes
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

SPANS = (Span("a.py", 1, 3, "add", "named"), Span("a.py", 5, 9, "mul"), Span("b c.py", 2, 2))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
LOOK = Turn("I look.", (Call("search_code", {"query": "mul"}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    for name in ("a.py", "b c.py", "new.py"):
        (tmp_path / name).write_text("x = 1\n" * 20)
    made = Run.create(tmp_path / "run")
    made.record(TaskGiven("Mend it.\n\n# Found\nin the attic", str(tmp_path), "", "scripted"))
    made.record(Found("q", SPANS))
    made.record(Asked("q1", "Which\nsign?", ("+", "-")))
    made.record(Answered("q1", "+"))
    made.record(Asked("q2", "Sure?"))
    yield made
    made.close()


def settle(file: TaskFile) -> None:
    for _ in range(4):
        file.look()


def opened(run: Run) -> TaskFile:
    file = TaskFile(run, Limits(context_tokens=2_000))
    settle(file)
    return file


def edit(file: TaskFile, *pairs: tuple[str, str]) -> None:
    text = file.path.read_text()
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.path.write_text(text)
    settle(file)


def warnings(run: Run) -> list[str]:
    return [record.event.text for record in run.records if isinstance(record.event, Warned)]


def test_what_is_written_and_not_touched_changes_nothing(run: Run) -> None:
    file = opened(run)
    count = run.state.count
    file.path.write_text(file.path.read_text().replace("\n", "\r\n"))
    settle(file)
    assert run.state.count == count
    assert "- [ ] a.py:1-3 add (named)\n- [ ] a.py:5-9 mul\n- [ ] b c.py:2-2\n" in file.path.read_text()
    assert "- Which sign?\n  → +\n- Sure?\n  → \n" in file.path.read_text()


def test_every_part_is_edited_at_once(run: Run) -> None:
    file = opened(run)
    edit(
        file,
        ("Mend it.", "Mend it well."),
        ("[ ] a.py:1-3", "[pin] a.py:1-3"),
        ("[ ] a.py:5-9", "[drop] a.py:5-9"),
        ("- [ ] b c.py:2-2", "- [ ] new.py:4-6"),
        ("→ +", "→ -"),
        ("→ \n", "→ yes\n"),
    )
    assert run.state.task is not None
    assert run.state.task.text == "Mend it well.\n\n# Found\nin the attic"
    assert list(map(place_of, run.state.pinned)) == ["a.py:1-3", "new.py:4-6"]
    assert list(map(place_of, run.state.dropped)) == ["a.py:5-9", "b c.py:2-2"]
    assert {key: one.answer for key, one in run.state.answers.items()} == {"q1": "-", "q2": "yes"}
    assert run.state.question is None
    assert "- [pin] new.py:4-6\n" in file.path.read_text()
    edit(file, ("- [pin] a.py:1-3", "- [ ] a.py:1-3"))
    assert mark_of(run.state, SPANS[0]) == "none"
    assert warnings(run) == []


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("- [ ] a.py:1-3", "- [ ] gone.py:1-3\n- [ ] a.py:1-3"), "there is no file gone.py"),
        (("- [ ] a.py:1-3", "- [ ] ../x.py:1-3\n- [ ] a.py:1-3"), "is no place in the repository"),
        (("- [ ] a.py:1-3", "- [?] a.py:1-3\n- [ ] a.py:1-3"), "task.md: not understood: - [?]"),
        (("Mend it.\n\n# Found\nin the attic", ""), "the task is empty. It is kept as task.unread.md"),
        (("Mend it.", "Mend " * 4_000), "The task's text has about"),
        (("<!-- Answers.", "Answers."), "the comments that part the task"),
    ],
)
def test_what_makes_no_sense_is_said_and_loses_nothing(run: Run, pair: tuple[str, str], told: str) -> None:
    file = opened(run)
    before = run.state
    edit(file, pair)
    assert any(told in warning for warning in warnings(run)), warnings(run)
    assert (run.state.task, run.state.pinned, run.state.dropped) == (before.task, (), ())
    settle(file)
    assert file.path.read_text() == file.rendered()


def test_an_edit_of_an_old_version_changes_only_what_it_changed(run: Run) -> None:
    file = opened(run)
    held = file.path.read_text()
    run.record(TaskEdited("Mend all."))
    run.record(SpanMarked(SPANS[1], "pin"))
    run.record(Answered("q1", "-"))
    run.record(Found("r", (Span("new.py", 1, 2),)))
    settle(file)
    file.path.write_text(held.replace("[ ] a.py:1-3", "[drop] a.py:1-3"))
    settle(file)
    assert run.state.task is not None
    assert run.state.task.text == "Mend all."
    assert [mark_of(run.state, one) for one in SPANS] == ["drop", "pin", "none"]
    assert mark_of(run.state, Span("new.py", 1, 2)) == "none"
    assert run.state.answers["q1"].answer == "-"


class Hands:
    """A user who saves a text that may be an old one, while spans are found and questions asked."""

    def __init__(self, run: Run, seed: int) -> None:
        self.run, self.chance, self.file = run, random.Random(seed), opened(run)
        self.held = self.file.path.read_text()
        self.task, self.answer = "Mend it.", "+"
        self.marks: dict[str, str] = {}

    def genie(self, number: int) -> None:
        match self.chance.choice(["found", "ask", "kill", "nothing"]):
            case "found":
                self.run.record(Found("r", (Span("new.py", 1, number + 1),)))
            case "ask":
                self.run.record(Asked(f"x{number}", f"Number {number}?"))
            case "kill":
                self.file = opened(self.run)
                self.held = self.file.path.read_text()

    def user(self, number: int) -> None:
        match self.chance.choice(["mark", "task", "answer"]):
            case "mark":
                lines = self.held.splitlines(keepends=True)
                places = [n for n, line in enumerate(lines) if line.startswith("- [") and "a.py" in line]
                at, mark = self.chance.choice(places), self.chance.choice(["pin", "drop", " "])
                place = lines[at].split("] ")[1].split()[0]
                lines[at] = f"- [{mark}] {place}\n"
                self.held = "".join(lines)
                self.marks[place] = {" ": "none"}.get(mark, mark)
            case "task":
                self.held = self.held.replace(self.task, f"Mend it {number}.", 1)
                self.task = f"Mend it {number}."
            case "answer":
                self.held = self.held.replace(f"→ {self.answer}\n", f"→ so {number}\n", 1)
                self.answer = f"so {number}"
        self.file.path.write_text(self.held)
        settle(self.file)

    def check(self) -> None:
        state = self.run.state
        assert state.task is not None
        assert state.task.text.startswith(self.task)
        assert state.answers["q1"].answer == self.answer
        for span in SPANS:
            assert mark_of(state, span) == self.marks.get(place_of(span), "none")
        assert fold(self.run.records) == state
        assert warnings(self.run) == []


@pytest.mark.parametrize("seed", range(8))
def test_edits_at_random_moments(run: Run, seed: int) -> None:
    """25 edits each: 200 in all."""
    hands = Hands(run, seed)
    for number in range(25):
        hands.user(number)
        hands.check()
        if hands.chance.random() < 0.5:
            hands.held = hands.file.path.read_text()
        hands.genie(number)


def test_a_span_moves_with_what_the_proposal_does_above_it_and_in_it() -> None:
    old = "".join(f"{n}\n" for n in range(1, 11))
    new = old.replace("2\n", "2\n2b\n2c\n").replace("6\n", "").replace("10\n", "10\n11\n")
    change = diff("a.py", old.encode(), new.encode())
    assert change is not None
    lines = new.splitlines()
    for start, end, first, last in ((1, 1, "1", "1"), (3, 4, "3", "4"), (5, 7, "5", "7"), (8, 9, "8", "9")):
        span = moved(Span("a.py", start, end), (change,))
        assert (lines[span.start - 1], lines[span.end - 1]) == (first, last)
    assert moved(Span("b.py", 3, 4), (change,)) == Span("b.py", 3, 4)


def test_pins_have_a_bound_and_what_does_not_fit_is_named() -> None:
    spans = [Span(f"{name}.py", 1, 9) for name in "abc"]
    events = [TaskGiven("t", "/r", "", "m"), *(SpanMarked(span, "pin") for span in spans)]
    noise = [
        event
        for number in range(9)
        for event in (
            ModelSpoke("", (ToolCall(f"c{number}", "open_file", "{}"),)),
            ToolAnswered(f"c{number}", "open_file", "x" * 30_000),
        )
    ]
    state = fold(Record(seq, "", event) for seq, event in enumerate([*events, *noise]))
    texts = {"a.py": "alpha\n", "b.py": "beta " * 20_000, "c.py": "gamma\n"}
    prompt = build(state, 12_000, (), lambda span, as_found: texts[span.path])
    assert prompt_tokens(prompt, (), by_bytes) <= 12_000
    last = prompt[-1].text
    assert "alpha" in last
    assert "gamma" in last
    assert "beta" not in last
    assert "Pinned too, but too long to be shown: b.py:1-9." in last
    assert pins(state, lambda span, as_found: texts[span.path], by_bytes, 12_000)[1] == [spans[1]]


async def test_the_next_prompt_has_the_task_the_pins_and_not_what_was_dropped(
    begun: Callable[[str], Run],
) -> None:
    run = begun("add(2, 3) gives -1")
    model = Scripted([LOOK, PROPOSE, LOOK, FINISH])

    def save(record: Record) -> None:
        if not isinstance(record.event, ToolAnswered) or len(model.asked) != 1:
            return
        file = run.folder / TASK
        lines = file.read_text().splitlines()
        rows = [n for n, line in enumerate(lines) if line.startswith("- [ ] ")]
        for n in rows:
            mark = "pin" if " calc.py:1-" in lines[n] else "drop"
            lines[n] = lines[n].replace("[ ]", f"[{mark}]")
        lines.insert(rows[-1] + 1, "- [pin] tests/test_calc.py:1-1")
        file.write_text("\n".join(lines).replace("gives -1", "gives -1, since the sign is wrong") + "\n")

    run.listen(save)
    await work(run, model, Settings())
    first, second, third, fourth = model.asked
    assert "The user has edited the task" not in "".join(message.text for message in first)
    opening = second[1].text
    assert opening.startswith("# Task\nadd(2, 3) gives -1, since the sign is wrong")
    assert "# Found" not in opening
    told = "\n".join(message.text for message in second[2:])
    assert (
        "The user has edited the task, as it reads at the top. Before, it read:\nadd(2, 3) gives -1" in told
    )
    assert "has nothing to do with the task: leave it alone" in told
    assert "```\ndef add(a, b):\n    return a - b\n" in second[-1].text
    assert "from calc import add, mul" in second[-1].text
    assert "return a + b" in third[-1].text
    assert "tests/test_calc.py" in first[1].text
    assert "tests/test_calc.py" not in fourth[-2].text
    assert run.state.finished is not None
    assert run.state.finished.outcome == "solved"


async def test_a_call_made_for_another_task_is_not_carried_out(begun: Callable[[str], Run]) -> None:
    run = begun("add(2, 3) gives -1")

    def reword(record: Record) -> None:
        if isinstance(record.event, ModelSpoke) and len(model.asked) == 1:
            run.record(TaskEdited("mul(2, 3) gives 7"))

    run.listen(reword)
    model = Scripted([PROPOSE, FINISH])
    await work(run, model, Settings())
    answer = next(record.event for record in run.records if isinstance(record.event, ToolAnswered))
    assert not answer.ok
    assert "the user changed the task" in answer.text
    assert not any(isinstance(record.event, PatchProposed) for record in run.records)
    assert "Before, it read:\nadd(2, 3) gives -1" in model.asked[1][-1].text


async def test_a_run_killed_anywhere_keeps_what_was_edited(begun: Callable[[str], Run]) -> None:
    run = begun("add(2, 3) gives -1")
    pin = SpanMarked(Span("calc.py", 5, 6), "pin")

    def act(record: Record) -> None:
        if isinstance(record.event, ModelSpoke) and len(model.asked) == 1:
            run.record(TaskEdited("add(2, 3) gives -1, mind mul"))
            run.record(pin)

    run.listen(act)
    model = Scripted([LOOK, PROPOSE, FINISH])
    await work(run, model, Settings())
    spoken = next(n for n, one in enumerate(run.records) if isinstance(one.event, SpanMarked))
    for length in range(spoken + 1, len(run.records), 2):
        again = Run.create(run.folder.with_name(f"cut-{length}"))
        for record in run.records[:length]:
            again.record(record.event)
        again.resume()
        then = Scripted([LOOK, PROPOSE, FINISH, FINISH])
        await work(again, then, Settings())
        assert again.state.task is not None
        assert again.state.task.text == "add(2, 3) gives -1, mind mul"
        assert again.state.pinned == (pin.span,)
        for prompt in then.asked:
            assert "def mul(a, b)" in prompt[-1].text
        assert sum(isinstance(record.event, TaskEdited) for record in again.records) == 1
        again.close()


async def test_what_was_edited_while_the_run_rested_is_seen_when_it_goes_on(
    begun: Callable[[str], Run],
) -> None:
    run = begun("add(2, 3) gives -1")
    await work(run, Scripted([Turn(error="refused")]), Settings())
    file = run.folder / TASK
    file.write_text(file.read_text().replace("gives -1", "gives the difference"))
    run.resume()
    model = Scripted([PROPOSE, FINISH])
    await work(run, model, Settings())
    assert model.asked[0][1].text.startswith("# Task\nadd(2, 3) gives the difference")
    assert [record.event for record in run.records if isinstance(record.event, PlanChanged)] == []
