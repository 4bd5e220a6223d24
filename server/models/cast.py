"""Which model plays which part in a run: one plans, one writes, one condenses what has become too long."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..config import ModelSettings, Settings
from ..errors import UsageError
from .choose import choose
from .contract import Model
from .editor import Asker


@dataclass(frozen=True)
class Part:
    """A model, and the settings that it was made of."""

    model: Model
    settings: ModelSettings


@dataclass(frozen=True)
class Cast:
    """The parts of a run. Who plans or writes by no profile is the main model; nobody need condense."""

    main: Part
    plan: Part | None = None
    write: Part | None = None
    condense: Part | None = None

    def speaker(self, planned: bool) -> Part:
        """Who has the next turn: the planner until there is a plan, then the writer."""
        return (self.write if planned else self.plan) or self.main

    def __iter__(self) -> Iterator[Part]:
        """Every part that can come to speak, each once."""
        speaking = (self.plan or self.main, self.write or self.main, self.condense)
        return iter({part.model.name: part for part in speaking if part}.values())


def cast(settings: Settings, asker: Asker | None = None) -> Cast:
    """The models that `settings` name, by their profile if they name one. Raises UsageError."""
    parts = settings.profiles.get(settings.profile)
    if settings.profile and parts is None:
        known = ", ".join(settings.profiles) or "none"
        raise UsageError(f"There is no profile {settings.profile!r} in the settings; there are: {known}.")

    def part(chosen: ModelSettings | None) -> Part | None:
        return Part(choose(chosen, asker), chosen) if chosen else None

    main = Part(choose(settings.model, asker), settings.model)
    if parts is None:
        return Cast(main)
    return Cast(main, part(parts.plan), part(parts.write), part(parts.condense))
