"""One exchange with a server: a request out, its events or its JSON back, every failure as one of ours.

Events are read as plain JSON rather than as the package's types, because servers differ in what they leave
out. The package's own retries are off: it gives up once a stream has begun, and tells nobody.
"""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import openai

from .contract import Json
from .endpoint import Endpoint
from .failures import Failure, from_line, from_nonsense, from_status
from .retry import retry_after

CONNECT_SECONDS = 10.0
NO_KEY = "none"

Broken = openai.APIError | ValueError
"""What an exchange raises; `failure_of` tells what it means."""
BROKEN = (openai.APIError, ValueError)


def client(at: Endpoint, seconds: float) -> openai.AsyncOpenAI:
    """One client for each answer: nothing stays open between turns, and a changed key is seen."""
    return openai.AsyncOpenAI(
        api_key=at.key() or NO_KEY,
        base_url=at.base_url,
        timeout=openai.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        max_retries=0,
    )


async def events(line: openai.AsyncOpenAI, path: str, body: Json) -> AsyncGenerator[Json, None]:
    """Posts `body` and yields the answer's events. Raises BROKEN."""
    stream: openai.AsyncStream[object] = await line.post(
        path,
        cast_to=object,
        body=body,
        options={"follow_redirects": False},
        stream=True,
        stream_cls=openai.AsyncStream[object],
    )
    async with stream:
        kind = stream.response.headers.get("content-type", "")
        if kind.startswith(("text/html", "application/json")):
            raise ValueError(f"content of the type {kind}")
        async for event in stream:
            yield event


async def got(line: openai.AsyncOpenAI, path: str) -> Json:
    """The JSON at `path`. Raises BROKEN."""
    return await line.get(path, cast_to=object, options={"follow_redirects": False})


def failure_of(at: Endpoint, error: Broken) -> Failure:
    """What it means that an exchange broke."""
    if isinstance(error, openai.APIStatusError):
        wait = retry_after(error.response.headers, datetime.now(UTC))
        return from_status(at, error.status_code, error.body, at.key(), wait)
    if isinstance(error, openai.APIConnectionError):
        return from_line(at, error.__cause__, isinstance(error, openai.APITimeoutError))
    if isinstance(error, openai.APIError):
        return told_within(at, error.body, error.code or "")
    return from_nonsense(at, str(error))


def told_within(at: Endpoint, error: Json, code: str) -> Failure:
    """A failure that the server tells of inside its stream; by its code it is ours, else the server's."""
    status = int(code) if code.isdigit() and 400 <= int(code) < 600 else 500
    return from_status(at, 400 if code.startswith("invalid") else status, error, at.key())
