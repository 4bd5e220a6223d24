"""The editor's own models, asked from the server."""

import asyncio
import json
from pathlib import Path
from typing import Any

from .client import editor
from .turns import FINISH, PATCH, has_ended, solve


async def test_the_editors_own_model_answers(home: Path, repository: Path) -> None:
    turns = iter([PATCH, FINISH])

    async with editor(home, repository) as client:

        async def ask(params: Any) -> Any:
            assert (params["model"], params["messages"][0]["role"]) == ("copilot/x", "system")
            assert "propose_patch" in {tool["name"] for tool in params["tools"]}
            call = next(turns)["calls"][0]
            chunk = {
                "id": params["id"],
                "text": "Well. ",
                "call_id": "",
                "call_name": "",
                "call_arguments": "",
            }
            client.notify("genie/modelChunk", chunk)
            made = {
                "call_id": "c",
                "call_name": call["name"],
                "call_arguments": json.dumps(call["arguments"]),
            }
            client.notify("genie/modelChunk", chunk | {"text": ""} | made)
            return {}

        client.answers["genie/askModel"] = ask
        run = await solve(client, repository, "editor:copilot/x")
        view = await client.view(run, has_ended)
        assert (view["summary"], len(view["changes"])) == ("Repaired first.", 1)


async def test_a_refusal_of_the_editors_own_model_is_told(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:

        async def refuse(_: Any) -> Any:
            data = {"kind": "no_permission", "text": "The user said no."}
            return {"error": {"code": -32803, "message": "No.", "data": data}}

        client.answers["genie/askModel"] = refuse
        run = await solve(client, repository, "editor:copilot/x")
        view = await client.view(run, has_ended)
        assert "allow" in view["status"]
        assert "The user said no." in view["status"]


async def test_stopping_cancels_the_question_to_the_editors_model(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        asked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def never(params: Any) -> Any:
            asked.set_result(params["id"])
            await client.until(lambda: ("genie/cancelModel", {"id": params["id"]}) in client.notes or None)
            return {"error": {"code": -32800, "message": "Cancelled."}}

        client.answers["genie/askModel"] = never
        run = await solve(client, repository, "editor:copilot/x")
        number = await asked
        await client.request("genie/stop", {"run": run})
        await client.until(lambda: ("genie/cancelModel", {"id": number}) in client.notes or None)
        assert await client.leave() == 0
