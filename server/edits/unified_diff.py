"""Unified diffs as models write them: the shape of git's, while counts, numbers and marks can't be trusted.

The format: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html and git-diff(1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .answer import AnswerLine, Reading
from .diff_header import Header, read_header, starts_section
from .edit import FileEdit, Replacement
from .marked import heading, marked, replacement_of

_RANGES = re.compile(r"^@@+ *-(\d{1,9})(?:,(\d{1,9}))? +\+(\d{1,9})(?:,(\d{1,9}))? *@@+(.*)$")
_PROSE = re.compile(r"$|[^-+ @\\]|[-+] [A-Z`*]")
_VERSION = re.compile(r"^\d+\.\d+[.\w-]*\s*$")


@dataclass(frozen=True)
class _Hunk:
    """`lines` are pairs of " ", "+" or "-" and the text. Counts are -1 where the model gave none."""

    lines: tuple[tuple[str, str], ...]
    next: int
    line: int | None = None
    old_count: int = -1
    new_count: int = -1
    section: str = ""
    final_newline: bool | None = None
    at_end: bool = False
    open_end: bool = False
    torn: bool = False


def read_section(lines: Sequence[AnswerLine], start: int, complete: bool) -> Reading:
    """Reads one file's part of a diff, which `starts_section` found at `start`.

    Unless the answer is known to be `complete`, a last hunk that looks cut off is refused.
    """
    header, at = read_header(lines, start)
    hunks: list[_Hunk] = []
    while (hunk := _read_hunk(lines, at, bare=header.names == 2 and not hunks)) is not None:
        hunks.append(hunk)
        at = hunk.next
    if header.problem:
        return Reading(at, problems=(header.problem,), path=header.path)
    reasons = [_flaw(header.path, hunk, complete) for hunk in hunks]
    flaws = tuple(reason for reason in reasons if reason)
    sound = [hunk for hunk, reason in zip(hunks, reasons, strict=True) if not reason]
    if flaws and (header.kind != "modify" or not sound):
        return Reading(at, problems=flaws, path=header.path)
    reading = _edit(header, sound)
    return Reading(at, reading.edits, (*reading.problems, *flaws), header.path)


def _edit(header: Header, hunks: Sequence[_Hunk]) -> Reading:
    if not hunks and (header.names or (header.kind == "modify" and header.mode is None)):
        reason = f"The diff of {header.path} has no hunk: each change needs its `@@` line and lines below it."
        return Reading(0, problems=(reason,))
    if header.kind == "create" or (header.kind == "modify" and _fills_nothing(hunks)):
        return _creation(header, hunks)
    replacements = tuple(_replacement(hunk) for hunk in hunks)
    return Reading(0, (FileEdit(header.path, header.kind, replacements, header.new_path, header.mode),))


def _fills_nothing(hunks: Sequence[_Hunk]) -> bool:
    """Whether this is `@@ -0,0 +1,n @@` alone, by which models create a file without naming /dev/null."""
    return len(hunks) == 1 and hunks[0].line == 0 and all(sign == "+" for sign, _ in hunks[0].lines)


def _creation(header: Header, hunks: Sequence[_Hunk]) -> Reading:
    lines = [pair for hunk in hunks for pair in hunk.lines]
    # Counts that are too large make a hunk of the blank line before what is said below.
    while lines and lines[-1][0] == " " and not lines[-1][1].strip():
        lines.pop()
    for number, (sign, text) in enumerate(lines, 1):
        if sign == "-" or (sign == " " and text.strip()):
            reason = (
                f"The diff creates {header.path}, but line {number} below its `@@` is `{text.strip()[:60]}` "
                "without a `+` in front: every line of a new file needs one. If the file exists, name it in "
                "`--- a/…`, not /dev/null."
            )
            return Reading(0, problems=(reason,))
    after = tuple(text for _, text in lines)
    final = hunks[-1].final_newline if hunks else None
    replacements = (Replacement((), after, final_newline=final),) if after else ()
    return Reading(0, (FileEdit(header.path, "create", replacements, mode=header.mode),))


def _replacement(hunk: _Hunk) -> Replacement:
    made = replacement_of(hunk.lines, hunk.line or None, hunk.section)
    return replace(made, final_newline=hunk.final_newline)


def _flaw(path: str, hunk: _Hunk, complete: bool) -> str:
    """Why a hunk can't be used though it can be read: there is nothing in it, or it seems cut off."""
    if not hunk.lines:
        return f"A hunk of {path} has no lines below its `@@`."
    if complete or not hunk.at_end:
        return ""
    old, new = _counts(hunk.lines)
    told = hunk.old_count >= 0
    short = old < hunk.old_count or new < hunk.new_count
    ends_in_change = hunk.lines[-1][0] != " "
    open_end = hunk.open_end and (short or not told or ends_in_change)
    if not (hunk.torn or open_end or (short and ends_in_change)):
        return ""
    counts = f" (`@@` tells of {hunk.old_count} old and {hunk.new_count} new lines, here are {old} and {new})"
    return (
        f"The answer seems to be cut in the last hunk of {path}{counts if told else ''}: that hunk was not "
        "applied. Write it again, with right counts, a line break at its end, and the fence closed."
    )


def _read_hunk(lines: Sequence[AnswerLine], at: int, bare: bool) -> _Hunk | None:
    """The next hunk, or None. A `bare` one, whose `@@` line was forgotten, is taken too."""
    if bare and at < len(lines) and _bare_hunk_starts(lines, at):
        return _read_body(lines, at, None, "")
    while at < len(lines) and not lines[at].text.strip() and not lines[at].fence:
        at += 1
    if at == len(lines) or lines[at].fence:
        return None
    text = lines[at].text
    if ranges := _RANGES.match(text):
        line, old_count, new_count = (int(ranges[group] or 1) for group in (1, 2, 4))
        return _read_body(lines, at + 1, (line, old_count, new_count), ranges[5].strip())
    if text.startswith("@@"):
        return _read_body(lines, at + 1, None, heading(text))
    return None


def _bare_hunk_starts(lines: Sequence[AnswerLine], at: int) -> bool:
    line = lines[at]
    return line.text[:1] in ("+", "-", " ") and not line.fence and not starts_section(lines, at)


def _read_body(
    lines: Sequence[AnswerLine], start: int, told: tuple[int, int, int] | None, section: str
) -> _Hunk:
    """Reads hunk lines. `told` is what `@@` says: line, old and new count."""
    body: list[tuple[str, str]] = []
    unended: set[int] = set()
    at = start
    while at < len(lines) and not _body_ends(lines, at, body, told):
        text = lines[at].text
        if text.startswith("\\ "):
            unended.add(len(body) - 1)
            if body and body[-1][0] == "+":
                at += 1
                break
        else:
            body.append(marked(text))
        at += 1
    end = at
    while body and not lines[at - 1].text and (told is None or _counts(body) != told[1:]):
        body.pop()
        at -= 1
    line, old_count, new_count = told or (None, -1, -1)
    old, new = (_is_unended(body, unended, sign) for sign in "-+")
    final = None if old == new else old
    at_end = all(not line.text.strip() for line in lines[end:])
    open_end = start < len(lines) and lines[start].open_end
    torn = end == len(lines) and lines[-1].torn
    return _Hunk(tuple(body), end, line, old_count, new_count, section, final, at_end, open_end, torn)


def _is_unended(body: Sequence[tuple[str, str]], unended: set[int], sign: str) -> bool:
    """Whether the last line of a side is marked as one without a line break."""
    return max((at for at, (mark, _) in enumerate(body) if mark in (" ", sign)), default=-1) in unended


def _body_ends(
    lines: Sequence[AnswerLine], at: int, body: list[tuple[str, str]], told: tuple[int, int, int] | None
) -> bool:
    line = lines[at]
    if line.fence or line.text.startswith("@@") or starts_section(lines, at):
        return True
    if line.text.startswith("-- ") or line.text == "--":
        return at + 1 < len(lines) and _VERSION.match(lines[at + 1].text) is not None
    if line.fenced:
        return False
    if line.text:
        # Context may have lost its mark; a hunk in which nothing has changed yet can't end there.
        begun = told is None or _counts(body)[0] >= told[1] or any(sign != " " for sign, _ in body)
        return begun and line.text[0] not in "+- \\" and not _goes_on(lines, at, body, told)
    # Counts alone don't end a hunk at a blank line: they are often too small, and half of it would be lost.
    whole = told is not None and _counts(body) == told[1:]
    return whole and _PROSE.match(next((later.text for later in lines[at:] if later.text), "")) is not None


def _goes_on(
    lines: Sequence[AnswerLine], at: int, body: list[tuple[str, str]], told: tuple[int, int, int] | None
) -> bool:
    """Whether lines from here on are context without its space: changes follow at once, or by the counts."""
    old, new = _counts(body)
    changes = blank = False
    for number in range(at, len(lines)):
        text = lines[number].text
        if lines[number].fence or text.startswith("@@") or starts_section(lines, number):
            break
        changes |= text[:1] in ("+", "-") and not _PROSE.match(text)
        blank |= not text.strip()
        old, new = old + (text[:1] != "+"), new + (text[:1] != "-")
        if changes and (not blank or (told is not None and (old, new) == told[1:])):
            return True
    return False


def _counts(body: Sequence[tuple[str, str]]) -> tuple[int, int]:
    return sum(sign != "+" for sign, _ in body), sum(sign != "-" for sign, _ in body)
