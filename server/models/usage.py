"""Tokens where nobody counted them."""

from collections.abc import Sequence

from .contract import Message, ToolSpec, Usage

CHARACTERS_PER_TOKEN = 4


def estimated_usage(messages: Sequence[Message], tools: Sequence[ToolSpec], written: int) -> Usage:
    """A guess for providers that report none: four characters to a token. `written` is in characters."""
    asked = sum(len(m.text) + sum(len(c.name) + len(c.arguments) for c in m.calls) for m in messages)
    offered = sum(len(t.name) + len(t.description) + len(str(t.parameters)) for t in tools)
    return Usage(
        prompt=-(-(asked + offered) // CHARACTERS_PER_TOKEN),
        completion=-(-written // CHARACTERS_PER_TOKEN),
        estimated=True,
    )
