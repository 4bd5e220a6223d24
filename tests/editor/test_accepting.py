"""Hunks reach the user's files through the editor, and nothing that the user typed is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.events import PatchProposed
from genie_engineer.agent.log import Run
from genie_engineer.edits.changes import diff

from .client import Editor
from .conftest import NEW, OLD, accept, shown

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One server serves all tests here."""
    return tmp_path_factory.mktemp("home")


def decisions(home: Path, run: str) -> list[str]:
    lines = (home / "runs" / run / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    return [event["decision"] for event in events if event["kind"] == "HunkDecided"]


async def test_accepting_changes_the_buffer_and_is_written_down(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    client.open(file)
    hunks = await shown(client, run)
    assert [(h["line"], h["removed"], h["added"], h["state"]) for h in hunks] == [
        (4, ["    return 1"], ["    return 10"], "open"),
        (8, ["    return 2"], ["    return 20"], "open"),
    ]
    assert await accept(client, run, *hunks) == {"done": 2, "problem": ""}
    assert client.text(file) == NEW
    assert file.read_text() == OLD
    await client.view(run, lambda v: [h["state"] for h in v["changes"][0]["hunks"]] == ["accepted"] * 2)
    assert decisions(home, run) == ["accepted", "accepted"]


async def test_a_closed_file_is_opened_by_the_edit(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    hunks = await shown(client, run)
    assert (await accept(client, run, hunks[1]))["done"] == 1
    assert client.text(file) == OLD.replace("return 2", "return 20")


@pytest.mark.parametrize("reaches_the_other", [False, True])
async def test_a_formatter_on_save_confuses_nothing(
    client: Editor, repository: Path, written_run: Callable[..., str], reaches_the_other: bool
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    await accept(client, run, hunks[0])
    old = "    " if reaches_the_other else "    return 10"
    formatted = client.text(file).replace(old, old[2:]).replace("\n\n\n", "\n\n") + "# formatted\n"
    client.type(uri, 0, 0, formatted, until=(len(NEW.splitlines()), 0))
    file.write_text(formatted)
    now = await shown(client, run)
    assert [hunk["state"] for hunk in now] == ["accepted", "conflict" if reaches_the_other else "open"]
    done = await accept(client, run, now[1])
    assert done["done"] == (0 if reaches_the_other else 1)
    assert client.text(file) == formatted.replace("    return 2\n", "    return 20\n")


async def test_undo_opens_an_accepted_hunk_again(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": OLD.replace("return 1", "return 10")}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    await accept(client, run, *hunks)
    client.type(uri, 4, 0, "    return 1\n", until=(5, 0))
    await client.view(run, lambda v: v["changes"][0]["hunks"][0]["state"] == "open")
    assert (await accept(client, run, *hunks))["done"] == 1
    assert client.text(file) == OLD.replace("return 1", "return 10")


async def test_what_the_user_types_moves_the_hunk(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    client.type(uri, 0, 0, "# unsaved 😀\n# more\n")
    await client.view(run, lambda v: [h["line"] for h in v["changes"][0]["hunks"]] == [6, 10])
    await accept(client, run, *hunks)
    assert client.text(file) == "# unsaved 😀\n# more\n" + NEW


async def test_what_the_user_typed_inside_is_kept_and_the_hunk_is_a_conflict(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    client.type(uri, 8, 12, "2")
    done = await accept(client, run, *hunks)
    assert done["done"] == 1
    assert done["problem"].startswith("calc.py: ")
    assert client.text(file) == OLD.replace("return 1", "return 10").replace("return 2", "return 22")
    view = await client.view(run, lambda v: v["changes"][0]["hunks"][1]["state"] == "conflict")
    assert "changed since" in view["changes"][0]["hunks"][1]["problem"]
    assert sorted(decisions(home, run)) == ["accepted", "conflict"]


async def test_typing_while_the_edit_is_under_way_is_kept(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)

    async def type_once() -> None:
        client.before_edit = None
        client.type(uri, 0, 0, "# just now\n")

    client.before_edit = type_once
    assert await accept(client, run, *hunks) == {"done": 2, "problem": ""}
    assert client.text(file) == "# just now\n" + NEW


@pytest.mark.parametrize("on_disk", [True, False])
async def test_line_endings_of_the_buffer_are_kept(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str], on_disk: bool
) -> None:
    file = repository / "calc.py"
    if on_disk:
        file.write_bytes(OLD.replace("\n", "\r\n").encode())
    run = written_run({"calc.py": NEW.replace("\n", "\r\n") if on_disk else NEW})
    file.write_bytes(OLD.replace("\n", "\r\n").encode())
    client.open(file)
    hunks = await shown(client, run)
    assert (await accept(client, run, *hunks))["done"] == 2
    assert client.text(file) == NEW.replace("\n", "\r\n")


async def test_a_form_feed_or_a_line_separator_is_no_line_ending(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    file = repository / "calc.py"
    old = "# \x0c page\u2028 \x85\n" + OLD
    file.write_bytes(old.encode())
    run = written_run({"calc.py": old.replace("return 2", "return 20")})
    uri = client.open(file)
    hunks = await shown(client, run)
    client.type(uri, 9, 12, "2")
    assert (await accept(client, run, *hunks))["done"] == 0
    assert client.text(file) == old.replace("return 2", "return 22")


async def test_lines_added_at_the_end_of_a_file_without_a_final_newline(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    file = repository / "calc.py"
    file.write_bytes("x = '😀'".encode())
    run = written_run({"calc.py": "x = '😀'\ny = 2"})
    hunks = await shown(client, run)
    await accept(client, run, *hunks)
    assert client.text(file) == "x = '😀'\ny = 2"


async def test_files_are_created_and_deleted_by_the_editor(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({"new/ünder.py": "x = 1\n", "empty.py": "", "calc.py": None})
    view = await client.request("genie/show", {"run": run})
    files = view["changes"]
    assert [(f["path"], f["kind"]) for f in files] == [
        ("new/ünder.py", "created"),
        ("empty.py", "created"),
        ("calc.py", "deleted"),
    ]
    done = await accept(client, run, *(f["hunks"][0] for f in files))
    assert done == {"done": 3, "problem": ""}
    assert client.text(repository / "new" / "ünder.py") == "x = 1\n"
    assert (repository / "empty.py").read_bytes() == b""
    assert not (repository / "calc.py").exists()


async def test_modes_are_accepted_with_and_without_lines(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    (repository / "same.py").write_text("x = 1\n")
    run = written_run(
        {"calc.py": NEW, "same.py": "x = 1\n", "new.sh": "#!/bin/sh\n"},
        {"calc.py": 0o755, "same.py": 0o755, "new.sh": 0o755},
    )
    view = await client.request("genie/show", {"run": run})
    hunks = [hunk for file in view["changes"] for hunk in file["hunks"]]
    assert [(hunk["mode"], hunk["state"]) for hunk in hunks] == [
        ("becomes executable", "open"),
        ("", "open"),
        ("", "open"),
        ("becomes executable", "open"),
        ("executable", "open"),
    ]
    assert await accept(client, run, hunks[0]) == {"done": 1, "problem": ""}
    assert (repository / "calc.py").stat().st_mode & 0o777 == 0o755
    assert client.text(repository / "calc.py") == OLD
    assert await accept(client, run, *hunks) == {"done": 4, "problem": ""}
    assert client.text(repository / "calc.py") == NEW
    assert [(repository / name).stat().st_mode & 0o777 for name in ("same.py", "new.sh")] == [0o755] * 2
    (repository / "same.py").chmod(0o644)
    view = await client.request("genie/show", {"run": run})
    assert view["changes"][1]["hunks"][0]["state"] == "open"


async def test_a_file_that_has_come_into_being_meanwhile_is_not_overwritten(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({"new.py": "x = 1\n"})
    (repository / "new.py").write_text("the user's\n")
    done = await accept(client, run, *(await shown(client, run)))
    assert done == {"done": 0, "problem": "new.py: There is a file of this name already."}
    assert client.text(repository / "new.py") == "the user's\n"


async def test_an_edit_that_the_editor_refuses_is_a_conflict_with_its_reason(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({"calc.py": OLD.replace("return 1", "return 10")})
    hunks = await shown(client, run)

    async def refuse(_: Any) -> Any:
        return {"applied": False, "failureReason": "The file is read-only."}

    client.answers["workspace/applyEdit"] = refuse
    done = await accept(client, run, *hunks)
    assert done == {"done": 0, "problem": "calc.py: The file is read-only."}
    assert decisions(home, run) == ["conflict"]


async def test_a_change_through_a_link_out_of_the_repository_is_refused(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str], tmp_path: Path
) -> None:
    run = written_run({"sub/new.py": "x = 1\n"})
    (tmp_path / "outside").mkdir()
    (repository / "sub").symlink_to(tmp_path / "outside")
    done = await accept(client, run, *(await shown(client, run)))
    assert done == {"done": 0, "problem": "sub/new.py: The path leads out of the repository."}
    assert list((tmp_path / "outside").iterdir()) == []


async def test_rejecting_touches_no_file_and_can_be_taken_back_by_accepting(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": OLD.replace("return 1", "return 10")}), repository / "calc.py"
    hunks = await shown(client, run)
    wish = {"run": run, "hunks": [hunks[0]["id"]], "decision": "rejected", "reason": "No tens."}
    assert await client.request("genie/decide", wish) == {"done": 1, "problem": ""}
    await client.view(run, lambda v: v["changes"][0]["hunks"][0]["state"] == "rejected")
    assert client.text(file) == OLD
    await accept(client, run, *hunks)
    assert client.text(file) == OLD.replace("return 1", "return 10")
    assert decisions(home, run) == ["rejected", "accepted"]


async def test_the_proposed_text_is_that_of_accepting_what_is_open(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    client.type(uri, 0, 0, "# typed\n")
    wish = {"run": run, "hunks": [hunks[0]["id"]], "decision": "rejected", "reason": ""}
    await client.request("genie/decide", wish)
    made = await client.request("genie/proposed", {"run": run, "path": "calc.py"})
    assert made == {"text": "# typed\n" + OLD.replace("return 2", "return 20"), "uri": ""}


async def test_open_hunks_have_lenses_and_actions_and_decided_ones_none(
    client: Editor, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    document = {"uri": client.open(file)}
    hunks = await shown(client, run)
    lenses = await client.request("textDocument/codeLens", {"textDocument": document})
    assert {(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in lenses} == {
        (line, title)
        for line in (4, 8)
        for title in ("Accept", "Reject", "Edit", "Comment", "Next ↓", "Previous ↑")
    }
    ref = {"run": run, "hunk": hunks[1]["id"]}
    cursor = {"start": {"line": 8, "character": 2}, "end": {"line": 8, "character": 2}}
    asked = {"textDocument": document, "range": cursor, "context": {"diagnostics": []}}
    actions = await client.request("textDocument/codeAction", asked)
    assert [(one["kind"], one["command"]["command"], one["command"]["arguments"]) for one in actions] == [
        ("quickfix", "genie.acceptHunk", [ref]),
        ("quickfix", "genie.rejectHunk", [ref]),
        ("quickfix", "genie.rejectHunkWithReason", [ref]),
        ("quickfix", "genie.commentHunk", [ref]),
    ]
    await accept(client, run, *hunks)
    assert await client.request("textDocument/codeLens", {"textDocument": document}) == []


async def test_a_copy_of_the_lines_that_are_meant_is_not_taken_for_them(
    client: Editor, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await shown(client, run)
    client.type(uri, OLD.count("\n"), 0, OLD)
    client.type(uri, 3, 4, "renamed_")
    mine = NEW.replace("def first", "def renamed_first")
    await client.view(run, lambda v: [h["line"] for h in v["changes"][0]["hunks"]] == [4, 8])
    assert await accept(client, run, *hunks) == {"done": 2, "problem": ""}
    assert client.text(file) == mine + OLD


def propose(home: Path, run: str, text: str) -> None:
    """Genie, in another process, wants the file to be this one."""
    again = Run.open(home / "runs" / run)
    change = diff("calc.py", OLD.encode(), text.encode())
    again.record(PatchProposed((change,) if change else ()))
    again.close()


async def test_a_later_proposal_that_brings_an_accepted_line_again_takes_its_place(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    first = OLD.replace("def second", "# soon\ndef second")
    later = first.replace("def second", "def last")
    run, file = written_run({"calc.py": first}), repository / "calc.py"
    uri = client.open(file)
    (one,) = await shown(client, run)
    await accept(client, run, one)
    propose(home, run, later)
    rest, before = await shown(client, run)
    assert (rest["state"], rest["line"], rest["removed"], rest["added"]) == (
        "open",
        8,
        ["def second():"],
        ["def last():"],
    )
    assert (before["id"], before["state"]) == (one["id"], "accepted")
    client.type(uri, 0, 0, "# mine\n")
    assert await accept(client, run, rest) == {"done": 1, "problem": ""}
    assert client.text(file) == "# mine\n" + later
    assert [(h["id"], h["state"]) for h in await shown(client, run)] == [(rest["id"], "accepted")]
    undo = {"run": run, "path": ""}
    assert (await client.request("genie/undo", undo | {"hunks": [rest["id"]]}))["done"] == 1
    assert client.text(file) == "# mine\n" + first
    taken, before = await shown(client, run)
    assert (taken["state"], before["id"], before["state"]) == ("undone", one["id"], "accepted")
    assert (await client.request("genie/undo", undo | {"hunks": []}))["done"] == 1
    assert client.text(file) == "# mine\n" + OLD


async def test_what_a_later_proposal_has_of_what_is_in_the_file_is_no_hunk(
    client: Editor, home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = (
        written_run({"calc.py": OLD.replace("def first", "# soon\ndef first")}),
        repository / "calc.py",
    )
    uri = client.open(file)
    await accept(client, run, *await shown(client, run))
    both = OLD.replace("def first", "# soon\ndef last")
    propose(home, run, both)
    client.type(uri, 4, 4, "last", (4, 9))
    rest, before = await shown(client, run)
    assert (rest["state"], before["state"]) == ("conflict", "accepted")  # the user's own words stand there
    propose(home, run, OLD.replace("def first():", "# soon\ndef first():"))
    assert [hunk["state"] for hunk in await shown(client, run)] == ["accepted"]
    client.type(uri, 4, 4, "first", (4, 8))
    propose(home, run, both)
    rest, before = await shown(client, run)
    assert (rest["removed"], rest["added"]) == (["def first():"], ["def last():"])
