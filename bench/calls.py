"""How a model at an endpoint answers when tools are offered natively, under a JSON Schema, or in words.

    python bench/calls.py --model NAME --base-url URL [--temperature T]

Twenty small tasks, each asking for one call of one of three tools, are put to it in each way through
Genie's own client. A call is valid when it is the tool asked for, with JSON arguments of the schema's names
and types. Prints a table, and one line of JSON.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass

from genie_engineer.config import ModelSettings, ToolCalls
from genie_engineer.errors import ModelError
from genie_engineer.models.contract import CallMade, Done, Message
from genie_engineer.models.openai_compatible import OpenAICompatible
from genie_engineer.models.probe import SYSTEM, TOOLS, is_valid

TASKS = (
    ("Show me src/app.py from line 40 on.", "open_file"),
    ("Open README.md at the top.", "open_file"),
    ("I want to read tests/test_date.py, starting at line 120.", "open_file"),
    ("What does setup.cfg say? Begin with its first line.", "open_file"),
    ("Look at line 77 of lib/parser/tokens.py and what follows.", "open_file"),
    ("Please print the file main.go from line 5.", "open_file"),
    ("The error is in server.js, line 310. Show that place.", "open_file"),
    ("Read docs/index.rst beginning with line 1.", "open_file"),
    ("Where in the code is the word TODO? Search for it.", "search_text"),
    ("Find every call of parse_date.", "search_text"),
    ("Which lines contain `raise ValueError`?", "search_text"),
    ("Search for the regular expression ^import os$.", "search_text"),
    ('Where is the text "connection refused" produced?', "search_text"),
    ("Grep for max_retries.", "search_text"),
    (r"Find numbers of at least four digits (\d{4,}).", "search_text"),
    ("Look for the class HTTPClient.", "search_text"),
    ("All is done: the sign in add() was wrong and is mended. End the work.", "finish"),
    ("Nothing is left to do. Finish, and say that the tests pass.", "finish"),
    ("Stop here, with the summary that the bug could not be reproduced.", "finish"),
    ('Finish with a summary of one line that says: "renamed foo to bar".', "finish"),
)


@dataclass(frozen=True)
class Tally:
    """Of `asked` answers: `called` held a call, `valid` exactly a valid one. `tokens` were written."""

    asked: int = 0
    called: int = 0
    valid: int = 0
    tokens: int = 0


async def tally(settings: ModelSettings) -> Tally:
    """Puts all tasks to the model in the way that the settings name."""
    model = OpenAICompatible(settings)
    called = valid = tokens = 0
    for text, name in TASKS:
        try:
            chunks = [chunk async for chunk in model.stream((SYSTEM, Message("user", text)), TOOLS)]
        except ModelError as error:
            sys.stderr.write(f"{settings.tool_calls}: {text}: {error}\n")
            continue
        calls = [chunk.call for chunk in chunks if isinstance(chunk, CallMade)]
        called += bool(calls)
        valid += bool(calls) and all(is_valid(call, name) for call in calls)
        tokens += sum(chunk.usage.completion for chunk in chunks if isinstance(chunk, Done))
    return Tally(len(TASKS), called, valid, tokens)


def main() -> None:
    """The command line; see the module's docstring."""
    options = argparse.ArgumentParser(description="Valid calls by the way in which tools are offered.")
    options.add_argument("--model", required=True)
    options.add_argument("--base-url", required=True)
    options.add_argument("--temperature", type=float)
    chosen = options.parse_args()
    found: dict[str, Tally] = {}
    ways: tuple[ToolCalls, ...] = ("native", "schema", "text")
    for way in ways:
        settings = ModelSettings(
            chosen.model,
            chosen.base_url,
            temperature=chosen.temperature,
            tool_calls=way,
            api="chat",
            answer_tokens=200,
            timeout_seconds=600,
        )
        found[way] = asyncio.run(tally(settings))
        one = found[way]
        sys.stdout.write(
            f"{way:<8} {one.called} called, {one.valid} of {one.asked} valid, {one.tokens} tokens\n"
        )
        sys.stdout.flush()
    sys.stdout.write(json.dumps({way: one.valid / one.asked for way, one in found.items()}) + "\n")


if __name__ == "__main__":
    main()
