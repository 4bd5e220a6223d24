"""Going on with a run, in any face: by what it was begun with, where the user says nothing else."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from ..config import Settings
from ..errors import UsageError
from .state import RunState

Chosen = Literal["model", "base_url", "profile"]


def as_begun(state: RunState, settings: Settings, said: Collection[Chosen] = ()) -> Settings:
    """`settings` with the run's own model, its address and its profile, but for those that are `said` anew.

    How many candidates it has and how its tests are run stand in its log. Raises UsageError for a run without
    a task.
    """
    task, model = state.task, settings.model
    if task is None:
        raise UsageError("This run has no task in it.")
    if "model" not in said:
        model = replace(model, name=task.model)
        if "base_url" not in said:
            model = replace(model, base_url=task.base_url or model.base_url)
    profile = settings.profile if "profile" in said else task.profile or settings.profile
    return replace(settings, model=model, profile=profile)
