from math import sqrt

from genie_engineer.workbench.report import Frame, Suspect
from genie_engineer.workbench.spectrum import ochiai


def test_the_score_is_ochiais() -> None:
    failing = {"t1": {"a.py": [1, 2]}, "t2": {"a.py": [2]}}
    passing = {("a.py", 1): 3, ("a.py", 9): 1}
    assert ochiai(failing, passing) == (Suspect("a.py", 2, 1.0), Suspect("a.py", 1, 1 / sqrt(2 * 4)))


def test_nothing_failing_means_no_suspects() -> None:
    assert ochiai({}, {("a.py", 1): 3}) == ()


def test_among_equals_the_failures_frame_comes_first_then_what_ran_last() -> None:
    failing = {"t": {"a.py": [1, 2, 3, 8], "b.py": [5, 4]}}
    ranked = [(suspect.path, suspect.line) for suspect in ochiai(failing, {}, [Frame("a.py", 3)])]
    assert ranked == [("a.py", 3), ("a.py", 2), ("a.py", 1), ("a.py", 8), ("b.py", 4), ("b.py", 5)]
