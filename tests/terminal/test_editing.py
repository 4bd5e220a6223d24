"""`genie runs edit` as a process: a resting run is edited and goes on with it."""

import json

from tests.conftest import SCRIPT, Genie

ASK = {"calls": [{"name": "ask_user", "arguments": {"question": "Which sign?"}}]}


def test_a_resting_run_is_edited_and_goes_on_with_it(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script([ASK, {"error": "refused"}]))
    done = genie(
        *(
            "runs",
            "edit",
            "last",
            "--task",
            "Mend add",
            "--pin",
            "calc.py:1-2",
            "--drop",
            "tests/test_calc.py:1-9",
        ),
        *("--answer", "plus"),
    )
    assert done.status == 0, done.err
    assert "genie runs resume" in done.out
    resumed = genie("runs", "resume", "last", "--json", "--model", genie.script([ASK, *SCRIPT]))
    assert resumed.status == 0, resumed.err
    kinds = [json.loads(line)["kind"] for line in genie("runs", "show", "last", "--json").out.splitlines()]
    assert kinds.count("TaskEdited") == 1
    assert kinds.count("SpanMarked") == 2
    assert kinds.count("Answered") == 2
    (folder,) = (genie.home / "runs").iterdir()
    text = (folder / "task.md").read_text()
    assert "Mend add" in text
    assert "- [pin] calc.py:1-2" in text
    assert "- Which sign?\n  → plus" in text


def test_what_makes_no_sense_is_said_and_changes_nothing(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script([{"error": "refused"}]))
    before = genie("runs", "show", "last", "--json").out
    for words, told in (
        (("--task", " "), "The task is empty"),
        (("--task", "word " * 25_000), "tokens: shorten it to its point"),
        (("--pin", "calc.py"), "'calc.py' is no place in the repository"),
        (("--pin", "gone.py:1-2"), "There is no file gone.py"),
        (("--pin", "../calc.py:1-2"), "is no place in the repository"),
        (("--answer", "x"), "This run has asked 0 questions"),
    ):
        done = genie("runs", "edit", "last", *words)
        assert done.status == 2
        assert told in done.err
    assert genie("runs", "show", "last", "--json").out == before
    assert "task.md" in genie("runs", "edit", "last").out
