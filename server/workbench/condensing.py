"""The failing part of a log, for commands whose results aren't told by test."""

import re

from .frameworks.traces import plain

MOST_CHARACTERS = 4000
_LAST_LINES = 12
_BEFORE, _AFTER = 2, 8
_LONGEST_LINE = 300

_STRONG = re.compile(
    r"assert|expected|panicked|panic:|Traceback|Exception\b|\berror(?:\[\w+\])?:|Error:|undefined reference|"
    r"segmentation fault|core dumped|\bnot ok\b|mismatch",
    re.IGNORECASE,
)
_WEAK = re.compile(r"\bFAIL(?:ED|URE)?S?\b|\bERRORS?\b|^\s*[✗✖×●]|\bfailed\b|\bfatal\b", re.IGNORECASE)
_FINE = re.compile(
    r"\b0 (?:failed|failures?|errors?)\b|\b(?:failures?|errors?): 0\b|\bno errors?\b", re.IGNORECASE
)
_NOISE = re.compile(
    r"^\s*(?:at .*(?:node_modules|node:internal|java\.base|org\.junit|sun\.reflect|jdk\.internal|/usr/)|"
    r"from /usr/|\d+: (?:core|std|__rust)|\s+at /rustc/|Download(?:ing|ed)|npm (?:warn|notice)|\[INFO\]|\.+$)"
)


def condensed(output: str, most: int = MOST_CHARACTERS) -> str:
    """The lines that tell of failures with what stands around them, and the last lines; at most `most` long.

    Assertions and errors come before words such as FAILED, the first before later ones; what is left out
    is counted.
    """
    lines = [line[:_LONGEST_LINE].rstrip() for line in plain(output).splitlines()]
    telling = _telling(lines)
    kept = {
        place
        for place in range(max(len(lines) - _LAST_LINES, 0), len(lines))
        if not _NOISE.match(lines[place])
    }
    room = most - sum(len(lines[place]) + 1 for place in kept)
    seen: set[str] = set()
    for place in telling:
        if lines[place].strip() in seen or place in kept:
            continue
        seen.add(lines[place].strip())
        for near in range(max(place - _BEFORE, 0), min(place + _AFTER, len(lines))):
            cost = len(lines[near]) + 1
            if near not in kept and cost <= room and lines[near].strip() and not _NOISE.match(lines[near]):
                kept.add(near)
                room -= cost
    return _told(lines, sorted(kept))[-most - 400 :]


def _telling(lines: list[str]) -> list[int]:
    fit = [place for place, line in enumerate(lines) if not _FINE.search(line) and not _NOISE.match(line)]
    strong = [place for place in fit if _STRONG.search(lines[place])]
    return strong + [place for place in fit if _WEAK.search(lines[place])]


def _told(lines: list[str], kept: list[int]) -> str:
    out: list[str] = []
    last = -1
    for place in kept:
        skipped = sum(bool(lines[one].strip()) for one in range(last + 1, place))
        if skipped:
            out.append(f"… {skipped:,} lines left out …")
        out.append(lines[place])
        last = place
    return "\n".join(out).strip()
