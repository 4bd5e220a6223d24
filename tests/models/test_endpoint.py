import os

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import ModelRefused, UsageError
from genie_engineer.models.endpoint import LOCAL, OPENAI, endpoint
from genie_engineer.models.keys import lend


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "base_url", "environment", "model", "address"),
    [
        ("gpt-5", "", "", "gpt-5", OPENAI),
        ("gpt-5", "", "http://gateway:4000/v1/", "gpt-5", "http://gateway:4000/v1"),
        ("gpt-5", "http://other/v1", "http://gateway:4000/v1", "gpt-5", "http://other/v1"),
        ("ollama/qwen3:8b", "", "http://gateway:4000/v1", "qwen3:8b", LOCAL["ollama"]),
        ("lmstudio/org/model", "", "", "org/model", LOCAL["lmstudio"]),
        ("vllm/org/model", "", "", "org/model", "http://127.0.0.1:8000/v1"),
        ("llamacpp/model", "", "", "model", "http://127.0.0.1:8080/v1"),
        ("ollama/qwen3", "http://other/v1", "", "ollama/qwen3", "http://other/v1"),
        ("org/model", "http://[::1]:8000/v1", "", "org/model", "http://[::1]:8000/v1"),
    ],
)
def test_name_and_address(
    monkeypatch: pytest.MonkeyPatch, name: str, base_url: str, environment: str, model: str, address: str
) -> None:
    if environment:
        monkeypatch.setenv("OPENAI_BASE_URL", environment)
    found = endpoint(ModelSettings(name=name, base_url=base_url))
    assert (found.name, found.model, found.base_url) == (name, model, address)


def test_a_local_shorthand_is_never_sent_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert endpoint(ModelSettings(name="ollama/qwen3")).key() == ""


def test_openai_without_a_key_is_refused_with_the_variable_to_set() -> None:
    with pytest.raises(ModelRefused, match="OPENROUTER_KEY"):
        endpoint(ModelSettings(name="gpt-5", api_key_env="OPENROUTER_KEY")).key()


def test_a_lent_key_goes_before_the_environments_and_is_in_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-old")
    at = endpoint(ModelSettings(name="gpt-5"))
    lend("OPENAI_API_KEY", "sk-lent")
    try:
        assert (at.key(), os.environ["OPENAI_API_KEY"]) == ("sk-lent", "sk-old")
        assert endpoint(ModelSettings(name="m", api_key_env="OTHER", base_url="http://h/v1")).key() == ""
        assert endpoint(ModelSettings(name="ollama/qwen3")).key() == ""
    finally:
        lend("OPENAI_API_KEY", "")
    assert at.key() == "sk-old"


def test_another_server_may_do_without_a_key() -> None:
    assert endpoint(ModelSettings(name="m", base_url="http://localhost:8000/v1")).key() == ""


def test_a_pasted_line_end_is_no_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", " sk-secret\n")
    assert endpoint(ModelSettings(name="gpt-5")).key() == "sk-secret"


@pytest.mark.parametrize("key", ["sk-\u201csecret\u201d", "sk-a\nb"])
def test_a_garbled_key_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ModelRefused, match="OPENAI_API_KEY") as caught:
        endpoint(ModelSettings(name="gpt-5")).key()
    assert "sk-" not in str(caught.value)


@pytest.mark.parametrize("address", ["localhost:8000/v1", "ftp://host/v1", "http://", "/v1"])
def test_an_address_that_is_none_is_a_usage_error(address: str) -> None:
    with pytest.raises(UsageError, match="base URL"):
        endpoint(ModelSettings(name="m", base_url=address))


def test_credentials_in_the_address_are_not_shown() -> None:
    found = endpoint(ModelSettings(name="m", base_url="https://me:hush@host:8443/v1?key=hush"))
    assert found.host == "host:8443"
    assert found.base_url_shown == "https://host:8443/v1"
