"""`genie solve` as a process, with a model that plays a script: the whole loop on a real repository."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CALC, PATCH, SCRIPT, Genie, git

Fingerprint = Callable[[Path], dict[str, str]]
TASK = "add(2, 3) gives -1"


def test_a_task_is_solved_and_the_checkout_is_untouched(genie: Genie, fingerprint: Fingerprint) -> None:
    before = fingerprint(genie.folder)
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.err
    assert fingerprint(genie.folder) == before
    kinds = done.kinds()
    assert kinds[:3] == ["TaskGiven", "WorkbenchMade", "Found"]
    assert kinds[-1] == "Finished"
    assert done.end["outcome"] == "solved"
    assert "1 test that failed now pass" in done.end["why"]
    first, last = (ran for ran in done.of("TestsRan") if ran["stage"] != "again")
    assert (first["moment"], first["failed"], first["passed"]) == ("before", 1, 1)
    assert (last["moment"], last["failed"], last["passed"]) == ("after", 0, 2)
    assert first["outcomes"][0]["id"] == "tests/test_calc.py::test_add"
    assert first["outcomes"][0]["frames"][-1]["path"] == "tests/test_calc.py"
    assert done.of("Found")[0]["spans"][0]["path"] == "calc.py"


def test_what_is_printed_is_what_is_logged(genie: Genie) -> None:
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    (log,) = (genie.home / "runs").glob("*/events.jsonl")
    assert log.read_text() == done.out
    assert genie("runs", "show", "last", "--json").out == done.out


def test_the_screen_tells_a_person_everything(genie: Genie) -> None:
    shown = genie("solve", TASK, "--model", genie.script(SCRIPT)).out
    for words in (
        "Found\n  calc.py:1-",
        "-m pytest  conftest.py is there, and ",
        "; --test COMMAND names others",
        "Plan\n  ○ Mend add",
        "Tests before: 1 failed, 1 passed",
        "✗ tests/test_calc.py::test_add",
        "-    return a - b",
        "+    return a + b",
        "Tests after the change: 0 failed, 2 passed",
        "Solved. 1 test that failed now pass",
        "The run is kept in",
        "genie runs apply",
    ):
        assert words in shown


def test_apply_writes_the_change_once(genie: Genie) -> None:
    genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    mended = CALC.replace("a - b", "a + b")
    assert (genie.folder / "calc.py").read_text() == CALC
    assert "Applied to calc.py" in genie("runs", "apply", "last").out
    assert (genie.folder / "calc.py").read_text() == mended
    again = genie("runs", "apply", "last")
    assert again.status == 2
    assert "accepted or rejected already" in again.err
    assert (genie.folder / "calc.py").read_text() == mended


def test_hunks_are_named_applied_and_taken_back(genie: Genie) -> None:
    two = (
        PATCH
        + "--- a/calc.py\n+++ b/calc.py\n@@ -5,2 +5,2 @@\n"
        + " def mul(a, b):\n-    return a * b\n+    return b * a\n"
    )
    turns = [SCRIPT[1], {"calls": [{"name": "propose_patch", "arguments": {"patch": two}}]}, SCRIPT[3]]
    genie("solve", TASK, "--json", "--model", genie.script(turns))
    rows = [line.split() for line in genie("runs", "show", "last").out.partition("\nHunks\n")[2].splitlines()]
    assert [row[1:] for row in rows] == [["open", "calc.py:2", "+1", "-1"], ["open", "calc.py:6", "+1", "-1"]]
    assert "Applied to calc.py" in genie("runs", "apply", "last", "--hunk", rows[0][0][:5]).out
    mended = CALC.replace("a - b", "a + b")
    assert (genie.folder / "calc.py").read_text() == mended
    assert f"{rows[0][0]}  accepted" in genie("runs", "show", "last").out
    (genie.folder / "calc.py").write_text("# mine\n" + mended)
    assert "no hunk that is meant" in genie("runs", "undo", "last", "--hunk", "nothing").err
    assert "Taken back from calc.py" in genie("runs", "undo", "last", "--file", "calc.py").out
    assert (genie.folder / "calc.py").read_text() == "# mine\n" + CALC
    assert "nothing to take back" in genie("runs", "undo", "last").err
    assert [row.split()[1] for row in genie("runs", "show", "last").out.splitlines()[-2:]] == [
        "undone",
        "open",
    ]


def test_apply_at_once_when_solved(genie: Genie) -> None:
    done = genie("solve", TASK, "--json", "--apply", "--model", genie.script(SCRIPT))
    assert done.status == 0
    assert "a + b" in (genie.folder / "calc.py").read_text()
    assert done.of("HunkDecided")[0]["decision"] == "accepted"


def test_a_change_is_re_anchored_in_a_file_that_moved_on(genie: Genie) -> None:
    genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    (genie.folder / "calc.py").write_text("# new first line\n" + CALC + "# new last line\n")
    assert genie("runs", "apply", "last").status == 0
    expected = "# new first line\n" + CALC.replace("a - b", "a + b") + "# new last line\n"
    assert (genie.folder / "calc.py").read_text() == expected


def test_a_conflict_changes_nothing_and_says_why(genie: Genie) -> None:
    genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    mine = CALC.replace("return a - b", "return sum((a, b))")
    (genie.folder / "calc.py").write_text(mine)
    applied = genie("runs", "apply", "last")
    assert applied.status == 1
    assert "Not applied: calc.py: The lines of this change, or those beside it, were changed" in applied.out
    assert (genie.folder / "calc.py").read_text() == mine


def test_a_dirty_checkout_is_worked_on_as_it_is(genie: Genie, fingerprint: Fingerprint) -> None:
    (genie.folder / "calc.py").write_text("# not committed\n" + CALC)
    (genie.folder / "extra.py").write_text("untracked = True\n")
    (genie.folder / "tests" / "test_extra.py").write_text(
        "from extra import untracked\ndef test_it():\n    assert untracked\n"
    )
    before = fingerprint(genie.folder)
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.err
    assert [ran["passed"] for ran in done.of("TestsRan") if ran["whole"]][-1] == 3
    assert fingerprint(genie.folder) == before
    genie("runs", "apply", "last")
    assert (genie.folder / "calc.py").read_text() == "# not committed\n" + CALC.replace("a - b", "a + b")


def test_an_unfounded_claim_of_success_is_not_believed(genie: Genie) -> None:
    liar = [SCRIPT[1], SCRIPT[3]]
    done = genie("solve", TASK, "--json", "--model", genie.script(liar))
    assert done.status == 1
    assert done.end["outcome"] == "unsolved"
    assert done.end["why"] == "No change was proposed."


def test_a_patch_that_breaks_another_test_is_not_a_solution(genie: Genie) -> None:
    bad = PATCH.replace("+    return a + b", "+    return 5\n") + (
        "--- a/calc.py\n+++ b/calc.py\n@@ -5,2 +5,2 @@\n def mul(a, b):\n-    return a * b\n+    return 0\n"
    )
    turns = [SCRIPT[1], {"calls": [{"name": "propose_patch", "arguments": {"patch": bad}}]}, SCRIPT[3]]
    done = genie("solve", TASK, "--json", "--model", genie.script(turns))
    assert done.status == 1
    assert done.end["why"] == "The change breaks tests/test_calc.py::test_mul."


def test_what_failed_before_is_not_blamed_on_the_patch(genie: Genie) -> None:
    (genie.folder / "tests" / "test_old.py").write_text("def test_old():\n    assert False\n")
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT[2:]))
    assert done.status == 0
    whole = [event["moment"] for event in done.of("TestsRan") if event["whole"]]
    assert whole == ["after", "before"]
    old = "tests/test_old.py::test_old"
    assert done.end["why"] == f"1 test that failed now passes; {old} failed before too and still does."
    assert genie("runs", "apply", "last").status == 0
    assert "a + b" in (genie.folder / "calc.py").read_text()


def test_a_model_that_does_not_call_it_done_is_believed(genie: Genie) -> None:
    humble = {"calls": [{"name": "finish", "arguments": {"outcome": "unsolved", "summary": "Half of it."}}]}
    done = genie("solve", TASK, "--json", "--model", genie.script([*SCRIPT[1:3], humble]))
    assert done.status == 1
    assert done.end["why"].startswith("Genie itself doesn't call it done. 1 test that failed now passes")


def test_the_task_comes_from_a_file_or_standard_input(genie: Genie, tmp_path: Path) -> None:
    issue = tmp_path / "issue.md"
    issue.write_text("# Sums are wrong\n\nadd(2, 3) gives -1\n")
    model = genie.script(SCRIPT)
    assert genie("solve", "--issue", str(issue), "--json", "--model", model).of("TaskGiven")[0]["text"] == (
        issue.read_text()
    )
    assert genie("solve", "-", "--json", "--model", model, stdin="From a pipe").of("TaskGiven")[0][
        "text"
    ] == ("From a pipe")


def test_an_interrupt_stops_and_resume_goes_on(genie: Genie, fingerprint: Fingerprint) -> None:
    before = fingerprint(genie.folder)
    slow = "sh -c 'python3 -m pytest; sleep 1000'"
    command = genie.command("solve", TASK, "--json", "--test", slow, "--model", genie.script(SCRIPT))
    with subprocess.Popen(
        command, cwd=genie.folder, env=genie.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["kind"] == "ModelSpoke" and b"run_tests" in line:
                process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert fingerprint(genie.folder) == before
    log = [json.loads(line) for line in _log(genie).read_text().splitlines()]
    assert log[-1]["kind"] == "Finished"
    assert log[-1]["outcome"] == "stopped"
    done = genie(
        "runs", "resume", "last", "--json", "--test", "python3 -m pytest", "--model", genie.script(SCRIPT)
    )
    assert done.status == 0, done.err
    assert done.end["outcome"] == "solved"
    assert len([event for event in done.events if event["kind"] == "ModelSpoke"]) == 2


@pytest.mark.parametrize("after", ["Found", "PlanChanged", "TestsRan", "PatchProposed"])
def test_kill_9_in_mid_run_loses_nothing_and_resume_solves(genie: Genie, after: str) -> None:
    command = genie.command("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    shown: list[bytes] = []
    with subprocess.Popen(
        command, cwd=genie.folder, env=genie.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            shown.append(line)
            if json.loads(line)["kind"] == after:
                process.kill()
                break
    log = _log(genie)
    assert log.read_bytes().startswith(b"".join(shown))
    with log.open("ab") as file:
        file.write(b'{"v": 1, "seq": 99, "ki')
    done = genie("runs", "resume", "last", "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.err
    assert done.end["outcome"] == "solved"
    assert "incomplete" in "".join(json.loads(line).get("text", "") for line in log.read_text().splitlines())
    genie("runs", "apply", "last")
    assert "a + b" in (genie.folder / "calc.py").read_text()


def test_runs_are_listed_for_this_repository(genie: Genie, tmp_path: Path) -> None:
    assert "No runs yet" in genie("runs").out
    genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    (row,) = [json.loads(line) for line in genie("runs", "list", "--json").out.splitlines()]
    assert row["task"] == TASK
    assert row["finished"]["outcome"] == "solved"
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    assert Genie(genie.home, other)("runs", "list", "--json").out == ""
    assert len(Genie(genie.home, other)("runs", "list", "--all", "--json").out.splitlines()) == 1


def _log(genie: Genie) -> Path:
    (log,) = (genie.home / "runs").glob("*/events.jsonl")
    return log


def test_another_command_is_named_when_a_run_goes_on(genie: Genie) -> None:
    genie("solve", TASK, "--json", "--turns", "1", "--model", genie.script(SCRIPT))
    again = genie(
        "runs", "resume", "last", "--json", "--test", "test -f calc.py", "--model", genie.script(SCRIPT)
    )
    assert again.of("TestsChosen")[-1]["by"] == "user"
    assert {ran["command"] for ran in again.of("TestsRan")} == {"test -f calc.py"}


def test_the_doctor_tells_the_command_and_why(genie: Genie) -> None:
    told = genie("doctor").out
    assert "conftest.py is there" in told
    assert "results by pytest" in told
