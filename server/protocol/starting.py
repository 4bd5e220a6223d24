"""Messages about how a task begins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cursor:
    """genie/beginnings → Beginnings: where the user is; `uri` is that of a file, "" for none."""

    folder: str
    uri: str
    line: int


@dataclass(frozen=True)
class BeginningOffer:
    """A task that may be meant: a label, where or why it is offered, and its text."""

    label: str
    detail: str
    text: str


@dataclass(frozen=True)
class Beginnings:
    """The likeliest first: the test at the cursor, then those that failed when tests were last run."""

    offers: tuple[BeginningOffer, ...]


@dataclass(frozen=True)
class TaskWords:
    """genie/readTask → TaskWords: a task in words; what is a ticket's address or number becomes its text."""

    folder: str
    text: str
