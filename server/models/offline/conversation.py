"""Reads the conversation back: all that the engine knows stands in it, so a resumed run goes on by itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..contract import Json, Message

_MASK = "[masked"


@dataclass(frozen=True)
class Brief:
    """What the first user message says, as data. `plan` has the steps as dicts of id, text and state."""

    task: str = ""
    plan: tuple[dict[str, Json], ...] = ()
    found: tuple[dict[str, Json], ...] = ()
    headless: bool = True


@dataclass(frozen=True)
class Observation:
    """A call that was answered, or (tool "user") words of the user in mid-run.

    `data` is None where the tool failed, and where the context builder masked it to save room.
    """

    tool: str
    arguments: dict[str, Json] = field(default_factory=dict)
    text: str = ""
    data: dict[str, Json] | None = None

    @property
    def failed(self) -> bool:
        """Whether the tool brought nothing, rather than something that has been masked since."""
        return self.data is None and not self.text.startswith(_MASK)


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
    """Every answered call and every later word of the user, oldest first.

    Calls that weren't carried out, since the user changed what they built on, are as if never made.
    """
    calls = {call.id: call for message in messages for call in message.calls}
    seen = []
    for message in messages:
        call = calls.get(message.call_id) if message.role == "tool" else None
        if call is not None:
            data = message.data if isinstance(message.data, dict) else None
            if not (data and data.get("not_done")):
                seen.append(Observation(call.name, _arguments(call.arguments), message.text, data))
        elif message.role == "user" and not isinstance(message.data, dict):
            seen.append(Observation("user", text=message.text))
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
