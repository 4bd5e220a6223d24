"""Where hunks stand in files that the user has changed meanwhile."""

import pytest

from genie_engineer.agent.events import Decision, HunkDecided
from genie_engineer.editor.places import Present, Standing, present, proposed, stand, swaps
from genie_engineer.edits.changes import GONE, FileChange, diff

OLD = "import os\n\n\ndef first():\n    return 1\n\n\ndef second():\n    return 2\n"
NEW = OLD.replace("return 2", "return 3")
URI = "file:///r/a.py"


def change(old: str | None, new: str | None) -> FileChange:
    made = diff("a.py", old.encode() if old is not None else None, new.encode() if new is not None else None)
    assert made is not None
    return made


def standing(of: FileChange, text: str | None, decision: Decision | None = None) -> Standing:
    hunk = of.hunks[0]
    decided = HunkDecided(hunk.id, decision, "said before") if decision else None
    return stand(of, hunk, decided, present(URI, text))


def accepted_text(of: FileChange, text: str | None) -> str:
    """The text after accepting all hunks, by the swaps."""
    return proposed(of, {}, present(URI, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(OLD, Standing(8, "open"), id="untouched"),
        pytest.param("# typed\n" + OLD, Standing(9, "open"), id="typed above"),
        pytest.param(OLD.replace("\n", "\r\n"), Standing(8, "open"), id="other line endings"),
        pytest.param(
            OLD.replace("import os\n\n\n", "import os\r\r\r"), Standing(8, "open"), id="a lone CR ends a line"
        ),
        pytest.param(OLD.replace("import os", "import\fos"), Standing(8, "open"), id="a form feed doesn't"),
        pytest.param(NEW, Standing(-1, "conflict", "The file already reads like this."), id="done by hand"),
        pytest.param(None, Standing(-1, "conflict", GONE), id="deleted"),
    ],
)
def test_an_undecided_hunk_stands_where_its_lines_are(text: str | None, expected: Standing) -> None:
    assert standing(change(OLD, NEW), text) == expected


def test_a_hunk_whose_lines_the_user_changed_is_a_conflict_that_says_so() -> None:
    found = standing(change(OLD, NEW), OLD.replace("return 2", "return 22"))
    assert (found.line, found.state) == (-1, "conflict")
    assert "changed since" in found.problem


@pytest.mark.parametrize(
    ("decision", "text", "expected"),
    [
        ("accepted", NEW, Standing(8, "accepted")),
        ("accepted", "# typed\n" + NEW, Standing(9, "accepted")),
        ("accepted", OLD, Standing(8, "open")),
        ("accepted", NEW.replace("return 3", "return 4"), Standing(-1, "accepted")),
        ("rejected", OLD, Standing(8, "rejected")),
        ("rejected", NEW, Standing(-1, "rejected")),
        ("conflict", OLD, Standing(8, "open")),
    ],
)
def test_a_decision_holds_unless_the_text_says_otherwise(
    decision: Decision, text: str, expected: Standing
) -> None:
    assert standing(change(OLD, NEW), text, decision) == expected


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(OLD.replace("    return 1\n", "    x = 1\n    return x\n"), id="replacement"),
        pytest.param(OLD.replace("import os\n", "import os\nimport sys\n"), id="insertion"),
        pytest.param(OLD.replace("    return 1\n", ""), id="deletion"),
        pytest.param(OLD + "\n\ndef third():\n    return 3\n", id="at the end"),
        pytest.param("#!/usr/bin/env python\n" + OLD, id="at the start"),
        pytest.param(OLD.rstrip("\n"), id="without the final newline"),
        pytest.param("", id="emptied"),
    ],
)
def test_undoing_an_accepted_hunk_opens_it_again(new: str) -> None:
    made = change(OLD, new)
    assert standing(made, new, "accepted").state == "accepted"
    assert standing(made, OLD, "accepted").state == "open"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("above", ["", "# typed by the user\n"])
@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("return 1", "return 10").replace("return 2", "return 20"),
        OLD.replace("import os\n", ""),
        OLD + "x = 1",
    ],
)
def test_accepting_gives_the_proposed_text_and_keeps_what_was_typed(
    new: str, above: str, ending: str
) -> None:
    text = (above + OLD).replace("\n", ending)
    assert accepted_text(change(OLD, new), text) == (above + new).replace("\n", ending)


def test_only_the_wanted_hunks_of_a_file_are_taken() -> None:
    made = change(OLD, OLD.replace("return 1", "return 10").replace("return 2", "return 20"))
    found, problems = swaps(made, {made.hunks[1].id}, present(URI, OLD))
    assert list(found) == [made.hunks[1].id]
    assert problems == {}
    assert found[made.hunks[1].id].line == 8


@pytest.mark.parametrize(
    ("old", "new", "text", "state"),
    [
        (None, "x = 1\n", None, "open"),
        (None, "x = 1\n", "mine\n", "conflict"),
        (None, "", None, "open"),
        ("x = 1\n", None, "x = 1\n", "open"),
        ("x = 1\n", None, "x = 1\r\n", "open"),
        ("x = 1\n", None, "x = 1\ny = 2\n", "conflict"),
        ("x = 1\n", None, None, "conflict"),
        ("", None, "", "open"),
    ],
)
def test_whole_files_are_created_only_anew_and_deleted_only_untouched(
    old: str | None, new: str | None, text: str | None, state: str
) -> None:
    made = change(old, new)
    assert standing(made, text).state == state
    found, problems = swaps(made, {made.hunks[0].id}, present(URI, text))
    assert (len(found), len(problems)) == ((1, 0) if state == "open" else (0, 1))


@pytest.mark.parametrize(("old", "new"), [(None, "x = 1\n"), ("x = 1\n", None)])
def test_undoing_a_created_or_deleted_file_opens_it_again(old: str | None, new: str | None) -> None:
    made = change(old, new)
    assert standing(made, new, "accepted").state == "accepted"
    assert standing(made, old, "accepted").state == "open"


def test_an_unreadable_file_says_why() -> None:
    made = change(OLD, NEW)
    file = Present(URI, (), problem="The file can't be read: it is binary.")
    assert stand(made, made.hunks[0], None, file) == Standing(-1, "conflict", file.problem)
