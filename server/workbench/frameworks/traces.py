"""Finds the repository's own lines in what a failure printed, whatever language printed it."""

import re
from collections.abc import Iterator
from os.path import normpath

from ..report import Frame
from .framework import Where

LONGEST_MESSAGE = 2000
_MOST_FRAMES = 50
_LONGEST_LINE = 2000

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_PYTHON = re.compile(r'File "([^"]+)", line (\d+)(?:, in (\S+))?')
_JAVA = re.compile(r"^\s*at (?:[\w.@/-]+/)?([\w.$]+)\.([\w$<>]+)\(([\w$]+\.(?:java|kt|scala|groovy)):(\d+)\)")
_SHARP = re.compile(r"^\s*at (\S+?)\(.*\) in (.+):line (\d+)\s*$")
_CALLED = re.compile(r"^\s*at (?:async )?(?:new )?([\w$.<>\[\] ]+?) \((?:file://)?([^()]+?):(\d+)(?::\d+)?\)")
_RUBY = re.compile(r"([^\s:'\"`()]+\.rb):(\d+):in [`'](?:block .*? in )?([^']*)'")
_ANY = re.compile(r"(?:file://)?((?:[A-Za-z]:)?[^\s:'\"`()\[\]<>|=,]+\.[A-Za-z]\w{0,9}):(\d+)\b")
_STACK = re.compile(
    r"^\s*(?:at \S|# \S+:\d+|goroutine \d|stack backtrace:|\d+: \S|from \S+:\d+|❯ |created by |panic\(|"
    r"testing\.tRunner|\S+\.php:\d+$|Caused by: |note: )"
)


def plain(text: str) -> str:
    """`text` without the terminal's colours."""
    return _ANSI.sub("", text)


def frames(text: str, where: Where, hint: str = "") -> tuple[Frame, ...]:
    """The lines of the repository that a stack trace in `text` names, outermost first, each once.

    `hint` is a folder that bare file names lie in.
    """
    found: dict[tuple[str, int], Frame] = {}
    for path, line, name in _places(text):
        own = resolved(path, where, hint)
        if own and (own, line) not in found:
            found[own, line] = Frame(own, line, name)
    ordered = tuple(found.values())[:_MOST_FRAMES]
    return ordered if _PYTHON.search(text) else ordered[::-1]


def resolved(path: str, where: Where, hint: str = "") -> str:
    """The file of the repository that `path` means, relative to its root; "" when it is none of its own."""
    if path.startswith("/"):
        inside = path.startswith(where.root.rstrip("/") + "/")
        path = path[len(where.root.rstrip("/")) + 1 :] if inside else ""
        return path if path in where.files else ""
    for folder in (hint, where.folder, ""):
        own = normpath(f"{folder}/{path}" if folder else path)
        if own in where.files:
            return own
    tail = normpath(path).lstrip("./")
    fit = [one for one in where.by_name.get(tail.rpartition("/")[2], ()) if f"/{one}".endswith(f"/{tail}")]
    return fit[0] if len(fit) == 1 else ""


def message(text: str) -> str:
    """What a failure says, without its stack trace and colours, bounded."""
    kept: list[str] = []
    for line in plain(text)[: 50 * LONGEST_MESSAGE].splitlines():
        if _STACK.match(line):
            if kept:
                break
            continue
        kept.append(line.rstrip())
    return "\n".join(kept).strip()[:LONGEST_MESSAGE]


def _places(text: str) -> Iterator[tuple[str, int, str]]:
    for line in plain(text).splitlines():
        yield from _in_line(line[:_LONGEST_LINE])


def _in_line(line: str) -> Iterator[tuple[str, int, str]]:
    if found := _PYTHON.search(line):
        yield found[1], int(found[2]), found[3] or ""
    elif found := _JAVA.match(line):
        package = found[1].rpartition(".")[0].replace(".", "/")
        yield f"{package}/{found[3]}".lstrip("/"), int(found[4]), found[2]
    elif found := _SHARP.match(line):
        yield found[2], int(found[3]), found[1].rpartition(".")[2]
    elif found := _CALLED.match(line):
        yield found[2], int(found[3]), found[1]
    elif found := _RUBY.search(line):
        yield found[1], int(found[2]), found[3]
    else:
        for found in _ANY.finditer(line):
            yield found[1], int(found[2]), ""
