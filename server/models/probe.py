"""Finds out by a few tiny requests what a model at an endpoint can do.

Small tasks with three tools are put to it: by native calls first; where those don't come back whole, also
under a JSON Schema and in words. How most of its answers were valid calls is how it is asked from then on.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ..config import Api, ModelSettings, ToolCalls
from ..errors import ModelError
from .assembly import Answer
from .contract import Message, ToolCall, ToolSpec
from .endpoint import Endpoint, endpoint
from .facts import Facts
from .failures import Failure
from .loose import a_count, a_dict
from .manner import Manner, body, without
from .openai_compatible import judged, model_entries
from .usage import estimated_usage
from .wire import BROKEN, client, events, failure_of

ANSWER_TOKENS = 300
THINKING_TOKENS = 4_000
"""Bounds of an answer: the second one where the first was used up by thinking."""

ENOUGH = 2 / 3
"""The share of valid native calls from which on no other way is looked for."""

_CONTEXT = ("n_ctx", "max_model_len", "context_length", "context_window", "max_context_length")
"""Where servers tell a model's context: llama.cpp, vLLM, OpenRouter, Groq, Mistral and LM Studio."""


def tool(name: str, description: str, **types: str) -> ToolSpec:
    """A tool whose arguments have JSON types, all of them required."""
    properties = {argument: {"type": kind} for argument, kind in types.items()}
    schema = {"type": "object", "properties": properties, "required": list(types)}
    return ToolSpec(name, description, schema | {"additionalProperties": False})


TOOLS = (
    tool("open_file", "Shows a part of a file.", path="string", first_line="integer"),
    tool("search_text", "Finds lines that match a regular expression.", pattern="string"),
    tool("finish", "Ends the work.", summary="string"),
)
QUESTIONS = (
    ("Show me src/app.py from line 40 on.", "open_file"),
    ("Where in the code is the word TODO? Search for it.", "search_text"),
    ("Show me a.py from line 1 on and b.py from line 2 on: two calls in one answer.", "open_file"),
)
SYSTEM = Message("system", "You work on a repository by calling tools.")


class _Lacking(Exception):
    """The server doesn't take what was asked for."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.error))
        self.failure = failure


@dataclass
class _Findings:
    """What the answers so far have shown; `heard` is called with each piece of one."""

    heard: Callable[[], None]
    tallies: dict[ToolCalls, tuple[int, int]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    pieces: int = 0
    requests: int = 0
    tokens: int = 0
    answer_tokens: int = 0


async def probe(settings: ModelSettings, heard: Callable[[], None] = lambda: None) -> Facts:
    """What the model that `settings` names can do, whatever their `api` and `tool_calls` say.

    Calls `heard` with each piece of an answer. Raises ModelError where no answer is to be had, UsageError for
    an address that isn't one.
    """
    at, found = endpoint(settings), _Findings(heard)
    context = await _context(at)
    api = await _natively(settings, found)
    sealed = None if api == "responses" else await _response(settings, found)
    good = best(found.tallies) == "native"
    await _tally(settings, found, Manner(api, "schema"), QUESTIONS[:1] if good else QUESTIONS)
    if not good and found.tallies["schema"][0] < len(QUESTIONS):
        await _tally(settings, found, Manner(api, "text"), QUESTIONS)
    return Facts(
        endpoint=at.base_url_shown,
        model=at.model,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        tool_calls=best(found.tallies),
        **{way: found.tallies.get(way, (0, 0)) for way in ("native", "schema", "text")},
        parallel=any(len(answer.calls(TOOLS)) > 1 and answer.native_calls for answer in found.answers),
        streaming=found.pieces > len(found.answers),
        usage=all(answer.usage is not None for answer in found.answers),
        reasoning=any(answer.thought for answer in found.answers),
        chat=api == "chat",
        responses=api == "responses" or sealed is not None,
        keeps_thoughts=bool(sealed.thoughts()) if sealed else api == "responses",
        context_tokens=context,
        requests=found.requests,
        tokens=found.tokens,
        answer_tokens=found.answer_tokens,
    )


def best(tallies: dict[ToolCalls, tuple[int, int]]) -> ToolCalls:
    """Native calls where enough of them are valid, else the way with the most; a schema before words."""
    shares = {way: right / asked for way, (right, asked) in tallies.items() if asked}
    if shares["native"] >= ENOUGH:
        return "native"
    rest: tuple[ToolCalls, ...] = ("schema", "text", "native")
    return max(rest, key=lambda way: shares.get(way, 0.0))


def is_valid(call: ToolCall, name: str) -> bool:
    """Whether it calls `name` with JSON arguments that have the names and types of that tool's schema."""
    kinds = {"string": str, "integer": int}
    schema = next(one.parameters for one in TOOLS if one.name == name)["properties"]
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return False
    return (
        call.name == name
        and isinstance(arguments, dict)
        and arguments.keys() == schema.keys()
        and all(isinstance(arguments[key], kinds[schema[key]["type"]]) for key in schema)
    )


async def _context(at: Endpoint) -> int:
    """Tokens of context as the server's list of models tells, or 0."""
    try:
        entries = await model_entries(at)
    except ModelError:
        return 0
    entry = next((one for one in entries if one["id"] == at.model), {})
    places = (entry, a_dict(entry.get("meta")), a_dict(entry.get("top_provider")))
    return next((count for one in places for key in _CONTEXT if (count := a_count(one.get(key)))), 0)


async def _natively(settings: ModelSettings, found: _Findings) -> Api:
    """By chat completions, or by responses where the model is refused there."""
    try:
        await _tally(settings, found, Manner("chat", "native"), QUESTIONS)
    except _Lacking as lacking:
        if lacking.failure.lacks == "tools":
            found.tallies["native"] = (0, 1)
            return "chat"
        await _tally(settings, found, Manner("responses", "native"), QUESTIONS)
        return "responses"
    return "chat"


async def _response(settings: ModelSettings, found: _Findings) -> Answer | None:
    """An answer by /responses; None where it isn't offered, which servers say in many ways."""
    try:
        return await _answer(settings, found, Manner("responses", "native"), QUESTIONS[0][0])
    except (ModelError, _Lacking):
        return None


async def _tally(
    settings: ModelSettings, found: _Findings, manner: Manner, questions: Sequence[tuple[str, str]]
) -> None:
    """Counts valid calls in the answers to `questions`. What the server refuses counts as none."""
    right = 0
    for text, name in questions:
        try:
            answer = await _answer(settings, found, manner, text)
        except _Lacking:
            if manner.tool_calls == "native":
                raise
            break
        calls = answer.calls(TOOLS)
        native = answer.native_calls or manner.tool_calls != "native"
        right += native and bool(calls) and all(is_valid(call, name) for call in calls)
    found.tallies[manner.tool_calls] = (right, len(questions))


async def _answer(settings: ModelSettings, found: _Findings, manner: Manner, text: str) -> Answer:
    """One answer, asked for once more where thinking used up its room. Raises ModelError or _Lacking."""
    manner = replace(manner, temperature=settings.temperature, answer_tokens=ANSWER_TOKENS)
    answer = await _once(settings, found, manner, text)
    if answer.finish == "length" and answer.thought:
        answer = await _once(settings, found, replace(manner, answer_tokens=THINKING_TOKENS), text)
    return answer


async def _once(settings: ModelSettings, found: _Findings, manner: Manner, text: str) -> Answer:
    at, messages = endpoint(settings), (SYSTEM, Message("user", text))
    async with client(at, settings.timeout_seconds) as line:
        while True:
            answer, broken = manner.answer(), None
            found.requests += 1
            try:
                async with aclosing(events(line, manner.path, body(at, manner, messages, TOOLS))) as stream:
                    async for event in stream:
                        answer.feed(event)
                        found.pieces += 1
                        found.heard()
            except BROKEN as error:
                broken = failure_of(at, error)
            failure = judged(at, answer, broken)
            if failure is None:
                break
            if failure.lacks in ("tools", "schema", "chat"):
                raise _Lacking(failure)
            lesser = without(manner, failure.lacks)
            if lesser is None:
                raise failure.error
            manner = lesser
    used = answer.usage or estimated_usage(messages, TOOLS, answer.written())
    found.tokens += used.prompt + used.completion
    found.answer_tokens += used.completion
    found.answers.append(answer)
    return answer
