"""Random reviews over the wire: after each step the buffer must be what the model says (bench/editor)."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .client import Editor, editor

sys.path.append(str(Path(__file__).parents[2] / "bench" / "editor"))
from scripted import written

REVIEWS = 8


@dataclass
class Window:
    """A buffer with the stacks of undo and redo that editors keep."""

    client: Editor
    uri: str
    run: str
    log: Path
    past: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.client.buffers[self.uri][1]

    async def play(self, step: Any) -> None:
        """What the user or Genie does."""
        before = self.text
        if step["kind"] in ("undo", "redo"):
            come, go = (self.past, self.future)[:: 1 if step["kind"] == "undo" else -1]
            go.append(before)
            self.client.type(self.uri, 0, 0, come.pop(), until=(before.count("\n"), 0))
            return
        await MOVES[step["kind"]](self, step)
        if self.text != before:
            self.past.append(before)
            self.future.clear()

    async def type(self, step: Any) -> None:
        self.client.type(self.uri, step["first"], 0, step["lines"], until=(step["end"], 0))

    async def decide(self, step: Any) -> None:
        decision = "accepted" if step["kind"] == "accept" else "rejected"
        wish = {"run": self.run, "hunks": [step["hunk"]], "decision": decision, "reason": ""}
        decided = asyncio.ensure_future(self.client.request("genie/decide", wish))
        await asyncio.sleep(0)  # the wish is sent
        if "hasty" in step:
            self.client.type(self.uri, 0, 0, step["hasty"])
        await decided

    async def take_back(self, step: Any) -> None:
        await self.client.request("genie/undo", {"run": self.run, "hunks": [step["hunk"]], "path": ""})

    async def propose(self, step: Any) -> None:
        number = self.log.read_text("utf-8").count("\n")
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**step["event"], "seq": number}) + "\n")
        await self.client.request("genie/show", {"run": self.run})


MOVES: dict[str, Callable[[Window, Any], Awaitable[None]]] = {
    "type": Window.type,
    "accept": Window.decide,
    "reject": Window.decide,
    "takeBack": Window.take_back,
    "propose": Window.propose,
}


async def test_the_server_and_an_editor_come_to_the_texts_of_the_model(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIE_HOME", str(home))
    reviews = [written(repository, seed, 30) for seed in range(REVIEWS)]
    async with editor(home, repository) as client:
        for review in reviews:
            uri = client.open(Path(review["file"]))
            window = Window(client, uri, review["run"], Path(review["log"]))
            await client.request("genie/show", {"run": window.run})
            for number, step in enumerate(review["steps"]):
                await window.play(step)
                assert window.text == step["text"], f"{window.run}, step {number}: {step['kind']}"
            view = await client.request("genie/show", {"run": window.run})
            hunks = [hunk for file in view["changes"] for hunk in file["hunks"]]
            shown = {hunk["id"]: hunk["line"] for hunk in hunks if hunk["state"] == "open"}
            assert shown == review["open"], window.run
