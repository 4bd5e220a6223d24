"""Reads the conversation back: all that the engine knows stands in it, so a resumed run goes on by itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..contract import Json, Message


@dataclass(frozen=True)
class Brief:
    """What the first user message says, as data. `plan` has the steps as dicts of id, text and state."""

    task: str = ""
    plan: tuple[dict[str, Json], ...] = ()
    found: tuple[dict[str, Json], ...] = ()
    headless: bool = True


@dataclass(frozen=True)
class Observation:
    """A call that was answered. `data` is None where the tool failed or the context builder masked it."""

    tool: str
    arguments: dict[str, Json] = field(default_factory=dict)
    text: str = ""
    data: dict[str, Json] | None = None


def brief_of(messages: Sequence[Message]) -> Brief:
    """The brief in the first user message that carries data, else its text as the task."""
    users = [message for message in messages if message.role == "user"]
    for message in users:
        if isinstance(message.data, dict):
            data = message.data
            return Brief(
                str(data.get("task", "")),
                tuple(data.get("plan") or ()),
                tuple(data.get("found") or ()),
                bool(data.get("headless", True)),
            )
    return Brief(users[0].text if users else "")


def observations(messages: Sequence[Message]) -> tuple[Observation, ...]:
    """Every answered call, oldest first."""
    answers = {message.call_id: message for message in messages if message.role == "tool"}
    seen = []
    for call in (call for message in messages for call in message.calls):
        answer = answers.get(call.id)
        if answer is not None:
            data = answer.data if isinstance(answer.data, dict) else None
            seen.append(Observation(call.name, _arguments(call.arguments), answer.text, data))
    return tuple(seen)


def _arguments(text: str) -> dict[str, Json]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def of_tool(seen: Sequence[Observation], tool: str) -> list[Observation]:
    """The observations of one tool, oldest first."""
    return [observation for observation in seen if observation.tool == tool]


def failing(report: dict[str, Json]) -> list[dict[str, Json]]:
    """The outcomes of a run of the tests that failed or met an error."""
    return [one for one in report.get("outcomes") or () if one.get("status") in ("failed", "error")]


def file_text(seen: Sequence[Observation], path: str) -> tuple[str, int]:
    """What was read of a file, from its beginning, and the line to read on from (0: all is there)."""
    parts: dict[int, dict[str, Json]] = {}
    for observation in of_tool(seen, "open_file"):
        if observation.data and observation.data.get("path") == path:
            parts[int(observation.data["start"])] = observation.data
    text, line = "", 1
    while line in parts:
        part = parts[line]
        text += part["text"]
        if part["end"] >= part["total"] or part["end"] < line:
            return text, 0
        text += "" if text.endswith("\n") else "\n"
        line = part["end"] + 1
    return text, line
