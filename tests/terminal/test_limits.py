"""Limits and what a run costs, as a user of the terminal meets them: against a server of chat completions."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import SCRIPT, Genie, Result
from tests.doubles.chat_server import ChatServer

TASK = "add(2, 3) gives -1"
USAGES = [
    {"prompt_tokens": 3000, "completion_tokens": 200},
    {"prompt_tokens": 3500, "completion_tokens": 50, "prompt_tokens_details": {"cached_tokens": 3000}},
    {
        "prompt_tokens": 4000,
        "completion_tokens": 900,
        "prompt_tokens_details": {"cached_tokens": 3500},
        "completion_tokens_details": {"reasoning_tokens": 700},
    },
    {"prompt_tokens": 4500, "completion_tokens": 10, "total_tokens": 5010},
]
"""What the provider counts: the last leaves 500 tokens of thought out of its `completion_tokens`."""

PRICES = """
[model]
probe = false
[index]
vectors = "off"
[prices]
"double" = { prompt = 1000, cached = 100, completion = 5000 }
"""
COST = (3000 + 500 + 500 + 4500) * 1e-3 + (3000 + 3500) * 1e-4 + (200 + 50 + 900 + 510) * 5e-3


def replies() -> list[dict[str, Any]]:
    calls = [[{"id": f"c-{call['name']}", **call} for call in turn["calls"]] for turn in SCRIPT]
    return [
        {"text": turn["text"], "calls": made, "usage": usage}
        for turn, made, usage in zip(SCRIPT, calls, USAGES, strict=True)
    ]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(replies()) as server:
        yield server


def solve(genie: Genie, server: ChatServer, *words: str) -> Result:
    (genie.home / "settings.toml").write_text(PRICES)
    model = ("--model", "vendor/double-large", "--base-url", server.base_url)
    return genie("solve", TASK, *model, *words)


def test_tokens_and_cost_are_the_providers_to_the_last_one(genie: Genie, server: ChatServer) -> None:
    done = solve(genie, server, "--json", "--money", "100")
    spoken = done.of("ModelSpoke")
    assert done.end["tokens"] == 15_000 + 200 + 50 + 900 + 510
    assert [event["usage"]["cached"] for event in spoken] == [0, 3000, 3500, 0]
    assert [event["usage"]["reasoning"] for event in spoken] == [0, 0, 700, 500]
    assert sum(event["cost"] for event in spoken) == pytest.approx(COST)
    assert done.end["cost"] == pytest.approx(COST)
    assert all(event["model"] == "vendor/double-large" for event in spoken)


def test_what_a_run_takes_is_shown_while_it_works_and_afterwards(genie: Genie, server: ChatServer) -> None:
    done = solve(genie, server, "--money", "100")
    assert "1 turn, 3,200 tokens, $4.00\n" in done.out
    last = f"4 turns, 16,660 tokens (6,500 cached), ${COST:.2f}\n"
    assert done.out.count(last) == 2
    assert last in genie("runs", "show", "last").out
    assert f"${COST:.2f}" in genie("runs").out
    (genie.home / "settings.toml").write_text("")
    assert last in genie("runs", "show", "last").out


def test_the_limit_of_money_ends_a_run_which_goes_on_with_more(genie: Genie, server: ChatServer) -> None:
    done = solve(genie, server, "--money", "5")
    assert done.status == 1
    assert "The limit of $5.00 is reached; the plan is kept. No change was proposed." in done.out
    assert "--money 11 goes on from here." in done.out
    model = ("--model", "vendor/double-large", "--base-url", server.base_url)
    refused = genie("runs", "resume", "last", "--money", "4", *model)
    assert refused.status == 2
    assert "The limit of $4.00 is reached. To go on: genie runs resume" in refused.err
    assert len(server.requests) == 2
    again = genie("runs", "resume", "last", "--money", "10", "--json", *model)
    assert "The limit of $10.00 is reached; the plan and the change of 1 file are kept." in again.end["why"]
    assert again.end["limit"] == "money"
    assert again.status == 0
    assert len(server.requests) == 3


@pytest.mark.parametrize("option", ["--turns", "--tokens", "--money", "--seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "nan"])
def test_a_limit_that_is_none_is_refused(genie: Genie, option: str, value: str) -> None:
    assert genie("solve", TASK, f"{option}={value}").status == 2
