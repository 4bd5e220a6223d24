"""What is said of what Genie keeps on the disk, and of cleaning it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeptItem:
    """Something on the disk as a list shows it: `what` it is, what it `takes`, and `about` what, in words."""

    what: str
    name: str
    takes: str
    about: str


@dataclass(frozen=True)
class Store:
    """Result of genie/store: the largest first; `bound` says what copies and indexes take of how much."""

    items: tuple[KeptItem, ...]
    bound: str


@dataclass(frozen=True)
class CleanStore:
    """genie/cleanStore → Cleaned. `everything`: all copies and indexes that nothing uses; no run."""

    everything: bool


@dataclass(frozen=True)
class Cleaned:
    """What was removed, in a sentence."""

    told: str
