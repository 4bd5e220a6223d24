"""The engine's next call for a given conversation: no state, so each conversation can be written down."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from genie_engineer.models.contract import CallMade, Chunk, Done, Message, TextDelta, ToolCall
from genie_engineer.models.offline import Budget, Offline
from genie_engineer.models.offline.plan import STEPS

CODE = """def total(prices):
    result = 0
    for price in prices:
        result -= price
    return result
"""
FAILED = {
    "id": "tests/test_shop.py::test_total",
    "status": "failed",
    "message": "assert -3 == 3",
    "frames": [{"path": "tests/test_shop.py", "line": 4, "function": "test_total"}],
}
SUSPECTS = [{"path": "shop.py", "line": line, "score": 1.0} for line in (2, 3, 4, 5)]
REPORT = {
    "command": "pytest", "passed": 1, "failed": 1, "by_test": True, "trouble": "", "outcomes": [FAILED],
    "suspects": SUSPECTS,
}  # fmt: skip
FILE = {"path": "shop.py", "start": 1, "end": 5, "total": 5, "text": CODE}
PLAN = [{"id": key, "text": text, "state": "todo"} for key, text in STEPS.items()]
Step = tuple[str, dict[str, Any], Any]


def conversation(steps: Sequence[Step], **brief: Any) -> list[Message]:
    data = {
        "task": "total is wrong",
        "plan": [],
        "found": [],
        "test_command": "pytest",
        "headless": True,
    } | brief
    messages = [Message("system", "Solve."), Message("user", data["task"], data=data)]
    for number, (tool, arguments, answer) in enumerate(steps):
        call = ToolCall(f"c{number}", tool, json.dumps(arguments))
        text, seen = (answer, None) if isinstance(answer, str) else ("seen", answer)
        messages.append(Message("assistant", "so", (call,)))
        messages.append(Message("tool", text, call_id=call.id, data=seen))
    return messages


async def answer(messages: Sequence[Message], budget: Budget | None = None) -> list[Chunk]:
    return [chunk async for chunk in Offline(budget).stream(messages, ())]


async def call_of(
    steps: Sequence[Step], budget: Budget | None = None, **brief: Any
) -> tuple[str, dict[str, Any]]:
    chunks = await answer(conversation(steps, **brief), budget)
    calls = [chunk.call for chunk in chunks if isinstance(chunk, CallMade)]
    assert len(calls) == 1
    assert isinstance(chunks[0], TextDelta)
    assert chunks[0].text.endswith(".")
    assert isinstance(chunks[-1], Done)
    return calls[0].name, json.loads(calls[0].arguments)


def at(phase: str) -> list[dict[str, Any]]:
    order = list(STEPS)
    now = order.index(phase) if phase else len(order)
    states = ["done" if i < now else "doing" if i == now else "todo" for i in range(len(order))]
    return [step | {"state": state} for step, state in zip(PLAN, states, strict=True)]


RAN = ("run_tests", {"coverage": True}, REPORT)
READ = ("open_file", {"path": "shop.py", "start": 1, "end": 2000}, FILE)


async def first_batch() -> dict[str, Any]:
    name, arguments = await call_of([RAN, READ], plan=at("repair"))
    assert name == "try_patches"
    return arguments


def tried(arguments: dict[str, Any], passed: Sequence[int] = (), seconds: float = 2.0) -> Step:
    count = len(arguments["patches"])
    results = [{"index": i, "passed": i in passed, "failed": 0, "trouble": ""} for i in range(count)]
    return (
        "try_patches",
        arguments,
        {"tried": count, "results": results, "seconds": seconds, "complete": True},
    )


def right(arguments: dict[str, Any]) -> int:
    return next(i for i, patch in enumerate(arguments["patches"]) if "+        result += price" in patch)


async def test_it_plans_first() -> None:
    name, arguments = await call_of([])
    assert name == "set_plan"
    assert [step["text"] for step in arguments["steps"]] == list(STEPS.values())


async def test_then_it_runs_the_tests_with_coverage() -> None:
    assert await call_of([], plan=at("reproduce")) == ("run_tests", {"coverage": True})


async def test_it_moves_the_plan_on_before_it_reads_the_suspicious_file() -> None:
    name, arguments = await call_of([RAN], plan=at("reproduce"))
    assert (name, [step["state"] for step in arguments["steps"]]) == (
        "set_plan",
        ["done", "doing", "todo", "todo"],
    )
    name, arguments = await call_of([RAN], plan=at("locate"))
    assert (name, arguments["path"], arguments["start"]) == ("open_file", "shop.py", 1)


async def test_a_long_file_is_read_to_its_end() -> None:
    part = FILE | {"end": 3, "total": 5, "text": "".join(CODE.splitlines(keepends=True)[:3])}
    name, arguments = await call_of([RAN, ("open_file", {"path": "shop.py"}, part)], plan=at("locate"))
    assert (name, arguments["start"]) == ("open_file", 4)


async def test_it_tries_ranked_patches_on_the_failing_tests() -> None:
    arguments = await first_batch()
    assert arguments["tests"] == [FAILED["id"]]
    assert right(arguments) < 5
    assert all(patch.startswith("--- a/shop.py\n+++ b/shop.py\n@@") for patch in arguments["patches"])


async def test_a_test_that_the_task_names_is_the_only_aim() -> None:
    other = FAILED | {"id": "tests/test_shop.py::test_other"}
    ran = ("run_tests", {}, REPORT | {"outcomes": [FAILED, other], "failed": 2})
    task = f"Mend {FAILED['id']}"
    _, arguments = await call_of([ran, READ], plan=at("repair"), task=task)
    assert arguments["tests"] == [FAILED["id"]]


async def test_the_next_batch_has_other_patches_and_less_time() -> None:
    first = await first_batch()
    name, second = await call_of([RAN, READ, tried(first, seconds=20.0)], plan=at("repair"))
    assert name == "try_patches"
    assert not set(first["patches"]) & set(second["patches"])
    assert second["seconds"] == first["seconds"] - 20


async def test_it_proposes_what_passed() -> None:
    batch = await first_batch()
    name, arguments = await call_of([RAN, READ, tried(batch, [right(batch)])], plan=at("repair"))
    assert name == "propose_patch"
    assert "+        result += price" in arguments["patch"]
    assert "shop.py:4" in arguments["reason"]


async def test_it_proposes_the_next_when_the_first_does_not_apply_or_is_rejected() -> None:
    batch = await first_batch()
    trial = tried(batch, [0, 1])
    _, one = await call_of([RAN, READ, trial], plan=at("repair"))
    refused = ("propose_patch", one, {"applied": False, "problems": ["no"], "files": []})
    _, two = await call_of([RAN, READ, trial, refused], plan=at("repair"))
    assert two["patch"] != one["patch"]
    applied = ("propose_patch", one, {"applied": True, "problems": [], "files": ["shop.py"]})
    messages = conversation([RAN, READ, trial, applied], plan=at("repair"))
    messages.append(Message("user", "The user rejects this hunk of your patch to shop.py."))
    call = next(chunk.call for chunk in await answer(messages) if isinstance(chunk, CallMade))
    assert (call.name, json.loads(call.arguments)["patch"]) == ("propose_patch", two["patch"])


async def proposed() -> list[Step]:
    batch = await first_batch()
    trial = tried(batch, [right(batch)])
    _, patch = await call_of([RAN, READ, trial], plan=at("repair"))
    return [
        RAN,
        READ,
        trial,
        ("propose_patch", patch, {"applied": True, "problems": [], "files": ["shop.py"]}),
    ]


async def test_then_it_runs_all_tests_and_says_what_it_did() -> None:
    steps = await proposed()
    assert await call_of(steps, plan=at("verify")) == ("run_tests", {})
    green = REPORT | {"passed": 2, "failed": 0, "outcomes": [], "suspects": []}
    steps.append(("run_tests", {}, green))
    name, arguments = await call_of(steps, plan=at("verify"))
    assert (name, {step["state"] for step in arguments["steps"]}) == ("set_plan", {"done"})
    name, arguments = await call_of(steps, plan=at(""))
    assert (name, arguments["outcome"]) == ("finish", "solved")
    assert "result += price" in arguments["summary"]
    assert "not proof" in arguments["summary"]


async def test_a_repair_that_breaks_another_test_is_no_success() -> None:
    broken = FAILED | {"id": "tests/test_shop.py::test_other"}
    red = ("run_tests", {}, REPORT | {"outcomes": [broken]})
    name, arguments = await call_of([*await proposed(), red], plan=at("verify"))
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert broken["id"] in arguments["summary"]


@pytest.mark.parametrize("budget", [Budget(seconds=5.0), Budget(candidates=8)])
async def test_out_of_budget_it_says_what_it_suspects_and_asks_for_a_model(budget: Budget) -> None:
    _, batch = await call_of([RAN, READ], budget, plan=at("repair"))
    name, arguments = await call_of([RAN, READ, tried(batch, seconds=5.0)], budget, plan=at("repair"))
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "shop.py:2" in arguments["summary"]
    assert "--model" in arguments["summary"]


OTHER = FAILED | {"id": "tests/test_shop.py::test_other"}
BOTH = REPORT | {"failed": 2, "outcomes": [FAILED, OTHER]}


async def to_a_part() -> list[Step]:
    """Two tests fail, and one repair of the only batch mends one of them."""
    steps: list[Step] = [("run_tests", {"coverage": True}, BOTH), READ]
    _, batch = await call_of(steps, Budget(candidates=8), plan=at("repair"))
    name, arguments, answer = tried(batch)
    answer["results"][right(batch)] |= {"failed": 1, "mended": 1}
    steps.append((name, arguments, answer))
    name, part = await call_of(steps, Budget(candidates=8), plan=at("repair"))
    assert (name, "+        result += price" in part["patch"]) == ("propose_patch", True)
    return [*steps, (name, part, {"applied": True, "problems": [], "files": ["shop.py"]})]


async def test_what_mends_a_part_is_put_in_place_and_the_rest_looked_for_on_top() -> None:
    steps = await to_a_part()
    assert steps[-1][1]["reason"].startswith("A first part: ")
    assert await call_of(steps, plan=at("repair")) == ("run_tests", {"coverage": True})
    steps.append(("run_tests", {"coverage": True}, BOTH | {"failed": 1, "outcomes": [OTHER]}))
    assert (await call_of(steps, plan=at("repair")))[0] == "open_file"
    steps.append(("open_file", READ[1], FILE | {"text": CODE.replace("-=", "+=")}))
    name, arguments = await call_of(steps, plan=at("repair"))
    assert (name, arguments["tests"]) == ("try_patches", [OTHER["id"]])
    name, arguments = await call_of(steps, Budget(seconds=2.5), plan=at("repair"))
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "A part is done and proposed" in arguments["summary"]


async def test_a_part_with_which_no_fewer_tests_fail_is_not_gone_on_from() -> None:
    ran = BOTH | {"outcomes": [OTHER, OTHER | {"id": "x"}]}
    steps = [*await to_a_part(), ("run_tests", {"coverage": True}, ran)]
    name, arguments = await call_of(steps, plan=at("verify"))
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "tests fail with it: x" in arguments["summary"]


async def test_a_part_that_the_user_rejects_is_not_proposed_again() -> None:
    steps = await to_a_part()
    steps.append(("run_tests", {"coverage": True}, BOTH | {"failed": 1, "outcomes": [OTHER]}))
    messages = conversation(steps, plan=at("repair"))
    messages.append(Message("user", "The user rejects this hunk of your patch to shop.py."))
    chunks = await answer(messages, Budget(candidates=8))
    call = next(chunk.call for chunk in chunks if isinstance(chunk, CallMade))
    assert (call.name, json.loads(call.arguments)["outcome"]) == ("finish", "unsolved")
    assert "A part is done" not in call.arguments


async def test_without_a_failing_test_it_looks_and_says_what_it_found() -> None:
    green = ("run_tests", {}, REPORT | {"failed": 0, "outcomes": [], "suspects": []})
    name, arguments = await call_of([green], plan=at("reproduce"))
    assert (name, arguments["query"]) == ("search_code", "total is wrong")
    span = {"path": "shop.py", "start": 1, "end": 5, "symbol": "total", "reason": "", "text": CODE}
    looked = ("search_code", arguments, {"spans": [span]})
    name, arguments = await call_of([green, looked], plan=at("reproduce"))
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "shop.py:1 total" in arguments["summary"]


async def test_tests_that_cannot_run_end_the_run_with_their_reason() -> None:
    name, arguments = await call_of(
        [("run_tests", {}, "No test command was found here.")], plan=at("reproduce")
    )
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "No test command was found here." in arguments["summary"]


@pytest.mark.parametrize(("masked", "again"), [(0, "run_tests"), (1, "open_file")])
async def test_what_was_masked_is_asked_for_again(masked: int, again: str) -> None:
    steps: list[Step] = [RAN, READ, tried(await first_batch())]
    steps[masked] = (steps[masked][0], steps[masked][1], "[masked to save room: …]")
    assert (await call_of(steps, plan=at("repair")))[0] == again


async def test_masked_trials_still_count() -> None:
    first = await first_batch()
    _, second = await call_of([RAN, READ, tried(first)], plan=at("repair"))
    masked = (
        "try_patches",
        {"masked": "9000 characters"},
        "[masked to save room: 8 patches tried in 2.0 s; none …]",
    )
    assert await call_of([RAN, READ, masked], plan=at("repair")) == ("try_patches", second)


async def test_a_file_that_cannot_be_read_is_left_out() -> None:
    two = [*SUSPECTS, {"path": "other.py", "line": 1, "score": 0.5}]
    steps: list[Step] = [("run_tests", {}, REPORT | {"suspects": two}), READ]
    name, arguments = await call_of(steps, plan=at("locate"))
    assert (name, arguments["path"]) == ("open_file", "other.py")
    steps.append(("open_file", arguments, "There is no file other.py."))
    assert (await call_of(steps, plan=at("repair")))[0] == "try_patches"


@pytest.mark.parametrize("key", ["reproduce", "locate", "repair", "verify"])
async def test_a_struck_step_is_never_carried_out(key: str) -> None:
    plan = [step | {"state": "struck"} if step["id"] == key else step for step in at("repair")]
    batch = await first_batch()
    steps: list[Step] = {
        "reproduce": [],
        "locate": [RAN],
        "repair": [RAN, READ],
        "verify": [RAN, READ, tried(batch, [right(batch)])],
    }[key]
    name, arguments = await call_of(steps, plan=plan)
    assert (name, arguments["outcome"]) == ("finish", "unsolved")
    assert "--model" not in arguments["summary"], "no model can do what the user struck out"


async def test_a_reworded_step_is_still_known_and_a_foreign_one_is_left_to_the_user() -> None:
    planned = ("set_plan", {"steps": []}, {"plan": PLAN})
    plan = [step | {"text": "My words"} if step["id"] == "reproduce" else step for step in at("reproduce")]
    plan.append({"id": "x", "text": "Write the docs", "state": "todo"})
    assert await call_of([planned], plan=plan) == ("run_tests", {"coverage": True})
    struck = [step | {"state": "struck"} if step["text"] == "My words" else step for step in plan]
    _, arguments = await call_of([planned], plan=struck)
    assert "Write the docs" in arguments["summary"]


async def test_the_same_conversation_gets_the_same_answer() -> None:
    messages = conversation([RAN, READ], plan=at("repair"))
    assert await answer(messages) == await answer(messages)


async def test_a_brief_without_data_is_still_a_task() -> None:
    messages = [Message("system", "s"), Message("user", "Do it")]
    calls = [chunk.call.name for chunk in await answer(messages) if isinstance(chunk, CallMade)]
    assert calls == ["set_plan"]
