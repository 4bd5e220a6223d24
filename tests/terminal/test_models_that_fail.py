"""Whatever a model answers meets a clear end, and nothing is lost: against a server of chat completions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PATCH, SCRIPT, Genie, Result
from tests.doubles.chat_server import ChatServer

TASK = "add(2, 3) gives -1"
Reply = dict[str, Any]


def reply(turn: dict[str, Any]) -> Reply:
    """A turn of a script as the server says it."""
    calls = [{"id": f"c-{call['name']}", **call} for call in turn.get("calls", ())]
    return {"text": turn.get("text", ""), "calls": calls}


GOOD = [reply(turn) for turn in SCRIPT]


def solve(genie: Genie, replies: list[Reply], *words: str) -> tuple[Result, ChatServer]:
    with ChatServer(replies) as server:
        done = genie(
            *("solve", TASK, "--json", "--model", "double-large", "--base-url", server.base_url, *words),
            OPENAI_API_KEY="sk-very-secret-0123456789",
        )
    return done, server


@pytest.fixture
def untouched(genie: Genie, fingerprint: Callable[[Path], dict[str, str]]) -> Callable[[], bool]:
    before = fingerprint(genie.folder)
    return lambda: fingerprint(genie.folder) == before


def test_a_task_is_solved_through_http(genie: Genie, untouched: Callable[[], bool]) -> None:
    done, server = solve(genie, GOOD)
    assert done.status == 0, done.err
    assert done.end["outcome"] == "solved"
    assert untouched()
    assert len(server.requests) == 4
    spoken = done.of("ModelSpoke")
    assert all(event["usage"]["prompt"] > 0 for event in spoken)
    assert "sk-very-secret" not in done.out + done.err + next(genie.home.rglob("*.jsonl")).read_text()


def test_what_a_server_says_once_and_then_not_is_borne(genie: Genie) -> None:
    busy = {"status": 429, "headers": {"Retry-After": "0"}, "body": {"error": {"message": "slow down"}}}
    broken = {"status": 500, "headers": {"Retry-After": "0"}, "body": "oops"}
    done, _ = solve(genie, [busy, GOOD[0], broken, *GOOD[1:]])
    assert done.status == 0, done.out


def test_a_cut_stream_is_asked_for_again_and_said(genie: Genie) -> None:
    cut = {"text": "I mend it, and then", "cut": 300}
    done, _ = solve(genie, [GOOD[0], cut, *GOOD[1:]])
    assert done.status == 0, done.out
    assert any("Asking again" in event["text"] for event in done.of("Warned"))


def test_a_wrong_key_ends_with_what_to_do(genie: Genie, untouched: Callable[[], bool]) -> None:
    refused = {
        "status": 401,
        "body": {"error": {"message": "Incorrect API key provided: sk-very-secret-0123456789"}},
    }
    done, _ = solve(genie, [refused])
    assert done.status == 2
    assert done.end["outcome"] == "failed"
    assert "OPENAI_API_KEY" in done.end["why"]
    assert "sk-very-secret" not in done.out + done.err
    assert untouched()


def test_a_prompt_too_long_is_halved(genie: Genie) -> None:
    long = {
        "status": 400,
        "body": {"error": {"message": "maximum context length is 8192", "code": "context_length_exceeded"}},
    }
    done, server = solve(genie, [long, *GOOD])
    assert done.status == 0, done.out
    assert "30,000 tokens at most" in done.of("Warned")[0]["text"]
    assert len(server.requests) == 5


def test_a_prompt_that_is_always_too_long_ends_the_run(genie: Genie) -> None:
    long = {"status": 400, "body": {"error": {"message": "x", "code": "context_length_exceeded"}}}
    done, server = solve(genie, [long] * 9)
    assert done.status == 1
    assert done.end["outcome"] == "failed"
    assert len(server.requests) < 9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"name": "open_file", "arguments": '{"path": "calc'}, "are not JSON"),
        ({"name": "open_file", "arguments": "[1]"}, "must be a JSON object"),
        ({"name": "open_file", "arguments": {"file": "calc.py"}}, "Wrong arguments for open_file"),
        ({"name": "open_file", "arguments": {"path": "../../etc/passwd"}}, "leads out of the repository"),
        ({"name": "open_file", "arguments": {"path": "nowhere/calc.py"}}, "There is no file nowhere/calc.py"),
        ({"name": "rm_rf", "arguments": {}}, "There is no tool 'rm_rf'"),
        ({"name": "search_text", "arguments": {"pattern": "("}}, "Not a regular expression"),
        (
            {"name": "propose_patch", "arguments": {"patch": "Just change it."}},
            "There is no edit in this answer",
        ),
        ({"name": "propose_patch", "arguments": {"patch": PATCH.replace("a - b", "a % b")}}, "return a - b"),
        ({"name": "propose_patch", "arguments": {"patch": PATCH.replace("calc.py", ".git/config")}}, ".git"),
        ({"name": "try_patches", "arguments": {"patches": [PATCH]}}, "Call run_tests first"),
    ],
)
def test_a_wrong_call_is_told_to_the_model_which_goes_on(
    genie: Genie, call: dict[str, Any], words: str
) -> None:
    wrong = {"text": "Hm.", "calls": [{"id": "c-wrong", **call}]}
    done, server = solve(genie, [wrong, *GOOD])
    assert done.status == 0, done.out
    answer = done.of("ToolAnswered")[0]
    assert words in answer["text"]
    assert not answer["ok"]
    told = [message for message in server.requests[1]["body"]["messages"] if message["role"] == "tool"]
    assert words in told[0]["content"]


def test_a_patch_in_plain_text_is_taken_as_one(genie: Genie) -> None:
    prose = {"text": f"Here is the fix:\n\n```diff\n{PATCH}```\nThat should do."}
    done, _ = solve(genie, [GOOD[1], prose, GOOD[3]])
    assert done.status == 0, done.out


def test_a_patch_in_a_thought_is_no_patch_and_thoughts_go_back(genie: Genie) -> None:
    wrong = PATCH.replace("a + b", "a % b")
    prose = {"text": f"<think>\n```diff\n{wrong}```\n</think>\nI look again.", "thoughts": "Hm."}
    done, server = solve(genie, [{**GOOD[1], "thoughts": "Which test?"}, prose, *GOOD[2:]])
    assert done.status == 0, done.out
    assert len(done.of("PatchProposed")) == 1
    first, second = done.of("ModelSpoke")[:2]
    assert (second["text"], second["calls"], second["model"]) == ("I look again.", [], "double-large")
    assert first["thoughts"]["items"] == [{"reasoning_content": "Which test?"}]
    sent = server.requests[1]["body"]["messages"]
    assert [message["reasoning_content"] for message in sent if "reasoning_content" in message] == [
        "Which test?"
    ]
    assert "Hm." not in json.dumps(server.requests[2]["body"])


def test_several_calls_in_one_answer_are_carried_out_in_order(genie: Genie) -> None:
    calls = [call for answer in GOOD for call in answer["calls"]]
    done, server = solve(genie, [{"text": "All at once.", "calls": calls}])
    assert done.status == 0, done.out
    assert [event["tool"] for event in done.of("ToolAnswered")] == [call["name"] for call in calls]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ([{"text": "Thinking."}] * 5, "called no tool 3 times"),
        ([{"text": "", "calls": []}] * 5, "called no tool 3 times"),
        ([GOOD[1]] * 5, "The same call came 3 times"),
        ([{**GOOD[1], "text": str(number)} for number in range(9)], "The same call came 3 times"),
    ],
)
def test_a_model_that_gets_nowhere_is_stopped(genie: Genie, replies: list[Reply], words: str) -> None:
    done, _ = solve(genie, replies, "--test", "true")
    assert done.status == 1
    assert words in done.end["why"]


def test_limits_of_turns_end_a_run_with_what_was_done(genie: Genie) -> None:
    done, _ = solve(genie, GOOD, "--turns", "3")
    assert done.status == 0
    assert done.end["why"].startswith(
        "The limit of 3 turns is reached; the plan and the change of 1 file are kept. 1 test that failed now"
    )


def test_no_server_at_all(genie: Genie) -> None:
    done = genie("solve", TASK, "--json", "--model", "x", "--base-url", "http://127.0.0.1:9/v1")
    assert done.status == 1
    assert "Is the server running?" in done.end["why"]
    assert json.loads(genie("runs", "list", "--json").out)["finished"]["outcome"] == "failed"
