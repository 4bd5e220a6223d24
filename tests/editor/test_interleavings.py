"""Random reviews against a file that knows where its lines are from (bench/editor plays thousands)."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "bench" / "editor"))
from buffer import Line, base, copied, text_of, with_hunk
from interleavings import played

from genie_engineer.edits.changes import diff

GAMES = 150


def test_nothing_of_the_users_is_lost_and_no_hunk_lands_twice_or_elsewhere() -> None:
    games = [played(seed, 30) for seed in range(GAMES)]
    assert [fault for game in games for fault in game.faults] == []
    counts = sum((Counter(game.counts) for game in games), Counter[str]())
    assert counts["accepted"] > 5 * GAMES
    assert counts["accepted over others"] > 0.1 * GAMES
    assert counts["taken back"] > 1.5 * GAMES
    assert counts["refused"] < counts["accepted"] / 2


@pytest.mark.parametrize(("kept", "landed", "right"), [(2, 0, True), (2, 3, False), (0, 1, True)])
def test_the_model_tells_a_copy_from_the_lines_that_were_meant(kept: int, landed: int, right: bool) -> None:
    """Unless these are gone: then they were moved."""
    old = ("a\n", "b\n")
    change = diff("a.py", "".join(old).encode(), b"a\nc\n")
    assert change is not None
    lines = (*base(old)[:kept], Line("mine\n", "user"), *copied(base(old)))
    (hunk,) = change.hunks
    now = [line.text for line in lines]
    now[landed + 1] = "c\n"
    assert (with_hunk(lines, hunk, "".join(now)) is not None) == right
    assert text_of(lines) == "a\nb\n"[: 2 * kept] + "mine\na\nb\n"
