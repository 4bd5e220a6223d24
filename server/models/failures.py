"""What went wrong at a server, in our exception tree: from its status, its words and the state of the line.

Servers agree on little but the status, so the words count too; each pattern below names who says it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
from .contract import Json
from .endpoint import Endpoint

ALWAYS = 1_000_000
EXCERPT = 300

Kind = Literal["overflow", "unpaid", "filtered", "lack", "unknown", "key", "busy", "other"]
Lack = Literal["", "tools", "usage", "temperature", "bound", "thoughts", "schema", "chat"]
"""Something that a server turns out not to take, and that we can do without."""

_OVERFLOW = re.compile(
    r"context_length_exceeded"  # OpenAI, Groq, OpenRouter
    r"|maximum (context|model|prompt) length"  # OpenAI, vLLM, Mistral, DeepSeek, xAI, LiteLLM
    r"|exceed_context_size|available context size"  # llama.cpp
    r"|exceed\w* (the |max |maximum |model's )*context"  # OpenAI's "context window", Ollama, Together
    r"|(greater|longer|larger) than the (model's )?(maximum )?context"  # LM Studio
    r"|context (length|window) (exceed|overflow)"  # gateways
    r"|context the overflows"  # LM Studio, verbatim
    r"|(prompt|input) (is )?too long"  # Anthropic, Bedrock, Ollama
    r"|input token count.*exceeds|input tokens exceed"  # Gemini, OpenAI
    r"|reduce the length of the (messages|input|prompt)"  # Groq, vLLM
    r"|must be <= \d+.*tokens|max_new_tokens.*must be <="  # Text Generation Inference
    r"|request too large"  # OpenAI and Groq: more tokens than a whole minute's allowance
)
_UNPAID = re.compile(
    r"insufficient_quota|billing_|insufficient (balance|credit|funds)|credit balance is too low"
)
_FILTERED = re.compile(r"content_filter|content[ _]policy|content management policy|responsibleaipolicy")
_LACKS: list[tuple[Lack, re.Pattern[str]]] = [
    (
        "tools",
        re.compile(
            r"does not support (tools|function|tool)"  # Ollama, OpenRouter
            r"|requires? --jinja|tools param"  # llama.cpp
            r"|enable-auto-tool-choice|tool-call-parser"  # vLLM
            r"|no endpoints found that support tool"  # OpenRouter
        ),
    ),
    (
        "chat",
        re.compile(r"not a chat model|(only|not) (supported )?in (the )?/?v1/(responses|chat)"),  # OpenAI
    ),
]
_LACKS_OF_FIELDS: list[tuple[Lack, re.Pattern[str]]] = [
    ("usage", re.compile(r"stream_options")),
    ("temperature", re.compile(r"temperature")),
    ("bound", re.compile(r"max_completion_tokens")),
    ("schema", re.compile(r"response_format|json_schema|text\.format")),
    ("thoughts", re.compile(r"reasoning|encrypted_content")),
]
_UNKNOWN = re.compile(
    r"model_not_found|not a valid model|invalid model|unknown model|model.{0,80}(not found|does not exist)"
)
_AGAIN = {408, 409, 425, 429}
_BY_STATUS: dict[int, Kind] = {401: "key", 402: "unpaid", 403: "key", 404: "unknown", 413: "overflow"}


@dataclass(frozen=True)
class Failure:
    """`error` is to be raised after `retries` more tries at most, `wait` seconds apart if the server says so.

    `lacks` names something that the server can't do and that we can do without.
    """

    error: ModelError
    retries: int = 0
    wait: float | None = None
    lacks: Lack = ""


def from_status(
    at: Endpoint, status: int, body: Json, secret: str = "", wait: float | None = None
) -> Failure:
    """A failure that the server told of. `secret` is struck out of its words."""
    said = excerpt(body, secret)
    words = " ".join([*_identifiers(body), said]).lower()
    kind = kind_of(status, words)
    told = f"{at.host} says ({status}): {said}" if said else f"{at.host} answered with status {status}."
    if kind == "overflow":
        return Failure(ContextOverflow(f"The conversation is longer than {at.model} takes. {told}"))
    if kind == "lack":
        return Failure(
            ModelError(f"{at.model} can't take this request. {told}"), lacks=lack_of(status, words)
        )
    if kind == "busy":
        return Failure(ModelBusy(f"{at.model} is busy or out of order. {told}"), ALWAYS, wait)
    if kind == "other":
        return Failure(ModelError(f"{at.model} can't take this request. {told}"))
    return Failure(ModelRefused(f"{_refusal(at, kind, status, bool(secret))} {told}"))


def kind_of(status: int, words: str) -> Kind:
    """What a failure is about. `words` are the server's code, type and message, in lower case."""
    patterns: list[tuple[re.Pattern[str], Kind]] = [
        (_UNPAID, "unpaid"),
        (_OVERFLOW, "overflow"),
        (_FILTERED, "filtered"),
    ]
    for pattern, kind in patterns:
        if pattern.search(words):
            return kind
    if lack_of(status, words):
        return "lack"
    if _UNKNOWN.search(words):
        return "unknown"
    if status in _AGAIN or status >= 500:
        return "busy"
    return _BY_STATUS.get(status, "other")


def lack_of(status: int, words: str) -> Lack:
    """What the server says that it doesn't take; "" when it's nothing of that kind."""
    named = _LACKS + (_LACKS_OF_FIELDS if status in (400, 422) else [])
    return next((lack for lack, pattern in named if pattern.search(words)), "")


def from_line(at: Endpoint, cause: BaseException | None, timed_out: bool) -> Failure:
    """A failure of the connection, before the answer was complete. A time-out is tried once more only."""
    if timed_out:
        return Failure(
            ModelBusy(
                f"{at.host} did not answer in time. If {at.model} is only slow, raise model.timeout_seconds."
            ),
            retries=1,
        )
    why = f" ({cause})" if cause and str(cause) else ""
    return Failure(ModelBusy(f"The connection to {at.host} failed{why}. Is the server running?"), ALWAYS)


def from_cut(at: Endpoint, characters: int, why: str = "") -> Failure:
    """The stream ended before the answer did."""
    text = f"The answer of {at.model} was cut off after {characters} characters by {at.host}. {why}"
    return Failure(ModelBusy(text.rstrip()), ALWAYS)


def from_nonsense(at: Endpoint, problem: str) -> Failure:
    """The server sent something that isn't a stream of chat completion chunks."""
    return Failure(
        ModelError(
            f"{at.host} sent something else than a chat completion: {problem}. Is the base URL right? "
            "It usually ends in /v1."
        )
    )


def excerpt(body: Json, secret: str = "") -> str:
    """The server's message: one line of 300 characters at most, without markup, `secret` struck out."""
    found = next(_messages(body), "")
    text = " ".join(found.split())
    if text.startswith("<"):
        return ""
    if secret:
        text = text.replace(secret, "***")
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def _messages(body: Json) -> Iterator[str]:
    if isinstance(body, str):
        return iter([body])
    if not isinstance(body, dict):
        return iter(())
    values = (body.get(key) for key in ("message", "error", "detail", "error_description"))
    nested = (v if isinstance(v, str) else v.get("message") if isinstance(v, dict) else v for v in values)
    return (v if isinstance(v, str) else json.dumps(v) for v in nested if v)


def _identifiers(body: Json) -> list[str]:
    return [str(body.get(key) or "") for key in ("code", "type")] if isinstance(body, dict) else []


def _refusal(at: Endpoint, kind: Kind, status: int, has_key: bool) -> str:
    if kind == "unpaid":
        return f"The account behind the key at {at.host} has no quota or credit left."
    if kind == "filtered":
        return f"The content filter of {at.host} stopped the request."
    if kind == "unknown":
        return f'There is no model "{at.model}" at {at.base_url_shown}: check model.name and model.base_url.'
    if not has_key:
        variable = at.key_env or "the variable that model.api_key_env names"
        return f"{at.host} wants a key: put it into the environment variable {variable}."
    if status == 403:
        return f"The key in {at.key_env} may not use {at.model}."
    return f"{at.host} does not accept the key in {at.key_env}: replace it."
