"""What stands above a file's hunks in a diff: its paths, and whether it is created, deleted or renamed."""

from collections.abc import Sequence
from dataclasses import dataclass

from .answer import AnswerLine
from .edit import Kind
from .paths import DEV_NULL, git_paths, header_path, without_prefixes

_GIT = "diff --git "
_SILENT = ("index ", "similarity index ", "dissimilarity index ", "old mode ", "new mode ")
_TELLING = ("new file mode ", "deleted file mode ", "rename from ", "rename to ", "copy from ", "copy to ")
_BINARY = ("Binary files ", "GIT binary patch")


@dataclass(frozen=True)
class Header:
    """`new_path` is set where the names differ. With a `problem` the section can't be used.

    `names` counts its lines `---` and `+++`; git writes none of them for what needs no hunk.
    """

    path: str
    kind: Kind = "modify"
    new_path: str = ""
    problem: str = ""
    names: int = 0


def starts_section(lines: Sequence[AnswerLine], at: int) -> bool:
    """Whether the header of a file's diff begins here."""
    text = lines[at].text
    if text.startswith(_GIT):
        return True
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    if text.startswith("--- "):
        return following.startswith(("+++ ", "@@"))
    return text.startswith("+++ ") and following.startswith("@@")


def read_header(lines: Sequence[AnswerLine], start: int) -> tuple[Header, int]:
    """Reads the header at `start`; also gives the index of the first line behind it."""
    seen: dict[str, str] = {}
    at = start
    while at < len(lines):
        prefix = _prefix(lines[at].text)
        if not prefix or lines[at].fence or (prefix in seen and prefix not in _SILENT):
            break
        if prefix in ("--- ", "+++ ") and not (seen.keys() <= {_GIT, *_TELLING, *_SILENT, "--- "}):
            break
        seen[prefix] = lines[at].text[len(prefix) :]
        at += 1
    return _header(seen), at


def _prefix(text: str) -> str:
    known = (_GIT, "--- ", "+++ ", *_SILENT, *_TELLING, *_BINARY)
    return next((prefix for prefix in known if text.startswith(prefix)), "")


def _header(seen: dict[str, str]) -> Header:
    old, new = _paths(seen)
    if not old or not new:
        return Header(
            "", problem="A diff names no file: it needs `--- a/path` and `+++ b/path` above its `@@`."
        )
    path = new if old == DEV_NULL else old
    if any(prefix in seen for prefix in _BINARY):
        return Header(path, problem=f"The diff of {path} is binary: only text can be edited.")
    if "copy from " in seen:
        return Header(path, problem=f"The diff copies {path}: write the copy as a new file instead.")
    if old == new == DEV_NULL:
        return Header(path, problem="A diff has /dev/null on both sides: one of them must name the file.")
    names = len(seen.keys() & {"--- ", "+++ "})
    if new == DEV_NULL or "deleted file mode " in seen:
        return Header(path, "delete", names=names)
    if old == DEV_NULL or "new file mode " in seen:
        return Header(new, "create", names=names)
    if old == new and not names and "new mode " in seen:
        return Header(path, problem=f"The diff changes the mode of {path} only: that isn't supported.")
    if old == new or "rename to " not in seen:
        return Header(path, new_path=new if old != new else "", names=names)
    return _rename(old, new, seen, names)


def _rename(old: str, new: str, seen: dict[str, str], names: int) -> Header:
    told = without_prefixes(*git_paths(seen.get(_GIT, "")))
    if any(told) and told != (old, new):
        reason = f"The rename of {old} to {new} contradicts its line `diff --git {seen[_GIT]}`."
        return Header(old, problem=reason)
    return Header(old, "rename", new, names=names)


def _paths(seen: dict[str, str]) -> tuple[str, str]:
    if "rename from " in seen and "rename to " in seen:
        return header_path(seen["rename from "]), header_path(seen["rename to "])
    old, new = git_paths(seen.get(_GIT, ""))
    old = header_path(seen.get("--- ", "")) or old
    new = header_path(seen.get("+++ ", "")) or new
    return without_prefixes(old or new, new or old)
