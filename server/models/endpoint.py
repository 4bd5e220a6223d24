"""Where a model behind HTTP lives, and what its key is called."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..config import ModelSettings
from ..errors import ModelRefused, UsageError
from .keys import key_in

OPENAI = "https://api.openai.com/v1"
LOCAL = {
    "ollama": "http://127.0.0.1:11434/v1",
    "llamacpp": "http://127.0.0.1:8080/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
    "vllm": "http://127.0.0.1:8000/v1",
}
"""Shorthands: "ollama/qwen3" is the model "qwen3" at Ollama's usual address. They are sent no key."""


@dataclass(frozen=True)
class Endpoint:
    """`name` is the user's choice, `model` what the server calls it; an empty `key_env`: no key is sent."""

    name: str
    model: str
    base_url: str
    key_env: str

    @property
    def host(self) -> str:
        """Host and port, without any credentials that the address may carry; for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def base_url_shown(self) -> str:
        """The address without any credentials; for messages."""
        return urlsplit(self.base_url)._replace(netloc=self.host, query="").geturl()

    def key(self) -> str:
        """The key, or "". Raises ModelRefused if it is garbled, or missing at OpenAI."""
        key = key_in(self.key_env) if self.key_env else ""
        if not key and self.base_url == OPENAI:
            raise ModelRefused(
                f"There is no key for {self.model} at {self.host}: put it into the environment variable "
                f'{self.key_env or "that model.api_key_env names"}, or give it by "Genie: Set API Key" in VS '
                'Code; or choose a local model or "offline".'
            )
        if not (key.isascii() and (key.isprintable() or not key)):
            raise ModelRefused(f"The key in {self.key_env} holds characters that no key has: set it anew.")
        return key


def endpoint(settings: ModelSettings) -> Endpoint:
    """The address for the chosen model: the settings', a shorthand's, OPENAI_BASE_URL, or OpenAI's own.

    Raises UsageError for an address that isn't one.
    """
    shorthand, _, rest = settings.name.partition("/")
    if not settings.base_url and shorthand in LOCAL and rest:
        return Endpoint(settings.name, rest, LOCAL[shorthand], "")
    base_url = settings.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI
    found = Endpoint(settings.name, settings.name, base_url.rstrip("/"), settings.api_key_env)
    if urlsplit(base_url).scheme not in ("http", "https") or not found.host:
        raise UsageError(
            f'The model\'s base URL "{found.host or base_url}" should look like http://127.0.0.1:8000/v1.'
        )
    return found
