"""Every custom message between the server and the extension, once.

`extension/src/protocol.ts` is generated from this module; a check finds drift. Field names are the same on
both sides. Lines are 0-based unless a type says otherwise; paths are relative to the folder, with "/".
"""

from dataclasses import dataclass
from typing import Literal

from .agent.events import Outcome, Step
from .index.spans import Span
from .models.contract import Message, ToolSpec

HunkState = Literal["open", "accepted", "rejected", "conflict"]
RunPhase = Literal["working", "asking", "finished", "stopped"]
IndexPhase = Literal["indexing", "ready", "paused", "failed"]


@dataclass(frozen=True)
class Solve:
    """genie/solve → RunRef. `folder` is the absolute path of the workspace folder."""

    folder: str
    text: str
    model: str
    test_command: str


@dataclass(frozen=True)
class RunRef:
    """Names a run. genie/stop, genie/resume → Nothing; genie/show → RunView."""

    run: str


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
    """A file's whole text."""

    text: str


@dataclass(frozen=True)
class Answer:
    """genie/answer → Nothing: the user's answer to the open question."""

    run: str
    question: str
    answer: str


@dataclass(frozen=True)
class EditPlan:
    """genie/editPlan → Nothing: the plan as the user wants it, whole. New steps have an empty id."""

    run: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Say:
    """genie/say → Nothing: the user's words to a run that is under way."""

    run: str
    text: str


@dataclass(frozen=True)
class Folder:
    """genie/runs → Runs; genie/doctor → Health."""

    folder: str


@dataclass(frozen=True)
class RunSummary:
    """One line of the history of runs. `at` is the start (RFC 3339, UTC)."""

    run: str
    at: str
    title: str
    phase: RunPhase
    outcome: Outcome | None


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

    The lines come without their endings. `problem` says why it is a conflict or stands nowhere.
    """

    id: str
    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    state: HunkState
    problem: str


@dataclass(frozen=True)
class FileView:
    """A proposed change of one file."""

    path: str
    uri: str
    kind: Literal["modified", "created", "deleted"]
    hunks: tuple[HunkView, ...]


@dataclass(frozen=True)
class Question:
    """What Genie waits for. Empty `choices` ask for free text."""

    id: str
    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class RunView:
    """genie/view (notification): all that the views show of one run. `status` is the last event in words."""

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
    tokens: int
    plan: tuple[Step, ...]
    found: tuple[Span, ...]
    changes: tuple[FileView, ...]
    question: Question | None


@dataclass(frozen=True)
class AskModel:
    """genie/askModel (server → extension) → Nothing when the answer is complete.

    The answer itself comes before that in genie/modelChunk notifications with the same `id`. Refusals are
    JSON-RPC errors whose `data` is a ModelProblem. genie/cancelModel (notification) ends it from our side.
    `model` is an EditorModel's `id`. The messages' `data` stays at home (null): it is no model's business.
    """

    id: str
    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]


@dataclass(frozen=True)
class AskModelRef:
    """genie/cancelModel (server → extension notification)."""

    id: str


@dataclass(frozen=True)
class ModelChunk:
    """genie/modelChunk (extension → server notification): text, or one whole call (`call_name` not empty)."""

    id: str
    text: str
    call_id: str
    call_name: str
    call_arguments: str


@dataclass(frozen=True)
class ModelProblem:
    """Why the editor's model gave no answer."""

    kind: Literal["no_permission", "not_found", "blocked", "quota", "other"]
    text: str


@dataclass(frozen=True)
class EditorModel:
    """One of the models that the editor offers; `genie.model` names it "editor:" + `id` ("vendor/model")."""

    id: str
    name: str
    max_input_tokens: int


@dataclass(frozen=True)
class EditorModels:
    """Result of genie/editorModels (server → extension, params Nothing)."""

    models: tuple[EditorModel, ...]


@dataclass(frozen=True)
class Navigate:
    """genie/navigate (server → extension) → Locations: what the editor's own providers say of a position.

    `line` and `column` are 0-based, the column in UTF-16 code units.
    """

    uri: str
    line: int
    column: int
    wish: Literal["definition", "references"]


@dataclass(frozen=True)
class FoundAt:
    """Where a name is defined or used; `line` and `column` as in Navigate."""

    uri: str
    line: int
    column: int


@dataclass(frozen=True)
class Locations:
    """None in a workspace that the user doesn't trust, or where no provider knows."""

    locations: tuple[FoundAt, ...]


@dataclass(frozen=True)
class FindCode:
    """genie/findCode → CodeFound: what the code in the repository around `folder` does, in words."""

    folder: str
    query: str


@dataclass(frozen=True)
class CodeSpan:
    """A Span as an editor opens and lists it; `preview` is its first line that isn't blank, stripped."""

    uri: str
    path: str
    start: int
    end: int
    symbol: str
    reason: str
    preview: str


@dataclass(frozen=True)
class CodeFound:
    """The best first, of what is indexed so far: there may be more to find while `indexing`."""

    spans: tuple[CodeSpan, ...]
    indexing: bool


@dataclass(frozen=True)
class ChangeIndex:
    """genie/index → IndexState. The answer to "pause" comes when nothing works on the index any more."""

    folder: str
    action: Literal["update", "pause", "resume", "rebuild"]


@dataclass(frozen=True)
class IndexState:
    """genie/indexState (notification): the index of the repository around `folder`, from its first use on.

    `done` of `total` files are seen while indexing. `files` and `chunks` are what the index held when it was
    last up to date. `memory_mb` is what the server and its children take in all, 0 where that isn't known.
    `message` says why it failed.
    """

    folder: str
    state: IndexPhase
    done: int = 0
    total: int = 0
    files: int = 0
    chunks: int = 0
    memory_mb: int = 0
    message: str = ""


REQUESTS: dict[str, tuple[type, type]] = {
    "genie/solve": (Solve, RunRef),
    "genie/stop": (RunRef, Nothing),
    "genie/resume": (RunRef, Nothing),
    "genie/show": (RunRef, RunView),
    "genie/decide": (Decide, Decided),
    "genie/proposed": (FileRef, FileText),
    "genie/answer": (Answer, Nothing),
    "genie/editPlan": (EditPlan, Nothing),
    "genie/say": (Say, Nothing),
    "genie/runs": (Folder, Runs),
    "genie/doctor": (Folder, Health),
    "genie/findCode": (FindCode, CodeFound),
    "genie/index": (ChangeIndex, IndexState),
}
"""Extension → server: method → (parameters, result)."""

REVERSE_REQUESTS: dict[str, tuple[type, type]] = {
    "genie/askModel": (AskModel, Nothing),
    "genie/editorModels": (Nothing, EditorModels),
    "genie/navigate": (Navigate, Locations),
}
"""Server → extension: method → (parameters, result)."""

CLIENT_COMMANDS: dict[str, str] = {
    "genie.acceptHunk": "Accept",
    "genie.rejectHunk": "Reject",
    "genie.showDiff": "Show Diff",
    "genie.nextHunk": "Next",
}
"""Commands of the extension that CodeLenses and code actions name, with their titles.

Their one argument is a HunkRef. The server must not list them in executeCommandProvider: the extension has
them, and they end in genie/decide.
"""

NOTIFICATIONS: dict[str, type] = {
    "genie/view": RunView,
    "genie/indexState": IndexState,
    "genie/modelChunk": ModelChunk,
    "genie/cancelModel": AskModelRef,
}
"""Both ways: method → parameters."""
