"""What is said of models: who can answer, and what a probe found out."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModelOffer:
    """genie/model: a model that the user may choose by `name`.

    `found` is what a probe found out, "" without one. `can_probe`: it is behind HTTP and wasn't probed yet.
    """

    name: str
    where: str
    found: str
    can_probe: bool


@dataclass(frozen=True)
class ModelOffers:
    """genie/models: what can answer here, and what is in the way of others, as sentences."""

    models: tuple[ModelOffer, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class LendKey:
    """genie/lendKey → Nothing: a key, held in memory alone while the server lives; "" takes it back."""

    key: str = field(repr=False)


@dataclass(frozen=True)
class ModelName:
    """genie/model → ModelOffer: what is known of it. genie/probeModel → ModelFacts: it is asked."""

    name: str


@dataclass(frozen=True)
class ModelFacts:
    """What was found out, in words, and what it cost."""

    found: str
    requests: int
    tokens: int


@dataclass(frozen=True)
class ProfileOffer:
    """A profile that the user may choose; `told` says who does what by it."""

    name: str
    told: str


@dataclass(frozen=True)
class Choices:
    """genie/choices: what a task may be begun with, and by `profile` and `candidates` what it is begun with
    where nothing is chosen. All of it stands in the file `settings_uri`, if there is one.
    """

    profiles: tuple[ProfileOffer, ...]
    profile: str
    candidates: int
    settings_uri: str
