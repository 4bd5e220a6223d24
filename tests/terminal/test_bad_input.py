"""Whatever a user points Genie at: a clear sentence, a fit exit status, and nothing lost."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CALC, SCRIPT, Genie, git

Fingerprint = Callable[[Path], dict[str, str]]
TASK = "add(2, 3) gives -1"


def patch_of(path: str, old: str, new: str) -> dict[str, Any]:
    block = f"{path}\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"
    return {"text": "I mend.", "calls": [{"name": "propose_patch", "arguments": {"patch": block}}]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("solve",), "Say what should be done"),
        (("solve", "   "), "The task is empty"),
        (("solve", "--issue", "nowhere.md"), "The issue can't be read"),
        (("solve", "x", "--issue", "y"), "not both"),
        (("solve", "x", "--turns", "0"), "--turns must be more than 0"),
        (("solve", "x", "--model", "scripted:nowhere.json"), "can't be read"),
        (("solve", "x", "--model", "editor:some"), "editor"),
        (("runs", "show", "nothing"), "There is no run 'nothing'"),
        (("runs", "resume", "nothing"), "There is no run 'nothing'"),
        (("runs", "apply", "last"), "There is no run 'last'"),
        (("search", " "), "Say what to look for"),
        (("search", "x", "--limit", "0"), "must be at least 1"),
        (("-C", "nowhere", "solve", "x"), "There is no folder"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(genie: Genie, words: tuple[str, ...], told: str) -> None:
    done = genie(*words)
    assert done.status == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert not list(genie.home.glob("runs/*"))


def test_an_endless_task_is_refused(genie: Genie) -> None:
    done = genie("solve", "-", stdin="word " * 60_000)
    assert done.status == 2
    assert "shorten it to its point" in done.err


def test_a_folder_without_git_says_the_fix(genie: Genie, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    plain = tmp_path / "plain"
    plain.mkdir()
    git(tmp_path, "init", "-q", "--bare", str(bare))
    assert "git init" in Genie(genie.home, plain)("solve", TASK).err
    assert "bare repository" in Genie(genie.home, bare)("solve", TASK).err
    assert Genie(genie.home, plain)("solve", TASK).status == 2


def test_a_repository_without_commits_works(genie: Genie) -> None:
    shutil.rmtree(genie.folder / ".git")
    git(genie.folder, "init", "-q")
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.err
    assert done.of("TaskGiven")[0]["head"] == ""


def test_wrong_settings_name_the_key(genie: Genie) -> None:
    (genie.home / "settings.toml").write_text("[limits]\nturns = 'many'\n")
    done = genie("solve", TASK)
    assert done.status == 2
    assert "settings.toml" in done.err
    assert "turns" in done.err


def test_without_tests_a_patch_is_proposed_but_not_called_solved(genie: Genie) -> None:
    shutil.rmtree(genie.folder / "tests")
    (genie.folder / "conftest.py").unlink()
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 1
    assert "No test command was found" in done.of("ToolAnswered")[1]["text"]
    assert done.end["why"] == "A change is proposed, but no tests could be run on it."
    assert len(done.of("PatchProposed")) == 1


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("sleep 1000", "1 s"),
        ("yes flood", "1 s"),
        ("sh -c 'for i in 1 2 3; do (setsid sleep 1000 &) ; done; exit 3'", ""),
        ("no-such-program", "no-such-program"),
        (f"{sys.executable} -m pytest nowhere", "nowhere"),
    ],
)
def test_a_test_command_that_misbehaves(
    genie: Genie, fingerprint: Fingerprint, command: str, told: str
) -> None:
    (genie.home / "settings.toml").write_text("[command]\nseconds = 1.0\n")
    before = fingerprint(genie.folder)
    done = genie("solve", TASK, "--json", "--test", command, "--model", genie.script(SCRIPT))
    assert done.status == 1, done.err
    assert done.end["outcome"] == "unsolved"
    assert told in done.of("TestsRan")[0]["trouble"] + done.of("ToolAnswered")[1]["text"]
    assert fingerprint(genie.folder) == before
    assert len(done.out) < 200_000


def test_tests_that_delete_everything_delete_nothing(genie: Genie, fingerprint: Fingerprint) -> None:
    command = f"sh -c '{sys.executable} -m pytest; status=$?; rm -rf -- * .git; exit $status'"
    before = fingerprint(genie.folder)
    done = genie("solve", TASK, "--json", "--test", command, "--model", genie.script(SCRIPT))
    assert done.status == 0, done.out
    assert fingerprint(genie.folder) == before
    genie("runs", "apply", "last")
    assert (genie.folder / "calc.py").read_text() == CALC.replace("a - b", "a + b")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            CALC.encode().replace(b"\n", b"\r\n"),
            CALC.replace("a - b", "a + b").encode().replace(b"\n", b"\r\n"),
        ),
        (CALC.encode().rstrip(b"\n"), CALC.replace("a - b", "a + b").encode().rstrip(b"\n")),
        (
            b"# -*- coding: latin-1 -*-\n# \xe9t\xe9\n" + CALC.encode(),
            b"# -*- coding: latin-1 -*-\n# \xe9t\xe9\n" + CALC.replace("a - b", "a + b").encode(),
        ),
    ],
    ids=["crlf", "no final newline", "latin-1"],
)
def test_bytes_that_are_not_edited_stay(genie: Genie, data: bytes, expected: bytes) -> None:
    (genie.folder / "calc.py").write_bytes(data)
    mend = patch_of("calc.py", "    return a - b", "    return a + b")
    done = genie("solve", TASK, "--json", "--apply", "--model", genie.script([SCRIPT[1], mend, SCRIPT[3]]))
    assert done.status == 0, done.out
    assert (genie.folder / "calc.py").read_bytes() == expected


def test_odd_files_hinder_nothing(genie: Genie, tmp_path: Path, fingerprint: Fingerprint) -> None:
    with (genie.folder / "huge.txt").open("wb") as file:
        file.write(b"word " * 10_000_000)
    (genie.folder / "data.bin").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "outside.txt").write_text("mine")
    (genie.folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (genie.folder / "dangling").symlink_to("nowhere")
    (genie.folder / "mød ul.py").write_text("def zähle():\n    return 1\n")
    before = fingerprint(genie.folder)
    looks = [
        {"name": "open_file", "arguments": {"path": "data.bin"}},
        {"name": "open_file", "arguments": {"path": "link.txt"}},
        {"name": "open_file", "arguments": {"path": "mød ul.py"}},
        {"name": "search_text", "arguments": {"pattern": "zähle"}},
    ]
    turns = [{"text": "Look.", "calls": [look]} for look in looks]
    bad = [patch_of("link.txt", "mine", "yours"), patch_of("data.bin", "x", "y")]
    done = genie("solve", TASK, "--json", "--model", genie.script([*turns, *bad, *SCRIPT]))
    assert done.status == 0, done.out
    answers = [event["text"] for event in done.of("ToolAnswered")]
    assert "binary" in answers[0]
    assert "leads out of the repository" in answers[1]
    assert "zähle" in answers[2]
    assert answers[3].startswith("mød ul.py:1: def zähle")
    assert "leads out of the repository" in answers[4]
    assert "binary" in answers[5]
    assert fingerprint(genie.folder) == before
    assert (tmp_path / "outside.txt").read_text() == "mine"


def test_a_full_disk_is_said_and_harms_nothing(genie: Genie, fingerprint: Fingerprint) -> None:
    """bubblewrap gives Genie a data folder on a disk of 300 kB."""
    (genie.folder / "big.txt").write_text("x" * 1_000_000)
    before = fingerprint(genie.folder)
    model = genie.script(SCRIPT)
    small = Genie(genie.home.parent / "small", genie.folder)
    small.home.mkdir()
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", "300000", "--tmpfs", str(small.home), "--"]

    class OnSmallDisk(Genie):
        def command(self, *words: str) -> list[str]:
            return [*disk, *super().command(*words)]

    done = OnSmallDisk(small.home, small.folder)(
        "solve", TASK, "--json", "--sandbox", "off", "--model", model
    )
    assert done.status == 1
    assert "is full: free some space" in done.end["why"]
    assert "Traceback" not in done.err
    assert fingerprint(genie.folder) == before
