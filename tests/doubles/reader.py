"""A model that reads its way through a repository, turn by turn, and measures each prompt that it gets."""

import json
import tracemalloc
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genie_engineer.agent.context import prompt_tokens
from genie_engineer.models.chat_format import messages_json
from genie_engineer.models.contract import (
    CallMade,
    Chunk,
    Done,
    Message,
    TextDelta,
    ToolCall,
    ToolSpec,
    Usage,
)
from genie_engineer.models.counting import by_bytes

LINES = 150
"""In one observation: about 7 kB."""


def write_sources(folder: Path, files: int = 60) -> None:
    """Python files of 35 kB, no two lines alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        lines = (
            f"    value_{line} = compute_{number}({line}, 'text {line}')\n" for line in range(5 * LINES - 1)
        )
        (folder / f"part_{number}.py").write_text(f"def part_{number}():\n" + "".join(lines))


@dataclass
class Reader:
    """A `Model` that opens one piece of a file after the other, plans now and then, and remembers figures.

    `prompts` are the sizes of the prompts in tokens, `shares` which part of each was the beginning of the one
    before, byte for byte; `seen` counts the bytes of all observations, `held` is the memory at each turn,
    where tracemalloc is on.
    """

    name: str = "scripted:reader"
    prompts: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    seen: int = 0
    _before: str = ""

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        text = json.dumps(messages_json(messages), ensure_ascii=False)
        if self._before:
            self.shares.append(_alike(text, self._before) / len(text))
        self._before = text
        self.prompts.append(prompt_tokens(messages, tools, by_bytes))
        self.seen += len(messages[-1].text.encode()) if messages[-1].role == "tool" else 0
        self.held.append(tracemalloc.get_traced_memory()[0])
        number = len(self.prompts) - 1
        yield TextDelta(f"I read piece {number}.")
        yield CallMade(self._call(number))
        yield Done(Usage(self.prompts[-1], 40, int(self.prompts[-1] * (self.shares or [0])[-1])))

    def _call(self, number: int) -> ToolCall:
        if number % 25 == 24:
            steps = [{"text": f"Read part {one}", "state": "done"} for one in range(number // 25 + 1)]
            return ToolCall(f"c{number}", "set_plan", json.dumps({"steps": steps}))
        start = number // 60 * LINES + 1
        arguments = {"path": f"src/part_{number % 60}.py", "start": start, "end": start + LINES - 1}
        return ToolCall(f"c{number}", "open_file", json.dumps(arguments))


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    ends = range(1, min(len(one), len(other)) + 1)
    return bisect_left(ends, True, key=lambda end: one[:end] != other[:end])
