"""What a probe found out of a model at an endpoint, remembered in the user's data folder. No key is in it."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cattrs

from ..config import ToolCalls, data_home
from ..replacing import replace_file
from .endpoint import Endpoint

log = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True)
class Facts:
    """What a model turned out to be able to do, on the day `at` (UTC, RFC 3339).

    `tool_calls` is the best way to offer it tools; the tallies say how many of how many test questions came
    back as a valid call in each way ((0, 0): not tried). `keeps_thoughts`: its reasoning can be handed back
    in /responses. `context_tokens` is 0 where the server doesn't tell. `requests` and `tokens` are what the
    probe cost; `answer_tokens` are those of the answers among them.
    """

    endpoint: str
    model: str
    at: str
    tool_calls: ToolCalls
    native: tuple[int, int] = (0, 0)
    schema: tuple[int, int] = (0, 0)
    text: tuple[int, int] = (0, 0)
    parallel: bool = False
    streaming: bool = False
    usage: bool = False
    reasoning: bool = False
    chat: bool = True
    responses: bool = False
    keeps_thoughts: bool = False
    context_tokens: int = 0
    requests: int = 0
    tokens: int = 0
    answer_tokens: int = 0


def told(facts: Facts) -> str:
    """The facts in one line."""
    ways = {"native": "native tool calls", "schema": "calls under a JSON schema", "text": "calls as text"}
    right, asked = getattr(facts, facts.tool_calls)
    parts = [f"{ways[facts.tool_calls]} ({right} of {asked} valid)"]
    parts += [
        words
        for words, so in (
            ("several calls at once", facts.parallel),
            ("reasoning", facts.reasoning),
            ("responses API", facts.responses),
            ("no chat completions", not facts.chat),
            ("no streaming", not facts.streaming),
            ("usage not reported", not facts.usage),
            (f"context {facts.context_tokens:,}", facts.context_tokens > 0),
        )
        if so
    ]
    return ", ".join(parts)


def facts_file() -> Path:
    """Where they are kept."""
    return data_home() / "models.json"


def remembered() -> tuple[Facts, ...]:
    """All facts. A file that can't be read counts as empty: it can be made again."""
    try:
        table: Any = json.loads(facts_file().read_text("utf-8"))
        rows = table["models"] if table["version"] == VERSION else []
        return tuple(cattrs.structure(row, Facts) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, cattrs.BaseValidationError) as error:
        log.warning("%s can't be read and counts as empty: %s", facts_file(), error)
        return ()


def known(at: Endpoint) -> Facts | None:
    """What is remembered of the model at `at`."""
    return next((one for one in remembered() if _is_of(one, at)), None)


def remember(facts: Facts) -> None:
    """Keeps `facts` in the place of what was known of that model. Raises OSError."""
    others = [one for one in remembered() if (one.endpoint, one.model) != (facts.endpoint, facts.model)]
    rows = [asdict(one) for one in (*others, facts)]
    text = json.dumps({"version": VERSION, "models": rows}, indent=1)
    replace_file(facts_file(), text.encode(), 0o600)


def _is_of(facts: Facts, at: Endpoint) -> bool:
    return (facts.endpoint, facts.model) == (at.base_url_shown, at.model)
