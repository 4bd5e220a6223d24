"""The vocabulary that every format a model writes is read into: files and replacements in them."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["modify", "create", "delete", "rename", "write"]


@dataclass(frozen=True)
class Replacement:
    """The lines `before`, wherever they stand in the file, become `after`. Lines are without endings.

    What both have in common is context: it tells the place and stays as the file has it. `line` is where the
    model believes `before` to start (1-based), `section` a heading above it, as after the second `@@` of a
    diff. `marked` tells that a letter before each line said which text it is of, `seams` where in both texts
    an old line then follows a new one. `final_newline` is None unless the model says on purpose that the file
    shall gain or lose it.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    line: int | None = None
    section: str = ""
    final_newline: bool | None = None
    marked: bool = False
    seams: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class FileEdit:
    """What shall happen to one file. A path is as the model wrote it, relative, with "/".

    "create": one replacement at most, with nothing before. "delete": the replacements, if there are any,
    show what the model believes the file to hold. "rename": `path` becomes `new_path`, then the replacements.
    "write": one replacement with nothing before, the whole file as it shall be or whole functions of it.
    "modify" with a `new_path`: a diff that names two files without a word of renaming. `mode` is 0o755 or
    0o644 where the file shall become executable or no longer be so.
    """

    path: str
    kind: Kind
    replacements: tuple[Replacement, ...] = ()
    new_path: str = ""
    mode: int | None = None


@dataclass(frozen=True)
class Parsed:
    """The edits in an answer, and in sentences for the model what of it could not be read."""

    edits: tuple[FileEdit, ...]
    problems: tuple[str, ...]
