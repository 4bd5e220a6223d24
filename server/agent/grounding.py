"""What is wrong with a patch before any test runs: it can't be parsed, or uses names that stand nowhere."""

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from ..edits.changes import diff
from ..errors import EditError
from ..index.languages import language_of
from ..index.syntax import unreadable_lines
from ..workbench.files import read
from .desk import Desk
from .events import Said, ToolAnswered

Contents = Mapping[str, bytes | None]

MOST_NAMES = 8
_AROUND = 4
_NOT_CODE = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`|(?:#|//)[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
_USED = re.compile(r"(?<![\w.$])(?:(?:self|cls|this)\.)?([^\W\d]\w{2,})")
_BOUND = re.compile(
    r"\b(?:def|class|func|fn|function|let|const|var|val|import|as|from|struct|enum|interface|type|trait|module)"
    r"\s+([^\W\d]\w*)|([^\W\d]\w*)\s*(?::=|=(?!=)|:|\bin\b|,|\))"
)
_OF_LANGUAGES = frozenset(keyword.kwlist) | frozenset(dir(builtins))


def unreadable(desk: Desk, files: Contents) -> dict[str, str]:
    """Files that could be parsed and after the edit can't be, each with a reason that shows the place.

    Whoever proposes exactly the same again insists: a grammar can be older than the code that it reads.
    """
    insisted = _refused_before(desk)
    found = {}
    for path, data in files.items():
        lines = unreadable_lines(path, data) if data else ()
        before = read(desk.bench, path) if lines else None
        if lines and not (before and unreadable_lines(path, before)) and fingerprint(data) not in insisted:
            found[path] = _shown(data or b"", lines[0])
    return found


def fingerprint(data: bytes | None) -> str:
    """Tells one content of a file from another."""
    return sha256(data or b"").hexdigest()[:16]


def _refused_before(desk: Desk) -> set[str]:
    answers = [turn for turn in desk.run.state.turns if isinstance(turn, ToolAnswered)]
    told = [turn.data for turn in answers if isinstance(turn.data, dict)]
    return {str(each) for data in told for each in _listed(data.get("unreadable"))}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _shown(data: bytes, line: int) -> str:
    rows = data.decode("utf-8", "replace").split("\n")
    first = max(1, line - _AROUND)
    shown = "\n".join(
        f"{number}|{rows[number - 1]}" for number in range(first, min(len(rows), line + _AROUND) + 1)
    )
    return (
        f"with this edit it can no longer be parsed, from line {line} on, so nothing of it was applied. "
        f"As it would be (line number, then text):\n{shown}\n"
        "If this is right nevertheless, propose the same again."
    )


def names_from_nowhere(desk: Desk, files: Contents) -> list[str]:
    """Names that the changed lines use, and that stand neither in the repository nor in the patch as bound.

    Attributes count only of `self` and the like: what an object of a library has, nobody here knows.
    """
    added = "\n".join(_added(desk, files))
    bound = {name for match in _BOUND.finditer(added) for name in match.groups() if name}
    used = dict.fromkeys(match[1] for match in _USED.finditer(added))
    wanted = [name for name in used if name not in bound and name not in _OF_LANGUAGES]
    known = desk.index.known(wanted)
    heard = _heard(desk)
    return [name for name in wanted if name not in known and name not in heard][:MOST_NAMES]


def _heard(desk: Desk) -> str:
    """All that the model was told: the task, the user's words, what its tools answered."""
    state = desk.run.state
    said = [turn.text for turn in state.conversation if isinstance(turn, Said | ToolAnswered)]
    return "\n".join([state.task.text if state.task else "", *said])


def _added(desk: Desk, files: Contents) -> Iterator[str]:
    """The code of new lines, without strings and comments; prose has none."""
    for path, data in files.items():
        if data is None or language_of(path, data) in ("", "prose"):
            continue
        try:
            change = diff(path, read(desk.bench, path), data)
        except EditError:
            continue
        if change:
            yield _NOT_CODE.sub(" ", "".join(line for hunk in change.hunks for line in hunk.after))
