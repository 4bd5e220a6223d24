"""The offline engine on a real repository with two bugs: one repair after the other."""

import json

from tests.conftest import CALC, SCRIPT, Genie, git


def test_two_bugs_are_repaired_one_after_the_other(genie: Genie) -> None:
    (genie.folder / "calc.py").write_text(CALC.replace("a * b", "a + b"))
    git(genie.folder, "commit", "--quiet", "--all", "--message", "mul is wrong too")
    done = genie("solve", "Some tests fail", "--json", "--apply")
    assert done.status == 0, done.err
    assert (genie.folder / "calc.py").read_text() == CALC.replace("a - b", "a + b")
    reasons = [event["reason"] for event in done.of("PatchProposed")]
    assert [reason.startswith("A first part: ") for reason in reasons] == [True, False]
    summary = done.of("Finished")[-1]["summary"]
    assert all(f"calc.py:{line}" in summary for line in (2, 6))
    spoken = " ".join(event.get("text", "") for event in done.of("ModelSpoke"))
    assert "mends 1 of 2 failing tests and breaks none" in spoken


def test_a_test_that_hangs_takes_a_twelfth_of_the_run_at_most(genie: Genie) -> None:
    (genie.folder / "calc.py").write_text(CALC.replace("return a - b", "while True:\n        pass"))
    script = genie.home / "script.json"
    script.write_text(json.dumps([*SCRIPT[:2], SCRIPT[3]]))
    done = genie("solve", "It hangs", "--json", "--model", f"scripted:{script}", "--seconds", "36")
    (outcome,) = [one for one in done.of("TestsRan")[0]["outcomes"] if one["status"] == "failed"]
    assert outcome["message"] == "Failed: timed out after 3 s"
