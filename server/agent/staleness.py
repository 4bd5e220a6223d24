"""A call that was made before the user changed what it builds on isn't carried out."""

from ..models.contract import ToolCall
from .events import ModelSpoke, PlanChanged
from .log import Run
from .state import Reanswered, Reworded
from .steering import FileEdited
from .tools import Observation
from .tools.planning import plan_text

ACTING = ("propose_patch", "try_patches", "run_tests")
"""Tools that carry out a step of the plan; the others only look, or speak."""

NOT_DONE = {"not_done": True}
"""The answer's data, by which the offline engine knows it."""


def out_of_date(run: Run, call: ToolCall) -> Observation | None:
    """What a call is answered that was made before the user struck out or reworded a step of the plan, or
    reworded the task or an answer, or edited a proposed file.
    """
    if call.name not in ACTING:
        return None
    if any(isinstance(turn, Reworded | Reanswered | FileEdited) for _, turn in run.state.words):
        told = "This was not done: while you wrote it the user changed the task, an answer or a file."
        return Observation(told, NOT_DONE, ok=False)
    heard = next(turn.heard for turn in reversed(run.state.turns) if isinstance(turn, ModelSpoke))
    plans = [(one.seq, one.event) for one in run.records if isinstance(one.event, PlanChanged)]
    known = next((plan.steps for seq, plan in reversed(plans) if seq < heard), ())
    edited = any(plan.by == "user" for seq, plan in plans if seq >= heard)
    now = {step.id: (step.text, step.state == "struck") for step in run.state.plan}
    if not edited or all(now.get(step.id) == (step.text, step.state == "struck") for step in known):
        return None
    return Observation(
        "This was not done: while you wrote it the user edited the plan, which now stands as:\n"
        f"{plan_text(run.state.plan)}\nGo on from there.",
        NOT_DONE,
        ok=False,
    )
