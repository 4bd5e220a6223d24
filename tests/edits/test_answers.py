"""What models write, against files: every case is text in data/*.txt, read by one check.

A case begins with `##### name`; its parts with `=== file PATH`, `=== answer`, `=== expect PATH`,
`=== deleted PATH`, `=== mode PATH` or `=== reason` (a part of what a problem says). Marks in brackets tell
bytes: [crlf no-newline empty bom utf-16 latin-1 binary]. What isn't named by expect or deleted must stay as
it is.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genie_engineer.edits.apply import Landed, apply
from genie_engineer.edits.edit import FileEdit
from genie_engineer.edits.parse import parse
from genie_engineer.edits.paths import escape_reason, named_path
from genie_engineer.errors import EditError

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Case:
    name: str
    answer: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, bytes | None] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def as_bytes(body: str, marks: str) -> bytes:
    """The bytes that a part's text and marks stand for."""
    body = "" if "empty" in marks else body
    body = body.removesuffix("\n") if "no-newline" in marks else body
    body = body.replace("\n", "\r\n") if "crlf" in marks else body
    body = body + "\0" if "binary" in marks else body
    encodings = {"bom": "utf-8-sig", "utf-16": "utf-16", "latin-1": "latin-1"}
    return body.encode(next((encoding for mark, encoding in encodings.items() if mark in marks), "utf-8"))


def read_case(text: str) -> Case:
    name, _, rest = text.partition("\n")
    pieces = re.split(r"^=== (\w+)(?: ([^\[\n]+?))?(?: \[([\w -]+)\])?\n", rest, flags=re.MULTILINE)
    answer, files, expected, modes, reasons = "", {}, {}, {}, []
    for kind, path, marks, body in zip(*(pieces[start::4] for start in (1, 2, 3, 4)), strict=True):
        data = as_bytes(body, marks or "")
        if kind == "file":
            files[path] = data
        elif kind == "answer":
            answer = data.decode()
        elif kind == "expect":
            expected[path] = data
        elif kind == "deleted":
            expected[path] = None
        elif kind == "mode":
            modes[path] = int(data, 8)
        else:
            assert kind == "reason", f"{name}: {kind}"
            reasons.append(body.strip())
    return Case(name, answer, files, expected, modes, reasons)


def cases() -> list[Case]:
    texts = [
        text for file in sorted(DATA.glob("*.txt")) for text in file.read_text("utf-8").split("##### ")[1:]
    ]
    return [read_case(text) for text in texts]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_answer(case: Case) -> None:
    parsed = parse(case.answer)
    applied = apply(parsed.edits, case.files.get)
    problems = [*parsed.problems, *(str(problem) for problem in applied.problems)]
    assert applied.files == case.expected, problems
    assert applied.modes == case.modes
    for reason in case.reasons:
        assert any(reason in problem for problem in problems), problems
    assert bool(problems) == bool(case.reasons), problems


def test_a_prefix_that_may_be_a_folder_is_left_off_where_there_is_no_such_folder() -> None:
    gone = FileEdit("a/gone.py", "delete")
    assert apply([gone], {"gone.py": b"y = 1\n"}.get).files == {"gone.py": None}
    assert apply([gone], {"a/gone.py": b"x\n", "gone.py": b"y\n"}.get).files == {"a/gone.py": None}


def test_a_patch_without_last_line_break_is_trusted_only_if_known_to_be_whole() -> None:
    patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2"
    read = {"a.py": b"x = 1\n"}.get
    assert apply(parse(patch, complete=True).edits, read).files == {"a.py": b"x = 2\n"}
    assert not parse(patch).edits
    assert "seems to be cut in the last hunk of a.py" in parse(patch).problems[0]


def test_a_file_that_cannot_be_read_is_a_problem_of_that_file_only() -> None:
    def read(path: str) -> bytes:
        if path == "a.py":
            raise EditError("It is a link out of the repository.")
        return b"x = 1\n"

    block = "<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n"
    applied = apply(parse(f"a.py\n{block}b.py\n{block}").edits, read)
    assert applied.files == {"b.py": b"x = 2\n"}
    assert [str(problem) for problem in applied.problems] == ["a.py: It is a link out of the repository."]


def test_it_is_told_where_and_how_a_hunk_was_found() -> None:
    block = "a.py\n<<<<<<< SEARCH\nreturn 1\n=======\nreturn 2\n>>>>>>> REPLACE\n"
    applied = apply(parse(block).edits, {"a.py": b"def f():\n    return 1\n"}.get)
    assert applied.landed == (Landed("a.py", 1, 2, "re-indented"),)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("### `src/a.py`", "src/a.py"),
        ("File: src/a.py", "src/a.py"),
        ("# src/a.py", "src/a.py"),
        ("1. src/a.py:", "src/a.py"),
        ("Makefile", "Makefile"),
        ("./src/a.py", "src/a.py"),
        ("my dir/some file.txt", "my dir/some file.txt"),
        ("Then change the file lib/a.py.", "lib/a.py"),
        ("See https://example.org/a.py", ""),
        ("Here it comes:", ""),
    ],
)
def test_the_path_in_a_line_of_prose(line: str, path: str) -> None:
    assert named_path(line) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/x",
        "~/x",
        "C:\\x",
        "..",
        "a/../../x",
        "a\\..\\x",
        ".git",
        "a/.Git/x",
        ".git./x",
        "a\n",
        "a/",
        "./a",
    ],
)
def test_a_path_that_escapes_is_refused(path: str) -> None:
    assert escape_reason(path)


@pytest.mark.parametrize("path", ["a", ".gitignore", ".github/x", "a b/ü.py", "..a", "a..b/c", "git/x"])
def test_a_plain_path_is_fine(path: str) -> None:
    assert not escape_reason(path)


def test_every_case_has_its_own_name() -> None:
    names = [case.name for case in cases()]
    assert len(names) == len(set(names)) > 80
