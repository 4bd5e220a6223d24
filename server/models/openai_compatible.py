"""Any server that speaks OpenAI's chat completions: OpenAI, gateways, vLLM, llama.cpp, Ollama, LM Studio.

Chunks are read as plain JSON rather than as the package's types, because servers differ in what they leave
out. The package's own retries are off: it gives up once a stream has begun, and tells nobody.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime

import openai

from ..config import ModelSettings, ToolCalls
from ..errors import ModelError, ModelRefused
from .assembly import Answer
from .chat_format import messages_json, tools_json
from .contract import CallMade, Chunk, Json, Message, TextDelta, ToolSpec
from .endpoint import Endpoint, endpoint
from .failures import Failure, from_cut, from_line, from_nonsense, from_status
from .retry import PATIENCE_SECONDS, backoff, retry_after
from .text_calls import as_text, call_schema
from .usage import estimated_usage

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
LIST_SECONDS = 10.0
NO_KEY = "none"


class OpenAICompatible:
    """A `contract.Model`. `sleep` and `chance` (0..1, for jitter) can be replaced in tests.

    `logprobs` asks for the tokens' log probabilities. Where a server turns out not to take tools, they are
    described in words from then on.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        logprobs: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._at = endpoint(settings)
        self._tool_calls: ToolCalls = settings.tool_calls
        self._reports_usage = True
        self._logprobs = logprobs
        self._sleep = sleep
        self._chance = chance

    @property
    def name(self) -> str:
        """How the user chose it."""
        return self._at.name

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        """Answers; asks again after a failure as long as nothing of an answer has been passed on.

        Raises ModelRefused, ModelBusy, ContextOverflow, ModelError.
        """
        shows_text = not (tools and self._tool_calls == "schema")
        attempts = 0
        async with _client(self._at, self._settings.timeout_seconds) as client:
            while True:
                answer, failure = Answer(), None
                try:
                    async with await self._ask(client, messages, tools) as events:
                        _expect_events(events)
                        async for event in events:
                            text = answer.feed(event)
                            if text and shows_text:
                                yield TextDelta(text)
                except (openai.APIError, ValueError) as error:
                    failure = _failure(self._at, error)
                if answer.finish:
                    break
                failure = failure or from_cut(self._at, len(answer.text))
                if answer.text and shows_text:
                    raise _cut(self._at, answer, failure)
                if not self._does_without(failure):
                    await self._pause(failure, attempts)
                    attempts += 1
        for chunk in self._ending(answer, messages, tools):
            yield chunk

    async def _ask(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> openai.AsyncStream[object]:
        return await client.post(
            "/chat/completions",
            cast_to=object,
            body=self._body(messages, tools),
            options={"follow_redirects": False},
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    def _body(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> dict[str, Json]:
        native = self._tool_calls == "native"
        body: dict[str, Json] = {
            "model": self._at.model,
            "messages": messages_json(messages if native else as_text(messages, tools)),
            "stream": True,
        }
        if self._reports_usage:
            body["stream_options"] = {"include_usage": True}
        if self._settings.temperature is not None:
            body["temperature"] = self._settings.temperature
        if self._logprobs:
            body["logprobs"] = True
        if tools and native:
            body["tools"] = tools_json(tools)
        if tools and self._tool_calls == "schema":
            schema = {"name": "call", "strict": True, "schema": call_schema(tools)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _does_without(self, failure: Failure) -> bool:
        """Whether to ask again at once, without what the server lacks."""
        if failure.lacks == "tools" and self._tool_calls == "native":
            log.info("%s takes no tools: they are described in words", self._at.model)
            self._tool_calls = "text"
            return True
        if failure.lacks == "usage" and self._reports_usage:
            self._reports_usage = False
            return True
        return False

    async def _pause(self, failure: Failure, attempts: int) -> None:
        """Waits before the next attempt, or raises the failure where there is none."""
        if failure.wait is not None and failure.wait > PATIENCE_SECONDS:
            raise type(failure.error)(f"{failure.error} It asks to come back in {failure.wait:.0f} seconds.")
        if attempts >= min(failure.retries, self._settings.retries):
            raise (
                type(failure.error)(f"{failure.error} Asked {attempts + 1} times.")
                if attempts
                else failure.error
            )
        seconds = max(failure.wait or 0.0, backoff(attempts, self._chance()))
        log.info("asking again in %.1f s: %s", seconds, failure.error)
        await self._sleep(seconds)

    def _ending(
        self, answer: Answer, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> Iterator[Chunk]:
        calls = answer.calls(tools)
        if answer.finish == "content_filter" or (answer.refusal and not answer.text and not calls):
            raise ModelRefused(
                f"{self._at.model} declined to answer. {answer.refusal or 'Its content filter did.'}"
            )
        if answer.text and not calls and tools and self._tool_calls == "schema":
            yield TextDelta(answer.text)
        yield from (CallMade(call) for call in calls)
        if logprobs := answer.logprobs():
            yield logprobs
        yield answer.done(bool(calls), estimated_usage(messages, tools, answer.written()))


async def list_models(settings: ModelSettings) -> tuple[str, ...]:
    """The names that the endpoint of `settings` offers, sorted. Raises as `OpenAICompatible.stream` does."""
    at = endpoint(settings)
    async with _client(at, LIST_SECONDS) as client:
        try:
            listed = await client.get("/models", cast_to=object, options={"follow_redirects": False})
            failure = None
        except (openai.APIError, ValueError) as error:
            failure = _failure(at, error)
    if failure is None and isinstance(listed, dict) and isinstance(listed.get("data"), list):
        return tuple(sorted(str(entry["id"]) for entry in listed["data"] if "id" in entry))
    raise (failure or from_nonsense(at, "no list of models")).error


def _client(at: Endpoint, seconds: float) -> openai.AsyncOpenAI:
    """One client for each answer: nothing stays open between turns, and a changed key is seen."""
    return openai.AsyncOpenAI(
        api_key=at.key() or NO_KEY,
        base_url=at.base_url,
        timeout=openai.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        max_retries=0,
    )


def _expect_events(events: openai.AsyncStream[object]) -> None:
    kind = events.response.headers.get("content-type", "")
    if kind.startswith(("text/html", "application/json")):
        raise ValueError(f"content of the type {kind}")


def _cut(at: Endpoint, answer: Answer, failure: Failure) -> ModelError:
    """The failure of an answer that had begun: what may pass is told as a cut."""
    return from_cut(at, len(answer.text), str(failure.error)).error if failure.retries else failure.error


def _failure(at: Endpoint, error: openai.APIError | ValueError) -> Failure:
    if isinstance(error, openai.APIStatusError):
        wait = retry_after(error.response.headers, datetime.now(UTC))
        return from_status(at, error.status_code, error.body, at.key(), wait)
    if isinstance(error, openai.APIConnectionError):
        return from_line(at, error.__cause__, isinstance(error, openai.APITimeoutError))
    if isinstance(error, openai.APIError):
        return from_status(at, _status_within(error), error.body, at.key())
    return from_nonsense(at, str(error))


def _status_within(error: openai.APIError) -> int:
    """The status that an error inside a stream names, or 500."""
    code = error.code or ""
    return int(code) if code.isdigit() and 400 <= int(code) < 600 else 500
