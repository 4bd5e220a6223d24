"""A thousand runs with a model that does at random what models should not: each ends within its limits."""

import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from genie_engineer.agent.context import prompt_tokens
from genie_engineer.agent.events import Finished, ModelSpoke
from genie_engineer.agent.log import read
from genie_engineer.agent.solve import begin, work
from genie_engineer.agent.tools import TOOLS
from genie_engineer.config import IndexSettings, Limits, ModelSettings, Price, Settings
from genie_engineer.errors import AnswerCut, ContextOverflow, ModelBusy, ModelError, ModelRefused
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
from genie_engineer.models.counting import LEAST, by_bytes
from tests.conftest import PATCH

RUNS = 1000
LIMITS = Limits(turns=9, tokens=50_000, money=0.5, seconds=120.0, context_tokens=9_000)
NAME = "stub/model"
SETTINGS = Settings(
    model=ModelSettings(name=NAME),
    limits=LIMITS,
    index=IndexSettings(vectors="off"),
    prices={NAME: Price(10.0, 30.0, 1.0)},
    test_command="true",
)


class Misbehaving:
    """A `Model` that draws each answer anew. `largest` is what the largest of its answers took, in tokens."""

    def __init__(self, seed: int) -> None:
        self.name = NAME
        self.prompts: list[int] = []
        self.largest = 0
        self.dearest = 0.0
        self._random = random.Random(seed)
        self._habit = self._random.choice(HABITS)

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        self.prompts.append(prompt_tokens(messages, tools, by_bytes))
        draw = self._random
        if draw.random() < 0.03:
            raise draw.choice([ModelBusy, ModelRefused, ModelError, ContextOverflow, AnswerCut])("No.")
        yield TextDelta(draw.choice(["", "I think.", "é" * draw.randint(0, 60_000), "\x00\ud800 ```diff\n+"]))
        if draw.random() < 0.05:
            return
        habit = self._habit if draw.random() < 0.6 else draw.choice(HABITS)
        for call in habit(draw):
            yield CallMade(call)
        yield Done(self._usage(draw), draw.choice(["stop", "calls", "length"]))

    def _usage(self, draw: random.Random) -> Usage:
        prompt = draw.choice([0, self.prompts[-1], self.prompts[-1] * 2, 7, 50_000])
        usage = Usage(prompt, draw.choice([0, 30, 5_000]), draw.choice([0, 10, 10**9]))
        self.largest = max(self.largest, usage.prompt + usage.completion)
        return usage


def call(name: str, arguments: object, number: object = 0) -> ToolCall:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolCall(f"call-{number}", name, text)


def silent(draw: random.Random) -> list[ToolCall]:
    return []


def repeating(draw: random.Random) -> list[ToolCall]:
    return [call("open_file", {"path": "calc.py"})]


def circling(draw: random.Random) -> list[ToolCall]:
    return [call("open_file", {"path": "calc.py"}), call("set_plan", {"steps": []}), call("list_files", {})]


def garbled(draw: random.Random) -> list[ToolCall]:
    name = draw.choice([*TOOLS, "rm_rf", "", "open_file\n"])
    return [call(name, draw.choice(["{", "[]", "null", "", '{"path": 3}', '{"x": NaN}', "[" * 3000]))]


def crowding(draw: random.Random) -> list[ToolCall]:
    return [call("open_file", {"path": "big.py", "start": n}, n % 7) for n in range(draw.randint(2, 120))]


def planning(draw: random.Random) -> list[ToolCall]:
    steps = [{"text": f"Step {n} {draw.random()}", "state": "todo"} for n in range(draw.choice([3, 1000]))]
    return [call("set_plan", {"steps": steps})]


def patching(draw: random.Random) -> list[ToolCall]:
    patch = draw.choice([PATCH, PATCH.replace("a + b", "a * b"), "+" * 50_000, "--- a/x\n+++ /etc/passwd\n"])
    return [call("propose_patch", {"patch": patch})]


def finishing(draw: random.Random) -> list[ToolCall]:
    outcome = draw.choice(["solved", "unsolved", "perhaps"])
    finish = call("finish", {"outcome": outcome, "summary": "x" * draw.choice([1, 90_000])})
    return [finish, *draw.choice(HABITS[:4])(draw)]


def reading(draw: random.Random) -> list[ToolCall]:
    query = draw.choice(["add", "", "é" * 5000])
    return [
        call("search_text", {"pattern": draw.choice(["a", "(", ".*"])}),
        call("search_code", {"query": query}),
    ]


HABITS = (silent, repeating, circling, garbled, crowding, planning, patching, finishing, reading)


@pytest.fixture
def checkout(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    (repository / "big.py").write_text("".join(f"value_{n} = {n}  # {'x' * 60}\n" for n in range(400)))
    return repository


@pytest.mark.parametrize("part", range(4))
async def test_a_model_that_misbehaves_at_random_never_passes_a_limit(part: int, checkout: Path) -> None:
    ends = set()
    for seed in range(part, RUNS, 4):
        model = Misbehaving(seed)
        with closing(begin("add(2, 3) gives -1", checkout, SETTINGS, NAME)) as run:
            await work(run, model, SETTINGS, headless=True)
        end, state = run.state.finished, run.state
        assert end is not None, seed
        assert end.why.endswith((".", "?")), (seed, end)
        assert state.model_turns <= LIMITS.turns, seed
        assert state.tokens < LIMITS.tokens + model.largest, seed
        assert max(model.prompts) <= LIMITS.context_tokens / LEAST, seed
        spoken = [one.event for one in run.records if isinstance(one.event, ModelSpoke)]
        assert state.cost < LIMITS.money + max((one.cost or 0.0 for one in spoken), default=0.0), seed
        assert sum(one.usage.prompt + one.usage.completion for one in spoken) == state.tokens, seed
        assert len(run.state.open_calls) == 0 or end.outcome != "solved", seed
        assert state.silent <= LIMITS.repeats, seed
        assert not (state.warned and state.again.times > LIMITS.repeats and not end.limit), seed
        assert isinstance(read(run.folder / "events.jsonl")[0][-1].event, Finished), seed
        ends.add(end.limit or end.outcome)
    assert {"turns", "tokens", "money", "repeats", "failed", "unsolved"} <= ends
