"""`genie models` and the probe before a first task, as processes, against a server of chat completions."""

import json
from typing import Any

import pytest

from tests.conftest import SCRIPT, Genie
from tests.doubles.chat_server import ChatServer
from tests.terminal.test_models_that_fail import GOOD, TASK

OPEN = {"name": "open_file", "arguments": {"path": "src/app.py", "first_line": 40}}
SEARCH = {"name": "search_text", "arguments": {"pattern": "TODO"}}
NO_PATH = {"status": 404, "body": {"error": {"message": "Not Found"}}}
BUSY = {"status": 429, "body": {"error": {"message": "Slow down."}}}
PROBE: list[dict[str, Any]] = [
    {"calls": [OPEN]},
    {"calls": [SEARCH]},
    {"calls": [OPEN, OPEN]},
    NO_PATH,
    {"text": json.dumps(OPEN)},
]


def probing(genie: Genie) -> None:
    """From now on models are probed when they are first used."""
    (genie.home / "settings.toml").write_text('index.vectors = "off"\n')


def test_a_model_is_probed_remembered_and_listed(genie: Genie) -> None:
    with ChatServer([*PROBE, *PROBE]) as server:
        words = ("models", "probe", "double-large", "--base-url", server.base_url)
        first = genie(*words)
        again = genie(*words)
        assert len(server.requests) == 6
        anew = json.loads(genie(*words, "--again", "--json").out)
        assert len(server.requests) == 12
        listed = genie("models", "list", "--base-url", server.base_url)
        health = genie("doctor", "--json", "--model", "double-large", "--base-url", server.base_url)
    assert "native tool calls (3 of 3 valid), several calls at once" in first.out
    assert "5 requests and 440 tokens." in first.out
    assert "Remembered from" in again.out
    assert (anew["tool_calls"], anew["requests"]) == ("native", 5)
    rows = listed.out.splitlines()
    assert [row.split()[0] for row in rows] == ["offline", "double-large", "double-small"]
    assert "native tool calls" in rows[1]
    (model,) = (row for row in json.loads(health.out) if row["name"] == "model")
    assert "native tool calls (3 of 3 valid)" in model["detail"]


def test_a_first_task_begins_with_a_probe_whose_cost_is_told(genie: Genie) -> None:
    probing(genie)
    with (genie.home / "settings.toml").open("a") as file:
        file.write("prices.double-large = { prompt = 100.0, completion = 10_000.0 }\n")
    with ChatServer([*PROBE, *GOOD, *GOOD]) as server:
        words = ("solve", TASK, "--json", "--model", "double-large", "--base-url", server.base_url)
        first = genie(*words)
        second = genie(*words)
    assert (first.status, second.status) == (0, 0), first.out
    (event,) = first.of("ModelProbed")
    assert (event["model"], event["tokens"], event["cost"]) == ("double-large", 440, pytest.approx(0.44))
    answers = sum(one["cost"] for one in first.of("ModelSpoke"))
    assert first.end["cost"] == pytest.approx(event["cost"] + answers)
    assert second.of("ModelProbed") == []
    assert "was probed for 440 tokens: native" in genie("runs", "show", first_run(genie)).out


def first_run(genie: Genie) -> str:
    return min(folder.name for folder in (genie.home / "runs").iterdir())


def test_a_probe_that_fails_blocks_nothing(genie: Genie) -> None:
    probing(genie)
    with ChatServer([BUSY, *GOOD]) as server:
        done = genie("solve", TASK, "--json", "--model", "double-large", "--base-url", server.base_url)
    assert done.status == 0, done.out
    (event,) = done.of("Warned")
    assert "could not be probed" in event["text"]
    assert "Slow down" in event["text"]


def test_what_needs_no_probe_says_so(genie: Genie) -> None:
    done = genie("models", "probe", "offline")
    assert (done.status, done.out) == (2, "")
    assert "needs no probe" in done.err
    script = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert script.of("ModelProbed") == []


def test_a_refused_probe_ends_with_what_to_do(genie: Genie) -> None:
    refused = {"status": 401, "body": {"error": {"message": "Incorrect API key"}}}
    with ChatServer([refused]) as server:
        done = genie(
            *("models", "probe", "x", "--base-url", server.base_url), OPENAI_API_KEY="sk-very-secret-0"
        )
    assert done.status == 2
    assert "OPENAI_API_KEY" in done.err
    assert not (genie.home / "models.json").exists()
