"""Which model plays which part in a run: one plans, one writes, one condenses what has become too long."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from ..config import NO_PROFILE, ModelSettings, Profile, Settings
from ..errors import UsageError
from .choose import choose
from .contract import Model
from .editor import Asker

SAMPLING = 0.8
"""The temperature of further candidates where the settings ask for 0."""


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
    anew: Callable[[float], "Cast"] | None = field(default=None, compare=False)

    def candidate(self, number: int) -> "Cast":
        """The same parts for candidate `number` (from 0). From the second on nobody answers at temperature 0:
        the first is what would have been written alone."""
        return self.anew(0.0 if number == 0 else SAMPLING) if self.anew else self

    def speaker(self, planned: bool) -> Part:
        """Who has the next turn: the planner until there is a plan, then the writer."""
        return (self.write if planned else self.plan) or self.main

    def __iter__(self) -> Iterator[Part]:
        """Every part that can come to speak, each once."""
        speaking = (self.plan or self.main, self.write or self.main, self.condense)
        return iter({part.model.name: part for part in speaking if part}.values())


def told(profile: Profile) -> str:
    """Who does what, e.g. "gpt-5 plans, gpt-5-mini writes"; who isn't named is the main model."""
    parts = {"plans": profile.plan, "writes": profile.write, "condenses": profile.condense}
    named = [f"{part.name} {does}" for does, part in parts.items() if part]
    return ", ".join(named) or "the main model does everything"


def cast(settings: Settings, asker: Asker | None = None, temperature: float = 0.0) -> Cast:
    """The models that `settings` name, by their profile if they name one. Raises UsageError.

    `temperature` takes the place of one of 0; where none is set the provider's stays, at which it samples.
    """
    parts = None if settings.profile == NO_PROFILE else settings.profiles.get(settings.profile)
    if settings.profile not in ("", NO_PROFILE) and parts is None:
        known = ", ".join(settings.profiles) or "none"
        raise UsageError(f"There is no profile {settings.profile!r} in the settings; there are: {known}.")

    def made(chosen: ModelSettings) -> Part:
        if chosen.temperature == 0.0:
            chosen = replace(chosen, temperature=temperature)
        return Part(choose(chosen, asker), chosen)

    def part(chosen: ModelSettings | None) -> Part | None:
        return made(chosen) if chosen else None

    main, anew = made(settings.model), partial(cast, settings, asker)
    if parts is None:
        return Cast(main, anew=anew)
    return Cast(main, part(parts.plan), part(parts.write), part(parts.condense), anew)
