"""The model named "offline": the contract's face of the engine."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

from ..contract import CallMade, Chunk, Done, Message, TextDelta, ToolCall, ToolSpec
from .conversation import brief_of, observations
from .state import Budget
from .turns import decide


class Offline:
    """Answers without a network, a key or a language model: from tests, retrieval and templates of repairs.

    It has no state but its budget: each answer is a function of the conversation alone.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget or Budget()

    @property
    def name(self) -> str:
        """Always "offline"."""
        return "offline"

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        """One sentence and one call. Raises nothing; `tools` are expected to be the agent's."""
        brief, seen = brief_of(messages), observations(messages)
        move = await asyncio.to_thread(decide, brief, seen, self._budget)
        calls = sum(len(message.calls) for message in messages)
        yield TextDelta(move.text)
        arguments = json.dumps(move.arguments, ensure_ascii=False)
        yield CallMade(ToolCall(f"offline-{calls + 1}", move.tool, arguments))
        yield Done(reason="calls")
