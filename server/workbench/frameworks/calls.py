"""Takes a shell command apart as far as is needed to see what it starts, and where arguments go."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from posixpath import normpath

from .framework import Call

_OPERATORS = re.compile(r"[;&|<>()\n`]|\$\(")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_WRAPPERS: tuple[tuple[str, ...], ...] = (
    ("npx", "--no-install"),
    *(("npx",), ("bunx",), ("pnpm", "exec"), ("yarn", "exec"), ("bundle", "exec"), ("env",), ("cross-env",)),
    *(("poetry", "run"), ("uv", "run"), ("pipenv", "run"), ("hatch", "run"), ("pdm", "run"), ("time",)),
)
_SCRIPTED = re.compile(r"(?:npm|yarn|pnpm|bun)$")
_DEPTH = 4

Texts = Mapping[str, str]
"""The text of each package.json by its folder, "" for the root."""


def taken_apart(command: str, root: Path) -> Call | None:
    """The last call of `command`; None where more than `&&` joins it to others: nothing can be added then."""
    segments = _segments(command)
    last = segments[-1]
    if _OPERATORS.search(_QUOTED.sub("", last)):
        return None
    words = unwrapped(split(last))
    folder = _folder(segments[:-1])
    if not words or folder is None:
        return None
    before = command[: len(command) - len(last)]
    script = scripted(words, root / folder)
    if script is None:
        return Call(before, last.strip(), words, words, folder)
    joint = " " if words[0] != "npm" or "--" in words else " -- "
    return Call(before, last.strip(), words, unwrapped(script), folder, joint)


def unwrapped(words: Sequence[str]) -> tuple[str, ...]:
    """The words without assignments and programs in front that only start the rest."""
    rest = list(words)
    while rest:
        skipped = next((len(one) for one in _WRAPPERS if tuple(rest[: len(one)]) == one), 0)
        if not skipped and _ASSIGNMENT.match(rest[0]):
            skipped = 1
        if not skipped:
            break
        del rest[:skipped]
    return tuple(rest)


def scripted(words: Sequence[str], folder: Path, depth: int = _DEPTH) -> tuple[str, ...] | None:
    """What one of package.json's scripts amounts to, with the call's own arguments; None: it is none.

    A script of several commands is none either, unless the last is what arguments reach.
    """
    name = script_name(words)
    if name is None or depth == 0:
        return None
    text = scripts(folder).get(name)
    last = _segments(text)[-1] if text else ""
    if not last or _OPERATORS.search(_QUOTED.sub("", last)):
        return None
    inner = unwrapped(split(last))
    own = [word for word in words[words.index(name) + 1 :] if word != "--"]
    deeper = scripted(inner, folder, depth - 1)
    return (*(deeper or inner), *own)


def script_name(words: Sequence[str]) -> str | None:
    """The script of package.json that a call of npm, pnpm, yarn or bun runs."""
    if len(words) < 2 or not _SCRIPTED.match(words[0]):
        return None
    if words[1] in ("run", "run-script"):
        return words[2] if len(words) > 2 else None
    if words[1] in ("test", "t", "tst"):
        return "test"
    return words[1] if words[0] in ("yarn", "pnpm") and not words[1].startswith("-") else None


def scripts(folder: Path) -> dict[str, str]:
    """The scripts of a folder's package.json; none where it can't be read."""
    try:
        table = json.loads((folder / "package.json").read_text("utf-8", "replace"))["scripts"]
        return {name: text for name, text in table.items() if isinstance(text, str)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def split(text: str) -> tuple[str, ...]:
    """The words of shell text; text that can't be split has none."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return ()


def _segments(command: str) -> list[str]:
    """What `&&` joins, outside of quotes."""
    hidden = _QUOTED.sub(lambda found: "q" * len(found[0]), command)
    starts = [0, *(found.end() for found in re.finditer("&&", hidden))]
    ends = [*(found.start() for found in re.finditer("&&", hidden)), len(command)]
    return [command[start:end] for start, end in zip(starts, ends, strict=True)]


def _folder(segments: Sequence[str]) -> str | None:
    """Where the last call runs, by the `cd` before it; None where that can't be told."""
    folder = ""
    for segment in segments:
        words = split(segment)
        if words[:1] == ("cd",):
            folder = normpath(f"{folder}/{words[1]}") if len(words) == 2 else ".."
    folder = "" if folder == "." else folder.lstrip("/") if folder.startswith("/") else folder
    return None if folder.startswith("..") else folder
