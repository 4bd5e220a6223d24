"""Lenses and code actions stand over open hunks and nowhere else."""

from pathlib import Path

import pytest
from lsprotocol import types

from genie_engineer.editor.lenses import code_actions, code_lenses, marked
from genie_engineer.protocol.runs import FileView, HunkState, HunkView, RunView


def hunk(id: str, line: int, removed: int = 1, state: HunkState = "open") -> HunkView:
    return HunkView(id, line, ("x",) * removed, (), state, "", "")


def shown(uri: str, *hunks: HunkView, run: str = "run") -> RunView:
    files = (FileView("a.py", uri, "modified", hunks),)
    return RunView(
        run, "/r", "", "", "", "working", None, "", "", "", "", "", "", 0, "", "", (), "", (), files, None
    )


def asked(uri: str, first: int, last: int, *only: str) -> types.CodeActionParams:
    span = types.Range(types.Position(first, 0), types.Position(last, 3))
    kinds = [types.CodeActionKind(kind) for kind in only] or None
    return types.CodeActionParams(types.TextDocumentIdentifier(uri), span, types.CodeActionContext([], kinds))


def test_each_open_hunk_has_six_lenses_with_its_name() -> None:
    lenses = code_lenses([shown("file:///r/a.py", hunk("h", 4))], "file:///r/a.py")
    commands = [lens.command for lens in lenses]
    assert [command and (command.title, command.command, command.arguments) for command in commands] == [
        (title, name, [{"run": "run", "hunk": "h"}])
        for title, name in [
            ("Accept", "genie.acceptHunk"),
            ("Reject", "genie.rejectHunk"),
            ("Edit", "genie.editHunk"),
            ("Comment", "genie.commentHunk"),
            ("Next ↓", "genie.nextHunk"),
            ("Previous ↑", "genie.previousHunk"),
        ]
    ]
    assert {lens.range.start.line for lens in lenses} == {4}


def test_decided_hunks_and_those_that_stand_nowhere_have_none() -> None:
    view = shown(
        "file:///r/a.py",
        hunk("a", 1, state="accepted"),
        hunk("b", 2, state="rejected"),
        hunk("c", -1, state="conflict"),
    )
    assert code_lenses([view], "file:///r/a.py") == []


def test_a_hunk_of_a_run_and_its_branch_stands_once_with_what_the_newest_says() -> None:
    first = shown("file:///r/a.py", hunk("h", 4), hunk("own", 9), run="20260101-000000-x")
    branch = shown("file:///r/a.py", hunk("h", 4), run="20260102-000000-x")
    for views in ([first, branch], [branch, first]):
        found = marked(views, "file:///r/a.py")
        assert sorted((one.ref.hunk, one.ref.run[:8]) for one in found) == [
            ("h", "20260102"),
            ("own", "20260101"),
        ]
    gone = shown("file:///r/a.py", hunk("h", 4, state="rejected"), run="20260102-000000-x")
    assert [one.ref.hunk for one in marked([first, gone], "file:///r/a.py")] == ["own"]


def test_other_files_have_none_and_a_link_to_the_file_has(tmp_path: Path) -> None:
    (tmp_path / "a b.py").touch()
    (tmp_path / "link.py").symlink_to(tmp_path / "a b.py")
    view = shown((tmp_path / "a b.py").as_uri(), hunk("h", 0))
    assert len(code_lenses([view], (tmp_path / "link.py").as_uri())) == 6
    assert code_lenses([view], (tmp_path / "other.py").as_uri()) == []
    assert code_lenses([view], "untitled:Untitled-1") == []


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(3, 3, []), (4, 4, ["a"]), (6, 6, ["a"]), (7, 7, []), (0, 9, ["a", "b"]), (9, 9, ["b"])],
)
def test_code_actions_are_for_the_hunks_at_the_cursor_or_in_the_selection(
    first: int, last: int, expected: list[str]
) -> None:
    view = shown("file:///r/a.py", hunk("a", 4, removed=3), hunk("b", 9, removed=0))
    actions = code_actions([view], asked("file:///r/a.py", first, last))
    found = [action.command.arguments[0]["hunk"] for action in actions if action.command]  # type: ignore[index]
    assert found == [id for id in expected for _ in ("accept", "reject", "with a reason", "comment")]


@pytest.mark.parametrize(
    ("only", "count"), [((), 4), (("quickfix",), 4), (("refactor", "quickfix"), 4), (("refactor",), 0)]
)
def test_code_actions_are_quick_fixes(only: tuple[str, ...], count: int) -> None:
    view = shown("file:///r/a.py", hunk("h", 0))
    assert len(code_actions([view], asked("file:///r/a.py", 0, 0, *only))) == count
