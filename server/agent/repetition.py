"""Whether the model does the same over and over: calls compared by what they mean, answers by what matters.

A call's arguments are compared as JSON, an answer without its durations, times of day and addresses, and both
only where the files of the copy are the same: tests that run again after a change repeat nothing.
"""

import json
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

LONGEST_CYCLE = 4
REMEMBERED = 48
"""How many calls are looked back on."""

_INCIDENTAL = re.compile(
    r"\b0x[0-9a-fA-F]+|\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|\bpytest-\d+"
    r"|\b\d+(?:[.,]\d+)*\s?(?:[mµun]?s|secs?|seconds?|mins?|minutes?|hours?)\b"
)


@dataclass(frozen=True)
class Deed:
    """A call and what came of it: equal where both come to the same. `idle`: a plan was set as it stood."""

    name: str
    key: int
    idle: bool = False


@dataclass(frozen=True)
class Repetition:
    """The calls of `names`, one after the other, came `times` times running with the same results."""

    times: int = 0
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What came, and how often: a sentence without its full stop."""
        what = "The same call" if len(self.names) == 1 else f"A cycle of {_COUNTS[len(self.names)]} calls"
        return f"{what} came {self.times} times in a row with the same result ({', '.join(self.names)})"


_COUNTS = {2: "two", 3: "three", 4: "four"}


def deed(name: str, arguments: str, answer: str, files: Hashable, idle: bool = False) -> Deed:
    """`files` stands for what the copy's files hold."""
    return Deed(name, hash((name, _meaning(arguments), _INCIDENTAL.sub("…", answer), files)), idle)


def repetition(deeds: Sequence[Deed]) -> Repetition:
    """What the last of `deeds` repeat: the shortest cycle that came most often.

    Plans that were set as they stood may lie between.
    """
    found = Repetition()
    for seen in (deeds, [one for one in deeds if not one.idle]):
        for period in range(1, min(LONGEST_CYCLE, len(seen)) + 1):
            last = list(seen[-period:])
            times = 1
            while list(seen[-period * (times + 1) : -period * times]) == last:
                times += 1
            if times > found.times:
                found = Repetition(times, tuple(one.name for one in last))
    return found


def _meaning(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments or "{}"), sort_keys=True)
    except (ValueError, RecursionError):
        return " ".join(arguments.split())
