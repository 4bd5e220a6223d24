"""Any server that speaks OpenAI's APIs: OpenAI itself, gateways, vLLM, llama.cpp, Ollama, LM Studio."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from ..config import ModelSettings
from ..errors import ModelError, ModelRefused
from .assembly import Answer
from .contract import CallMade, Chunk, Json, Message, TextDelta, Thoughts, ToolSpec
from .endpoint import Endpoint, endpoint
from .facts import known
from .failures import Failure, from_cut, from_nonsense
from .loose import a_dict, a_list
from .manner import Manner, body, manner_of, without
from .retry import PATIENCE_SECONDS, backoff
from .usage import estimated_usage
from .wire import BROKEN, client, events, failure_of, got, told_within

log = logging.getLogger(__name__)

LIST_SECONDS = 10.0


class OpenAICompatible:
    """A `contract.Model`. `sleep` and `chance` (0..1, for jitter) can be replaced in tests.

    `logprobs` asks for the tokens' log probabilities. How it is asked follows from the settings and from
    what is remembered of it; what its server turns out to lack is left out from then on.
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
        self._manner: Manner | None = None
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
        manner = self._manner or replace(manner_of(self._settings, known(self._at)), logprobs=self._logprobs)
        attempts = 0
        async with client(self._at, self._settings.timeout_seconds) as line:
            while True:
                shows_text = not (tools and manner.tool_calls == "schema")
                answer, failure = manner.answer(), None
                request = body(self._at, manner, messages, tools)
                try:
                    async with aclosing(events(line, manner.path, request)) as stream:
                        async for event in stream:
                            text = answer.feed(event)
                            if text and shows_text:
                                yield TextDelta(text)
                except BROKEN as error:
                    failure = failure_of(self._at, error)
                failure = judged(self._at, answer, failure)
                if failure is None:
                    break
                if answer.text and shows_text:
                    raise _cut(self._at, answer, failure)
                lesser = without(manner, failure.lacks)
                if lesser is None:
                    await self._pause(failure, attempts)
                attempts += lesser is None
                manner = lesser or manner
        self._manner = manner
        for chunk in self._ending(manner, answer, messages, tools):
            yield chunk

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
        self, manner: Manner, answer: Answer, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> Iterator[Chunk]:
        calls = answer.calls(tools)
        if answer.finish == "content_filter" or (answer.refusal and not answer.text and not calls):
            raise ModelRefused(
                f"{self._at.model} declined to answer. {answer.refusal or 'Its content filter did.'}"
            )
        if answer.text and not calls and tools and manner.tool_calls == "schema":
            yield TextDelta(answer.text)
        yield from (CallMade(call) for call in calls)
        if logprobs := answer.logprobs():
            yield logprobs
        if (thoughts := answer.thoughts()) and manner.thoughts:
            yield Thoughts(manner.reader(self._at), thoughts)
        yield answer.done(bool(calls), estimated_usage(messages, tools, answer.written()))


async def list_models(settings: ModelSettings) -> tuple[str, ...]:
    """The names that the endpoint of `settings` offers, sorted. Raises as `OpenAICompatible.stream` does."""
    return tuple(sorted(str(entry["id"]) for entry in await model_entries(endpoint(settings))))


async def model_entries(at: Endpoint, seconds: float = LIST_SECONDS) -> list[dict[str, Json]]:
    """What the endpoint tells of each of its models; each has an id. Raises as `list_models` does."""
    try:
        async with client(at, seconds) as line:
            listed = a_dict(await got(line, "/models"))
        failure = None
    except BROKEN as error:
        failure = failure_of(at, error)
    if failure is None and isinstance(listed.get("data"), list):
        return [entry for entry in map(a_dict, a_list(listed["data"])) if "id" in entry]
    raise (failure or from_nonsense(at, "no list of models")).error


def judged(at: Endpoint, answer: Answer, broken: Failure | None) -> Failure | None:
    """What is wrong with an answer whose stream has ended; None when it is whole."""
    if answer.error:
        return told_within(at, answer.error, str(a_dict(answer.error).get("code")))
    return None if answer.finish else broken or from_cut(at, len(answer.text))


def _cut(at: Endpoint, answer: Answer, failure: Failure) -> ModelError:
    """The failure of an answer that had begun: what may pass is told as a cut."""
    return from_cut(at, len(answer.text), str(failure.error)).error if failure.retries else failure.error
