"""What is said of playbooks: which there are, and a new one."""

from dataclasses import dataclass

from ..agent.steering import Origin


@dataclass(frozen=True)
class PlaybookItem:
    """A playbook as a list shows it. `when` it applies is in words; `problems` are faults in it."""

    name: str
    uri: str
    origin: Origin
    when: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Playbooks:
    """Result of genie/playbooks: the user's own first."""

    playbooks: tuple[PlaybookItem, ...]


@dataclass(frozen=True)
class NewPlaybook:
    """genie/newPlaybook → PlaybookFile. `mine`: among the user's own, else in the repository."""

    folder: str
    name: str
    mine: bool


@dataclass(frozen=True)
class PlaybookFile:
    """Where the new playbook was written."""

    uri: str
