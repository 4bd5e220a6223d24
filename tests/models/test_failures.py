from typing import Any

import pytest

from genie_engineer.errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
from genie_engineer.models.endpoint import Endpoint
from genie_engineer.models.failures import Kind, excerpt, from_cut, from_line, from_status, kind_of

AT = Endpoint("gpt-5", "gpt-5", "https://host.example/v1", "GATEWAY_KEY")

SAID: list[tuple[int, str, Kind]] = [
    # What servers really say when the conversation is too long.
    (400, "context_length_exceeded", "overflow"),
    (
        400,
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
        "overflow",
    ),
    (400, "Your input exceeds the context window of this model.", "overflow"),
    (400, "Input length (265330) exceeds model's maximum context length (262144).", "overflow"),
    (400, "The decoder prompt (length 5000) is longer than the maximum model length of 4096.", "overflow"),
    (
        400,
        "exceed_context_size_error request (12030 tokens) exceeds the available context size (4096)",
        "overflow",
    ),
    (400, "prompt too long; exceeded max context length by 812 tokens", "overflow"),
    (500, "the input length exceeds the context length", "overflow"),
    (
        400,
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with "
        "context length of only 4096 tokens",
        "overflow",
    ),
    (400, "prompt is too long: 210000 tokens > 200000 maximum", "overflow"),
    (
        400,
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "overflow",
    ),
    (400, "Please reduce the length of the messages or completion.", "overflow"),
    (422, "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens", "overflow"),
    (413, "", "overflow"),
    (429, "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 52000.", "overflow"),
    (
        503,
        "litellm.ServiceUnavailableError: exceeds the model's maximum context length of 131072",
        "overflow",
    ),
    # And what only looks like it.
    (429, "Too many tokens, please wait before trying again.", "busy"),
    (429, "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000", "busy"),
    (400, "max_tokens is too large", "other"),
    # Money.
    (429, "insufficient_quota You exceeded your current quota", "unpaid"),
    (402, "Insufficient Balance", "unpaid"),
    (402, "", "unpaid"),
    (400, "Your credit balance is too low to access the API.", "unpaid"),
    # Filters.
    (400, "content_filter The response was filtered", "filtered"),
    (400, "triggering Azure OpenAI's content management policy", "filtered"),
    # Keys and names.
    (401, "Incorrect API key provided", "key"),
    (403, "", "key"),
    (404, "The model `gpt-6` does not exist or you do not have access to it.", "unknown"),
    (404, 'model "qwen3" not found, try pulling it first', "unknown"),
    (400, "foo/bar is not a valid model ID", "unknown"),
    (404, "404 page not found", "unknown"),
    # Servers without tools.
    (400, "registry.ollama.ai/library/gemma:2b does not support tools", "lack"),
    (500, "tools param requires --jinja flag", "lack"),
    (
        400,
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "lack",
    ),
    (404, "No endpoints found that support tool use.", "lack"),
    (422, "extra fields not permitted: stream_options", "lack"),
    # The rest.
    (500, "", "busy"),
    (503, "Loading model", "busy"),
    (529, "overloaded_error", "busy"),
    (408, "", "busy"),
    (409, "", "busy"),
    (400, "temperature does not support 0.5 with this model", "lack"),
    (307, "", "other"),
]


@pytest.mark.parametrize(("status", "words", "kind"), SAID)
def test_kind(status: int, words: str, kind: Kind) -> None:
    assert kind_of(status, words.lower()) == kind


@pytest.mark.parametrize(
    ("status", "body", "error", "retried"),
    [
        (400, {"code": "context_length_exceeded", "message": "Too long."}, ContextOverflow, False),
        (401, {"message": "Bad key."}, ModelRefused, False),
        (429, {"code": "insufficient_quota", "message": "Pay."}, ModelRefused, False),
        (429, {"message": "Slow down."}, ModelBusy, True),
        (500, None, ModelBusy, True),
        (400, {"message": "No."}, ModelError, False),
    ],
)
def test_exception_and_retry(status: int, body: Any, error: type[ModelError], retried: bool) -> None:
    failure = from_status(AT, status, body)
    assert type(failure.error) is error
    assert bool(failure.retries) == retried


def test_a_wrong_key_is_told_with_the_variable_to_change() -> None:
    assert "GATEWAY_KEY: replace" in str(from_status(AT, 401, None, "sk-secret").error)


def test_a_missing_key_is_told_with_the_variable_to_set() -> None:
    assert "environment variable GATEWAY_KEY" in str(from_status(AT, 401, None).error)


def test_a_forbidden_model_is_told_from_a_wrong_key() -> None:
    assert "may not use gpt-5" in str(from_status(AT, 403, None, "sk-secret").error)


def test_an_unknown_model_is_told_with_its_name_and_address() -> None:
    text = str(from_status(AT, 404, {"message": "Nothing here."}).error)
    assert '"gpt-5"' in text
    assert "https://host.example/v1" in text
    assert "Nothing here." in text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (None, ""),
        ("", ""),
        ("plain", "plain"),
        ("<html><body>Bad gateway</body></html>", ""),
        ({"message": "two\n  lines"}, "two lines"),
        ({"error": "as text"}, "as text"),
        ({"error": {"message": "nested"}}, "nested"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body"], "msg": "required"}]}, '[{"loc": ["body"], "msg": "required"}]'),
        ({"message": None, "detail": None}, ""),
        (["what"], ""),
        ({"message": "x" * 301}, "x" * 300 + "…"),
        ({"message": "Incorrect API key provided: sk-secret."}, "Incorrect API key provided: ***."),
    ],
)
def test_the_servers_words_are_shown_short_and_without_the_key(body: Any, shown: str) -> None:
    assert excerpt(body, "sk-secret") == shown


def test_a_key_is_struck_out_even_where_the_excerpt_ends() -> None:
    assert "sk-sec" not in excerpt({"message": "x" * 295 + "sk-secret"}, "sk-secret")


def test_a_time_out_is_tried_once_more_only() -> None:
    failure = from_line(AT, None, timed_out=True)
    assert failure.retries == 1
    assert "timeout_seconds" in str(failure.error)


def test_a_broken_line_and_a_cut_name_the_host() -> None:
    refused = str(from_line(AT, OSError("refused"), timed_out=False).error)
    assert refused == "The connection to host.example failed (refused). Is the server running?"
    cut = str(from_cut(AT, 12).error)
    assert cut == "The answer of gpt-5 was cut off after 12 characters by host.example."
