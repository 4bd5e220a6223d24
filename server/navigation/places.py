"""What is asked and answered: places, or a reason why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import NavigationError

Wish = Literal["definition", "references"]

Read = Callable[[str], str | None]
"""A path, relative with "/", to the file's present text; None where there is none."""

Edited = Mapping[str, tuple[bytes | None, bytes | None]]
"""The files that were changed since the servers' folder was made: path → (bytes then, bytes now)."""


@dataclass(frozen=True)
class Place:
    """A position in a file. `line` and `column` are 1-based, columns count characters.

    `path` is relative to the folder, with "/"; absolute for a file outside of it, such as a library's.
    """

    path: str
    line: int
    column: int


@dataclass(frozen=True)
class Answer:
    """The places that were asked for, who says so (the command's name), and the memory that it takes."""

    places: tuple[Place, ...]
    language: str
    server: str
    megabytes: int


class Silence(NavigationError):
    """The server runs, but didn't answer in time."""


class Gone(NavigationError):
    """The server ended, or what it sends can't be read."""


def line_of(text: str, line: int) -> str:
    """The 1-based line without its ending; "" where there is none. Lines end as in the LSP: CR LF, LF, CR."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""
