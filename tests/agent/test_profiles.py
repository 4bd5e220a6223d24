"""A profile: one model plans, one writes, one condenses; who isn't named is played by the main one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.condensing import WORTH
from genie_engineer.agent.events import Condensed, Finished, ModelSpoke, Warned
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.config import Limits, ModelSettings, Profile, Settings, from_table
from genie_engineer.errors import UsageError
from genie_engineer.models.cast import Cast, Part, cast
from genie_engineer.models.contract import Usage
from genie_engineer.models.counting import by_bytes
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH, SCRIPT, Genie

LOOK = Turn("Look.", (Call("open_file", {"path": "calc.py"}),))
PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),))
MEND = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))
HEARD = Turn()
"""Played by somebody else before: a script goes on where the conversation stands."""


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def part(name: str, *turns: Turn) -> Part:
    return Part(Scripted(turns, name), ModelSettings(name="offline"))


def speakers(run: Run) -> list[str]:
    return [one.event.model for one in run.records if isinstance(one.event, ModelSpoke)]


async def test_one_plans_until_there_is_a_plan_and_one_writes_from_then_on(run: Run) -> None:
    models = Cast(part("main"), part("planner", LOOK, PLAN), part("writer", HEARD, HEARD, MEND, FINISH))
    await work(run, models, Settings())
    assert speakers(run) == ["planner", "planner", "writer", "writer"]
    assert run.state.finished
    assert run.state.finished.outcome == "solved"


async def test_who_is_not_named_is_the_main_model(run: Run) -> None:
    models = Cast(part("main", PLAN), write=part("writer", HEARD, MEND, FINISH))
    await work(run, models, Settings())
    assert speakers(run) == ["main", "writer", "writer"]


def long_looks(count: int) -> list[Turn]:
    looks = [Call("search_text", {"pattern": f"row {number}[0-9]"}) for number in range(1, 10)]
    return [Turn("Look.", (look,)) for look in looks[:count]]


async def worked(run: Run, condenser: Part | None) -> list[str]:
    """Works with a budget that four long observations overrun; the last prompt's observations."""
    rows = "\n".join(f"row {number} = {'x' * 80}" for number in range(1000))
    Path(run.state.task.repository if run.state.task else "", "rows.py").write_text(rows)
    main = Scripted(
        [*long_looks(4), Turn("Done.", (Call("finish", {"outcome": "unsolved", "summary": ""}),))]
    )
    settings = replace(Settings(), limits=Limits(context_tokens=9_000))
    await work(run, Cast(Part(main, ModelSettings()), condense=condenser), settings)
    return [message.text for message in main.asked[-1] if message.role == "tool"]


async def test_long_observations_are_condensed_before_they_are_masked(run: Run) -> None:
    condenser = Scripted([Turn(f"Rows with x, part {number}.", usage=Usage(100, 7)) for number in range(9)])
    shown = await worked(run, Part(condenser, ModelSettings(name="offline")))
    condensed = [one.event for one in run.records if isinstance(one.event, Condensed)]
    assert condensed
    assert shown[0] == "[condensed to save room]\nRows with x, part 0."
    assert not any("masked to save room" in text for text in shown)
    assert "add(2, 3) gives -1" in condenser.asked[0][1].text
    assert "row 10" in condenser.asked[0][1].text
    assert run.state.condensed[condensed[0].call_id] == condensed[0].text
    assert run.state.tokens >= 107 * len(condensed)
    asked = [message.text for messages in condenser.asked for message in messages if message.role == "user"]
    assert len(asked) == len(set(asked))
    assert all(by_bytes(text) > WORTH for text in asked)


async def test_without_a_condensing_model_they_are_masked_as_ever(run: Run) -> None:
    shown = await worked(run, None)
    assert "masked to save room" in shown[0]
    assert not any(isinstance(one.event, Condensed) for one in run.records)


async def test_a_condensing_model_that_fails_is_told_once_and_done_without(run: Run) -> None:
    broken = Scripted([Turn(error="busy", message="Slow down.")] * 9, "broken")
    shown = await worked(run, Part(broken, ModelSettings(name="offline")))
    assert "masked to save room" in shown[0]
    warnings = [one.event.text for one in run.records if isinstance(one.event, Warned)]
    assert sum("could not condense" in text for text in warnings) == 1
    assert isinstance(run.state.last, Finished)


def test_a_profile_is_read_from_the_settings() -> None:
    table = {
        "model": {"name": "offline"},
        "profile": "careful",
        "profiles": {"careful": {"plan": {"name": "gpt-5"}, "condense": {"name": "ollama/qwen3"}}},
    }
    settings = from_table(table, "a test")
    assert settings.profiles == {
        "careful": Profile(ModelSettings(name="gpt-5"), None, ModelSettings(name="ollama/qwen3"))
    }
    models = cast(settings)
    assert [one.model.name for one in models] == ["gpt-5", "offline", "ollama/qwen3"]
    assert models.speaker(planned=False).model.name == "gpt-5"
    assert models.speaker(planned=True).model.name == "offline"


def test_an_unknown_profile_is_a_usage_error() -> None:
    settings = replace(Settings(), profile="fast", profiles={"careful": Profile()})
    with pytest.raises(UsageError, match="no profile 'fast' in the settings; there are: careful"):
        cast(settings)


def test_none_is_a_choice_against_the_settings(genie: Genie) -> None:
    genie.script([{"calls": [{"name": "finish", "arguments": {"outcome": "unsolved", "summary": "No."}}]}])
    table = 'profile = "careful"\n[profiles.careful]\nwrite.name = "offline"\n'
    (genie.home / "settings.toml").write_text(table)
    done = genie("solve", "x", "--model", f"scripted:{genie.home / 'script.json'}", "--profile", "none")
    assert f"model scripted:{genie.home}" in done.out
    assert "No." in done.out
    assert "--profile careful: offline writes" in genie("models").out


def test_a_profile_is_chosen_on_the_command_line_and_told(genie: Genie) -> None:
    model = genie.script([SCRIPT[0], {}, {}])
    writer = genie.home / "writer.json"
    writer.write_text(json.dumps([{}, *SCRIPT[1:]]))
    table = f'\n[profiles.careful]\nplan.name = "{model}"\nwrite.name = "scripted:{writer}"\n'
    with (genie.home / "settings.toml").open("a") as file:
        file.write(table)
    words = ("solve", "add(2, 3) gives -1", "--profile", "careful")
    done = genie(*words, "--json")
    assert done.status == 0, done.out + done.err
    assert done.of("TaskGiven")[0]["profile"] == "careful"
    assert [one["model"] for one in done.of("ModelSpoke")] == [model, *[f"scripted:{writer}"] * 3]
    ended = genie(*words, "--turns", "2", "--json")
    assert ended.end["limit"] == "turns"
    resumed = genie("runs", "resume", "last", "--json")
    assert [one["model"] for one in resumed.of("ModelSpoke")] == [f"scripted:{writer}"] * 2
    assert resumed.end["outcome"] == "solved"
    shown = genie("runs", "show", "last").out
    assert "profile careful" in shown
    assert f"scripted:{writer}: 2 turns" in shown
    wrong = genie(*words[:-1], "fast")
    assert (wrong.status, "there are: careful" in wrong.err) == (2, True)
