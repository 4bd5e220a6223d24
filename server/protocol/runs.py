"""What is said of runs: begun, shown, steered, reviewed."""

from dataclasses import dataclass
from typing import Literal

from ..agent.events import Approval, Outcome, Step
from .editing import FoundSpan
from .remarks import ThreadView

HunkState = Literal["open", "accepted", "rejected", "conflict", "undone"]
RunPhase = Literal["working", "asking", "finished", "stopped"]


@dataclass(frozen=True)
class Solve:
    """genie/solve → RunRef. `folder` is the absolute path of the workspace folder.

    `playbooks` are names of those that the user chose; others may apply by themselves. `profile` is one of
    the settings' profiles; "": the one that they name; "none": none. 0 `candidates`: as they say.
    """

    folder: str
    text: str
    model: str
    test_command: str
    playbooks: tuple[str, ...] = ()
    profile: str = ""
    candidates: int = 0


@dataclass(frozen=True)
class RunRef:
    """Names a run. genie/stop → Nothing; genie/show → RunView."""

    run: str


@dataclass(frozen=True)
class Resume:
    """genie/resume → Nothing. `longer`: a limit that has ended the run is raised, as if it began there."""

    run: str
    longer: bool


@dataclass(frozen=True)
class HunkRef:
    """The argument of CLIENT_COMMANDS: which hunk is meant."""

    run: str
    hunk: str


@dataclass(frozen=True)
class Decide:
    """genie/decide → Decided. Accepting makes the server send workspace/applyEdit, so that undo works."""

    run: str
    hunks: tuple[str, ...]
    decision: Literal["accepted", "rejected"]
    reason: str


@dataclass(frozen=True)
class Undo:
    """genie/undo → Decided: takes accepted hunks out of the user's files again, through workspace/applyEdit.

    No `hunks` means all of the file `path`; no path either, all of the run.
    """

    run: str
    hunks: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Decided:
    """How many hunks were carried out, and in words why others were not ("" when all were)."""

    done: int
    problem: str


@dataclass(frozen=True)
class FileRef:
    """genie/proposed → FileText: `path` as it would be if every open hunk were accepted now."""

    run: str
    path: str


@dataclass(frozen=True)
class FileText:
    """A file's whole text. `uri` is where it can be edited as it is proposed, "" where it can't."""

    text: str
    uri: str


@dataclass(frozen=True)
class Answer:
    """genie/answer → Nothing: the answer to the open question, or another one to an earlier question."""

    run: str
    question: str
    answer: str


@dataclass(frozen=True)
class EditPlan:
    """genie/editPlan → Nothing: the plan as the user wants it, whole. New steps have an empty id.

    `seen` is the plan that the user edited: what has become of it since then is kept.
    """

    run: str
    steps: tuple[Step, ...]
    seen: tuple[Step, ...]


@dataclass(frozen=True)
class ChooseTests:
    """genie/chooseTests → Nothing: the command by which the tests of a run are run from now on."""

    run: str
    command: str


@dataclass(frozen=True)
class Say:
    """genie/say → Nothing: the user's words to a run that is under way."""

    run: str
    text: str


@dataclass(frozen=True)
class Folder:
    """genie/runs → Runs; genie/doctor → Health; genie/playbooks → Playbooks."""

    folder: str


@dataclass(frozen=True)
class RunSummary:
    """One line of the history of runs. `at` is the start (RFC 3339, UTC).

    `origin` says in words of which run it is a branch, "" for none.
    """

    run: str
    at: str
    title: str
    phase: RunPhase
    outcome: Outcome | None
    origin: str = ""


@dataclass(frozen=True)
class Runs:
    """Newest first."""

    runs: tuple[RunSummary, ...]


@dataclass(frozen=True)
class Check:
    """One finding of the doctor; `fix` says what to do when it isn't ok."""

    name: str
    ok: bool
    detail: str
    fix: str


@dataclass(frozen=True)
class Health:
    """What is there and what is missing."""

    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Nothing:
    """A request that was carried out and has nothing to tell."""


@dataclass(frozen=True)
class HunkView:
    """A proposed hunk. `line` is where it stands now in the user's file (buffer or disk), -1 when nowhere.

    The lines come without their endings. `problem` says why it is a conflict or stands nowhere, `mode` what
    becomes of the file's mode, in words ("": it stays); a hunk of the mode alone has no lines. `steps` are
    the ids of the plan's steps that Genie was at when it wrote it. `told` is why it is so, and why the user
    rejected it, as Markdown that is safe to be shown, "" where nobody said. A long hunk is clipped:
    `more_removed` and `more_added` count the lines that are left out.
    """

    id: str
    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    state: HunkState
    problem: str
    mode: str
    steps: tuple[str, ...] = ()
    told: str = ""
    more_removed: int = 0
    more_added: int = 0


@dataclass(frozen=True)
class FileView:
    """A proposed change of one file. `proposed_uri`, if any, is it as proposed, to be edited.

    Of what was sent by one server, what has the same `number` is the same.
    """

    path: str
    uri: str
    kind: Literal["modified", "created", "deleted"]
    hunks: tuple[HunkView, ...]
    proposed_uri: str = ""
    number: int = 0


@dataclass(frozen=True)
class Question:
    """What Genie waits for. Beside the `choices` any text is an answer; `assume` is what goes without one.

    It is the `number`-th of so many that are asked together. `answer` is the one that was given, "" without.
    Where an `approval` is asked for, only the choices are answers.
    """

    id: str
    text: str
    choices: tuple[str, ...]
    assume: str = ""
    number: int = 1
    of: int = 1
    answer: str = ""
    approval: Approval | None = None


@dataclass(frozen=True)
class Followed:
    """A playbook or standing instructions that a run follows, and why."""

    name: str
    uri: str
    why: str


@dataclass(frozen=True)
class CandidateView:
    """A candidate of a run: itself a run, to be shown by genie/show. `told` is how it stands, in words."""

    run: str
    told: str
    chosen: bool


@dataclass(frozen=True)
class RunView:
    """Result of genie/show: all that the views show of one run. `status` is the last event in words.

    `test_command` is how tests are run and `test_reason` why, both "" until that is known. `tested` changes
    whenever genie/tests has other results.
    `plan_file` is the URI of the plan as Markdown, which may be edited; "" when there is no plan. `task_file`
    is that of the task, with what was found and the answers. `questions` are all that were asked. `cost` is
    in words, "" where it costs nothing. `limit` asks whether to go on, where one has ended the run; `waiting`
    does, where remarks wait in one that rests. `profile` says who does what ("": the model alone), of
    `of_candidates` changes the best is taken. `elsewhere`: another window or a terminal works on it.
    """

    run: str
    folder: str
    title: str
    task: str
    model: str
    phase: RunPhase
    outcome: Outcome | None
    status: str
    summary: str
    tests: str
    test_command: str
    test_reason: str
    tested: str
    tokens: int
    cost: str
    limit: str
    plan: tuple[Step, ...]
    plan_file: str
    found: tuple[FoundSpan, ...]
    changes: tuple[FileView, ...]
    question: Question | None
    candidates: tuple[CandidateView, ...] = ()
    playbooks: tuple[Followed, ...] = ()
    assumed: tuple[str, ...] = ()
    task_file: str = ""
    questions: tuple[Question, ...] = ()
    origin: str = ""
    threads: tuple[ThreadView, ...] = ()
    waiting: str = ""
    profile: str = ""
    elsewhere: bool = False
    of_candidates: int = 1


@dataclass(frozen=True)
class RunNews:
    """genie/view (notification): a run's view, without those of the `changes` that were sent before.

    `files` are the numbers of all of them, in their order.
    """

    view: RunView
    files: tuple[int, ...]
