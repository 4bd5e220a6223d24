"""Every custom message between the server and the extension, once.

`extension/src/protocol.ts` is generated from this room; a check finds drift. Field names are the same on both
sides. Lines are 0-based unless a type says otherwise; paths are relative to the folder, with "/".
"""

from .approvals import Approvals
from .editing import EditTask, MarkSpan
from .going_back import Branch, Moments
from .history import Exported, ExportRun, RunGoing
from .index import ChangeIndex, CodeFound, FindCode, IndexState
from .lending import Look, Looked
from .models import Choices, LendKey, ModelFacts, ModelName, ModelOffer, ModelOffers
from .playbooks import NewPlaybook, PlaybookFile, Playbooks
from .remarks import Comment, MarkThread, Remarked
from .reporting import IssueReport, ReportIssue
from .reverse import AskModel, AskModelRef, EditorModels, Locations, ModelChunk, Navigate
from .runs import (
    Answer,
    ChooseTests,
    Decide,
    Decided,
    EditPlan,
    FileRef,
    FileText,
    Folder,
    Health,
    Nothing,
    Resume,
    RunNews,
    RunRef,
    Runs,
    RunView,
    Say,
    Solve,
    Undo,
)
from .starting import Beginnings, Cursor, TaskWords
from .store import Cleaned, CleanStore, Store
from .testing import TestsView

REQUESTS: dict[str, tuple[type, type]] = {
    "genie/solve": (Solve, RunRef),
    "genie/stop": (RunRef, Nothing),
    "genie/resume": (Resume, Nothing),
    "genie/show": (RunRef, RunView),
    "genie/moments": (RunRef, Moments),
    "genie/branch": (Branch, RunRef),
    "genie/decide": (Decide, Decided),
    "genie/undo": (Undo, Decided),
    "genie/proposed": (FileRef, FileText),
    "genie/answer": (Answer, Nothing),
    "genie/editPlan": (EditPlan, Nothing),
    "genie/editTask": (EditTask, Nothing),
    "genie/markSpan": (MarkSpan, Nothing),
    "genie/say": (Say, Nothing),
    "genie/chooseTests": (ChooseTests, Nothing),
    "genie/comment": (Comment, Remarked),
    "genie/markThread": (MarkThread, Nothing),
    "genie/tests": (RunRef, TestsView),
    "genie/runs": (Folder, Runs),
    "genie/beforeDeleting": (RunRef, RunGoing),
    "genie/deleteRun": (RunRef, Nothing),
    "genie/exportRun": (ExportRun, Exported),
    "genie/doctor": (Folder, Health),
    "genie/report": (ReportIssue, IssueReport),
    "genie/models": (Nothing, ModelOffers),
    "genie/model": (ModelName, ModelOffer),
    "genie/probeModel": (ModelName, ModelFacts),
    "genie/lendKey": (LendKey, Nothing),
    "genie/choices": (Nothing, Choices),
    "genie/playbooks": (Folder, Playbooks),
    "genie/newPlaybook": (NewPlaybook, PlaybookFile),
    "genie/store": (Nothing, Store),
    "genie/cleanStore": (CleanStore, Cleaned),
    "genie/approvals": (Nothing, Approvals),
    "genie/revokeApprovals": (Approvals, Nothing),
    "genie/findCode": (FindCode, CodeFound),
    "genie/index": (ChangeIndex, IndexState),
    "genie/look": (Look, Looked),
    "genie/beginnings": (Cursor, Beginnings),
    "genie/readTask": (TaskWords, TaskWords),
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
    "genie.rejectHunkWithReason": "Reject with a Reason…",
    "genie.editHunk": "Edit",
    "genie.commentHunk": "Comment",
    "genie.showDiff": "Show Diff",
    "genie.nextHunk": "Next ↓",
    "genie.previousHunk": "Previous ↑",
}
"""Commands of the extension that CodeLenses, hovers and code actions name, with their titles.

Their one argument is a HunkRef. The server must not list them in executeCommandProvider: the extension has
them, and they end in genie/decide.
"""

NOTIFICATIONS: dict[str, type] = {
    "genie/view": RunNews,
    "genie/indexState": IndexState,
    "genie/modelChunk": ModelChunk,
    "genie/cancelModel": AskModelRef,
}
"""Both ways: method → parameters."""
