"""Who works on a run, in the words of the Task view."""

from dataclasses import replace

from genie_engineer.agent.candidates import CandidateChosen, CandidateEnded, CandidatesBegan, Standing
from genie_engineer.agent.events import Event, ModelSpoke, Record, TaskGiven
from genie_engineer.agent.fold import fold
from genie_engineer.agent.state import RunState
from genie_engineer.editor.working import candidates, models, profile

TASK = TaskGiven("Fix it", "/repo", "", "gpt-5", profile="careful")


def state(*events: Event) -> RunState:
    return fold(Record(seq, "", event) for seq, event in enumerate(events))


def test_with_a_profile_it_is_told_who_has_the_word() -> None:
    assert models(state(TaskGiven("Fix it", "/repo", "", "gpt-5"))) == "gpt-5"
    assert (profile(state(TASK)), models(state(TASK))) == ("careful", "gpt-5")
    assert models(state(TASK, ModelSpoke("Hm.", model="planner"))) == "planner"
    none = state(replace(TASK, profile="none"), ModelSpoke("Hm.", model="gpt-5-2026"))
    assert (profile(none), models(none)) == ("", "gpt-5")


def test_candidates_are_told_as_they_stand() -> None:
    began, ended = CandidatesBegan(("r.1", "r.2")), CandidateEnded("r.1", "solved", "")
    assert [one.told for one in candidates(state(TASK, began, ended))] == ["solved", "at work"]
    chosen = CandidateChosen("r.1", "", (Standing("r.1", True, 0, 2, 1, 3, 1), Standing("r.2")))
    rows = candidates(state(TASK, began, ended, CandidateEnded("r.2", "failed", ""), chosen))
    assert [one.told for one in rows] == ["solved, breaks 0, mends 2, 1 propose the same, 3 lines", "failed"]
    assert [one.chosen for one in rows] == [True, False]
