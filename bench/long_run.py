"""Long runs: how large prompts get, which part of each a provider's cache can have, memory and time.

python bench/long_run.py [--turns 300 600]

A scripted model reads its way through a repository of generated files, 8 kB a turn, plans now and then
and never finishes: everything else is a real run. Ends in one line of JSON.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
import tracemalloc
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from genie_engineer.agent.context import prompt_tokens
from genie_engineer.agent.solve import begin, work
from genie_engineer.config import IndexSettings, Limits, Settings
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
"""In one observation: about 8 kB."""

FILES = 60
BUDGET = 60_000


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
        yield CallMade(_call(number))
        yield Done(Usage(self.prompts[-1], 40))


def write_sources(folder: Path) -> None:
    """Python files in five pieces, no two lines alike."""
    folder.mkdir(parents=True)
    for number in range(FILES):
        lines = (
            f"    value_{line} = compute_{number}({line}, 'text {line}')\n" for line in range(5 * LINES - 1)
        )
        (folder / f"part_{number}.py").write_text(f"def part_{number}():\n" + "".join(lines))


async def read_on(repository: Path, turns: int) -> Reader:
    """A run of `turns` turns in a repository with `write_sources` in src/."""
    limits = Limits(turns=turns, tokens=10**12, seconds=36_000, context_tokens=BUDGET)
    settings = Settings(limits=limits, index=IndexSettings(vectors="off"))
    reader = Reader()
    with closing(begin("Read the parts.", repository, settings, reader.name)) as run:
        await work(run, reader, settings, headless=True)
    return reader


def _call(number: int) -> ToolCall:
    if number % 25 == 24:
        steps = [{"text": f"Read part {one}", "state": "done"} for one in range(number // 25 + 1)]
        return ToolCall(f"c{number}", "set_plan", json.dumps({"steps": steps}))
    start = number // FILES * LINES % (5 * LINES) + 1
    arguments = {"path": f"src/part_{number % FILES}.py", "start": start, "end": start + LINES - 1}
    return ToolCall(f"c{number}", "open_file", json.dumps(arguments))


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    ends = range(1, min(len(one), len(other)) + 1)
    return bisect_left(ends, True, key=lambda end: one[:end] != other[:end])


def _measured(repository: Path, turns: int) -> dict[str, float]:
    before = time.process_time()
    reader = asyncio.run(read_on(repository, turns))
    cpu = time.process_time() - before
    tracemalloc.start()
    traced = asyncio.run(read_on(repository, turns))
    held = traced.held[-1] - traced.held[0]
    tracemalloc.stop()
    return {
        "turns": turns,
        "observations_mb": round(reader.seen / 1e6, 2),
        "largest_prompt": max(reader.prompts),
        "mean_prompt": round(mean(reader.prompts)),
        "same_beginning": round(mean(reader.shares), 3),
        "masked_anew": sum(share < 0.5 for share in reader.shares),
        "held_mb": round(held / 1e6, 1),
        "cpu_seconds": round(cpu, 1),
    }


def main() -> None:
    """The command line; see the module's docstring."""
    options = argparse.ArgumentParser(description="Long runs.")
    options.add_argument("--turns", type=int, nargs="+", default=[300, 600])
    rows = []
    with tempfile.TemporaryDirectory() as place:
        os.environ["GENIE_HOME"] = str(Path(place, "home"))
        repository = Path(place, "repository")
        write_sources(repository / "src")
        subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
        for turns in options.parse_args().turns:
            rows.append(_measured(repository, turns))
            print(", ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
    print(json.dumps({"runs": rows}))


if __name__ == "__main__":
    main()
