"""Which patches would undo what the user wrote in a proposed file."""

import pytest

from genie_engineer.agent.own_words import undone
from genie_engineer.edits.changes import diff

BASE = """int one(int a) {
  if (a) {
    return 1;
  return 0;
}

int two(int a) {
  if (a) {
    return 2;
  }
  return 0;
}
"""
MINE = BASE.replace("    return 1;\n", "    return 1;\n  }\n")
OTHER_BRACE = MINE.replace("    return 2;\n  }\n", "    return 2;\n")


@pytest.mark.parametrize(
    ("new", "count"),
    [
        (OTHER_BRACE, 0),
        (BASE, 1),
        (MINE.replace("  if (a) {\n    return 1;\n  }\n", ""), 1),
        (MINE.replace("return 1;\n  }\n", "return 1;\n  }  // done\n"), 1),
        (MINE.replace("return 1;", "return 11;"), 0),
        (MINE.replace("int one", "long one").replace("    return 2;\n  }\n", "    return 2;\n"), 0),
        (MINE.replace("  return 0;\n}\n\nint two", "}\n\nint two"), 0),
    ],
    ids=["another brace", "the brace", "more", "changed", "beside it", "elsewhere too", "below it"],
)
def test_a_brace_of_the_user_s_is_told_from_others(new: str, count: int) -> None:
    edit = diff("a.c", BASE.encode(), MINE.encode())
    assert edit
    assert len(undone(edit, MINE.encode(), new.encode())) == count


def test_lines_that_only_move_stay_and_those_that_are_parted_do_not() -> None:
    old = "a\nb\nc\n"
    edit = diff("a", old.encode(), b"a\nmine one\nmine two\nb\nc\n")
    assert edit
    now = b"a\nmine one\nmine two\nb\nc\n"
    assert undone(edit, now, b"a\nb\nc\nmine one\nmine two\n") == ()
    assert undone(edit, now, b"a\nmine one\nbetween\nmine two\nb\nc\n") == edit.hunks
    assert undone(edit, now, None) == edit.hunks


def test_a_deletion_is_undone_by_bringing_the_lines_back() -> None:
    edit = diff("a", b"a\nb\nc\n", b"a\nc\n")
    assert edit
    assert undone(edit, b"a\nc\n", b"a\nb\nc\n") == edit.hunks
    assert undone(edit, b"a\nc\n", b"a\nx\nc\n") == ()
