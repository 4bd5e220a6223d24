"""The plan as a file: two hands edit it at random, and nothing that the user wrote is lost."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.events import PlanChanged, Said, Step, Warned
from genie_engineer.agent.log import Run
from genie_engineer.agent.plan import merged, read, render
from genie_engineer.agent.plan_file import PLAN, PlanFile
from genie_engineer.agent.tools.planning import StepWish, merge_plan

LOOK, MEND, TEST = Step("a", "Look at the parser"), Step("b", "Mend it"), Step("c", "Test", "doing", "slowly")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run.create(tmp_path / "run")
    yield made
    made.close()


def settle(file: PlanFile) -> None:
    """Two looks take in what was saved; two more find what the first have written."""
    for _ in range(4):
        file.look()


def test_a_rendered_plan_is_read_as_it_was() -> None:
    plan = (LOOK, replace(MEND, state="struck"), TEST, Step("d", "All", "done", "first\n\nsecond"))
    assert read(render(plan, 1), plan).steps == plan


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("- [x] Look at the parser\n- Mend it\n", [("a", "done"), ("b", "todo")]),
        ("1. Mend it\n2. Look at the parser\n", [("b", "todo"), ("a", "todo")]),
        ("- [ ] ~~Mend it~~\n- [-] Look at the parser", [("b", "struck"), ("a", "struck")]),
        ("- [ ] Look at the lexer and parser\n- [ ] Mend it", [("a", "todo"), ("b", "todo")]),
        (
            "- [ ] Look at the parser\n- [ ] Something else entirely\n- [ ] Test",
            [("a", "todo"), ("b", "todo"), ("c", "todo")],
        ),
        ("* [ ] Ask first\n* [ ] Look at the parser\n", [("", "todo"), ("a", "todo")]),
    ],
)
def test_steps_keep_their_ids_however_the_list_is_written(text: str, steps: list[tuple[str, str]]) -> None:
    found = read(text, (LOOK, MEND, TEST)).steps
    assert [(step.id, step.state) for step in found] == steps


def test_what_both_changed_comes_together() -> None:
    base = (LOOK, MEND, TEST)
    mine = (replace(LOOK, state="done"), replace(MEND, state="doing"), TEST, Step("d", "Tidy up"))
    theirs = (replace(MEND, text="Mend it well"), LOOK, Step("", "Measure"))
    plan = merged(base, mine, theirs)
    assert [(step.text, step.state) for step in plan] == [
        ("Mend it well", "doing"),
        ("Test", "struck"),
        ("Tidy up", "todo"),
        ("Look at the parser", "done"),
        ("Measure", "todo"),
    ]


def test_a_step_that_is_taken_out_is_struck_out_and_one_that_was_so_already_is_gone() -> None:
    base = (LOOK, replace(MEND, state="struck"), TEST)
    assert merged(base, base, (TEST,)) == (replace(LOOK, state="struck"), TEST)
    assert merged(base, base, (TEST,), strike=False) == (TEST,)


def test_what_one_hand_took_out_stays_gone_unless_the_other_changed_it() -> None:
    base = (LOOK, MEND, TEST)
    assert merged(base, (TEST,), (replace(LOOK, text="Look well"), TEST, MEND)) == (
        replace(LOOK, text="Look well"),
        TEST,
    )


def test_a_saved_edit_is_taken_in_and_the_file_written_anew(run: Run) -> None:
    run.record(PlanChanged((LOOK, MEND)))
    file = PlanFile(run)
    settle(file)
    saved = file.path.read_text().replace("- [ ] Look", "Be quick.\n- [x] Look") + "- Tell me\n"
    file.path.write_text(saved)
    settle(file)
    assert [(step.text, step.state) for step in run.state.plan] == [
        ("Look at the parser", "done"),
        ("Mend it", "todo"),
        ("Tell me", "todo"),
    ]
    assert [record.event for record in run.records if isinstance(record.event, Said)] == [Said("Be quick.")]
    assert file.path.read_text() == file.rendered()


def test_a_file_that_an_editor_has_emptied_for_a_moment_strikes_nothing_out(run: Run) -> None:
    run.record(PlanChanged((LOOK, MEND)))
    file = PlanFile(run)
    settle(file)
    file.path.write_text("")
    settle(file)
    assert run.state.plan == (LOOK, MEND)
    assert file.path.read_text() == file.rendered()


def test_a_remark_in_the_place_of_all_steps_is_heard_and_strikes_nothing_out(run: Run) -> None:
    run.record(PlanChanged((LOOK, MEND)))
    file = PlanFile(run)
    settle(file)
    file.path.write_text("Begin with the tests.\n")
    settle(file)
    assert run.state.plan == (LOOK, MEND)
    assert isinstance(run.state.last, Said)
    assert run.state.last.text == "Begin with the tests."


def test_what_was_saved_while_nobody_worked_is_taken_in(run: Run) -> None:
    run.record(PlanChanged((LOOK, MEND)))
    settle(PlanFile(run))
    (run.folder / PLAN).write_text(render((LOOK,), 1))
    settle(PlanFile(run))
    assert [step.state for step in run.state.plan] == ["todo", "struck"]


def test_what_cannot_be_read_is_kept_aside_and_said(run: Run) -> None:
    run.record(PlanChanged((LOOK,)))
    file = PlanFile(run)
    settle(file)
    file.path.write_bytes(b"- [ ] \xff\xfe")
    settle(file)
    assert run.state.plan == (LOOK,)
    assert isinstance(run.state.last, Warned)
    assert (run.folder / "plan.unread.md").read_bytes() == b"- [ ] \xff\xfe"
    assert file.path.read_text() == render((LOOK,), 1)


class Hands:
    """A model that moves its plan on, and a user who saves edits of a text that may be out of date."""

    def __init__(self, run: Run, seed: int) -> None:
        self.run, self.file, self.chance = run, PlanFile(run), random.Random(seed)
        self.texts: set[str] = set()
        self.struck: set[str] = set()
        settle(self.file)
        self.held = self.file.path.read_text()
        self.words = iter(range(10_000))

    def model(self) -> None:
        plan = list(self.run.state.plan)
        self.chance.shuffle(plan)
        wishes = [
            StepWish(
                f"{one.text}{self.chance.choice(['', '!'])}",
                self.chance.choice(["todo", "doing", "done"]),
                one.id,
            )
            for one in plan[: self.chance.randint(0, len(plan))]
        ]
        wishes += [StepWish(f"model's {next(self.words)}")] * self.chance.randint(0, 1)
        self.run.record(PlanChanged(merge_plan(self.run.state, tuple(wishes))))
        settle(self.file)

    def user(self) -> None:
        """Edits a line of the text on the screen, which may be an old one, and saves it."""
        head, _, body = self.held.partition("-->\n\n")
        lines = body.splitlines()
        if not lines:
            return
        at = self.chance.randrange(len(lines))
        struck, text = lines[at].endswith("~~"), lines[at][6:].strip("~")
        match self.chance.choice(["strike", "restore", "reword", "add", "delete", "move", "tick"]):
            case "strike" if text in self.unique():
                lines[at] = f"- [ ] ~~{text}~~"
                self.struck.add(text)
            case "restore" if struck:
                lines[at] = f"- [ ] {text}"
                self.struck.discard(text)
            case "reword":
                new = f"{text[:30]} so {next(self.words)}"
                lines[at] = lines[at].replace(text, new)
                self.struck |= {new} & {new if text in self.struck else ""}
                self.texts = self.texts - {text} | {new}
            case "add":
                new = f"mine alone {next(self.words)}"
                lines.insert(at, f"- {new}")
                self.texts.add(new)
            case "move":
                lines.insert(self.chance.randrange(len(lines)), lines.pop(at))
            case "tick" if not struck:
                lines[at] = f"- [x] {text}"
        self.file.path.write_text(f"{head}-->\n\n" + "\n".join(lines) + "\n")
        settle(self.file)

    def unique(self) -> set[str]:
        return {step.text for step in self.run.state.plan}

    def check(self) -> None:
        plan = self.run.state.plan
        texts = [step.text for step in plan]
        for text in self.texts:
            assert texts.count(text) == 1, (text, texts)
        for step in plan:
            assert step.state == "struck" or step.text not in self.struck, step
        assert len({step.id for step in plan}) == len(plan)
        assert self.file.path.read_text() == self.file.rendered()


@pytest.mark.parametrize("seed", range(8))
def test_edits_at_random_moments(run: Run, seed: int) -> None:
    """25 edits each: 200 in all."""
    run.record(PlanChanged((LOOK, MEND, Step("c", "Test"))))
    hands = Hands(run, seed)
    for _ in range(25):
        hands.user()
        hands.check()
        hands.held = hands.file.path.read_text()
        for _ in range(hands.chance.randint(0, 2)):
            hands.model()
            hands.check()
            if hands.chance.random() < 0.5:
                hands.held = hands.file.path.read_text()
