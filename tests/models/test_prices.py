"""What answers cost: by the longest name, the user's table first, and unknown where nobody knows."""

import pytest

from genie_engineer.config import ModelSettings, Price, from_table
from genie_engineer.errors import UsageError
from genie_engineer.models.contract import Usage
from genie_engineer.models.prices import FREE, cost, price_of, shipped


def price(name: str, base_url: str = "https://models.example/v1", **own: Price) -> Price | None:
    return price_of(ModelSettings(name=name, base_url=base_url), own)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("gpt-5", "gpt-5"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("openai/gpt-5-mini", "gpt-5-mini"),
        ("gateway/openai/gpt-4o:nitro", "gpt-4o"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4.5"),
        ("claude-opus-4-5@20251101", "claude-opus-4-5"),
        ("claude-opus-4-1-20250805", "claude-opus-4"),
    ],
)
def test_the_longest_listed_name_that_a_name_begins_with(name: str, listed: str) -> None:
    assert price(name) == shipped()[listed]


@pytest.mark.parametrize(
    "name", ["gpt-5.9", "gpt-50", "my-gpt-5", "nobody/knows-it", "editor:copilot/gpt-5", ""]
)
def test_an_unknown_model_has_no_price(name: str) -> None:
    assert price(name) is None


@pytest.mark.parametrize(
    ("name", "base_url"),
    [
        ("offline", ""),
        ("scripted:file.json", ""),
        ("ollama/qwen3", ""),
        ("lmstudio/any", ""),
        ("any", "http://127.0.0.1:8000/v1"),
        ("any", "http://[::1]:8000/v1"),
        ("any", "http://localhost/v1"),
    ],
)
def test_what_runs_here_costs_nothing(name: str, base_url: str) -> None:
    assert price(name, base_url) == FREE


def test_a_gateway_on_this_machine_costs_what_its_models_do() -> None:
    assert price("openai/gpt-5", "http://127.0.0.1:4000/v1") == shipped()["gpt-5"]


def test_the_users_table_comes_first() -> None:
    own = from_table({"prices": {"gpt-5": {"prompt": 1, "completion": 2}}}, "test").prices
    assert price_of(ModelSettings(name="openai/gpt-5-mini"), own) == Price(1, 2)
    assert price_of(ModelSettings(name="gpt-4o"), own) == shipped()["gpt-4o"]


def test_what_is_cached_has_its_own_price() -> None:
    assert cost(Price(2, 8, 0.5), Usage(1_000_000, 100_000, 400_000, 90_000)) == pytest.approx(
        1.2 + 0.2 + 0.8
    )
    assert cost(Price(2, 8), Usage(1_000_000, 0, 400_000)) == pytest.approx(2)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"prices": {"m": {"prompt": -1, "completion": 1}}}, "prices of m must be 0 or more"),
        ({"prices": {"m": {"prompt": 1, "completion": float("nan")}}}, "prices of m must be 0 or more"),
        ({"prices": {"m": {"prompt": 1}}}, "completion"),
        ({"limits": {"turns": 0}}, "limits.turns must be more than 0"),
        ({"limits": {"money": float("nan")}}, "limits.money must be more than 0"),
        ({"limits": {"context_tokens": 100}}, "limits.context_tokens must be 4,000 or more"),
    ],
)
def test_settings_that_can_not_be_are_named(table: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        from_table(table, "test")
