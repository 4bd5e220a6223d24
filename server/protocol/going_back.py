"""What is said of earlier moments of a run, and of new runs from them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """A place in a run to go back to: behind event `seq`; `words` say what came next."""

    seq: int
    at: str
    words: str


@dataclass(frozen=True)
class Moments:
    """Result of genie/moments (RunRef), in the order of time."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Branch:
    """genie/branch → RunRef: a new run that goes on from behind event `seq` of another.

    `say` is what the user has to say to it, or "".
    """

    run: str
    seq: int
    say: str
