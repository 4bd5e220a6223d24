"""From ranked repairs to patches that can be tried and told."""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from .repair.candidate import applied
from .repair.rank import distinct, repairs

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DOUBTFUL = {
    "deleted statement": 2.0,
    "early return": 1.0,
    "dropped condition": 0.6,
    "extended condition": 0.6,
    "unwrapped call": 1.0,
}
"""What it costs a repair that passes to be of a kind which often passes for the wrong reason."""


@dataclass(frozen=True)
class Proposal:
    """A candidate in its file. `patch` is a unified diff with few lines of context, the key of a trial."""

    path: str
    line: int
    template: str
    cost: float
    before: str
    after: str

    @property
    def patch(self) -> str:
        """The diff for a trial."""
        return diff(self.path, self.before, self.after, 1)


Target = tuple[str, str, tuple[tuple[int, float], ...]]
"""A file to repair: path, text and suspicious lines."""


@lru_cache(maxsize=4)
def proposals(targets: tuple[Target, ...], failures: frozenset[str], limit: int) -> tuple[Proposal, ...]:
    """The likeliest repairs over all targets, cheapest first."""
    found = []
    for path, text, lines in targets:
        for candidate in distinct(text, repairs(text, dict(lines), failures), limit):
            after = applied(text, candidate.edits)
            found.append(Proposal(path, candidate.line, candidate.template, candidate.cost, text, after))
    return tuple(sorted(found, key=lambda one: (one.cost, one.path, one.line))[:limit])


def doubt(proposal: Proposal) -> float:
    """How a repair that passes is ranked among others that pass: lower is better."""
    return proposal.cost + _DOUBTFUL.get(proposal.template, 0.0)


def diff(path: str, before: str, after: str, context: int) -> str:
    """A unified diff of one file; says where a final newline is missing."""
    old, new = _LINE.findall(before), _LINE.findall(after)
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)
    marked = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return "".join(marked)


def told(proposal: Proposal) -> str:
    """The repair in one line for a reader."""
    changed = [
        line for line in diff(proposal.path, proposal.before, proposal.after, 0).splitlines()[2:]
        if line[:1] in "+-"
    ]  # fmt: skip
    gone = " ".join(line[1:].strip() for line in changed if line.startswith("-"))
    new = " ".join(line[1:].strip() for line in changed if line.startswith("+"))
    place = f"{proposal.template} at {proposal.path}:{proposal.line}"
    return f"{place}: `{gone}` becomes `{new}`" if gone else f"{place}: adds `{new}`"
