"""The right side of a diff is the proposed file itself, brought up to date, and can be edited."""

import json
from pathlib import Path
from typing import Any

from genie_engineer.agent.proposed_files import PROPOSED

from .client import Editor, editor
from .conftest import OLD
from .turns import FINISH, PATCH, has_ended, solve

MENDED = OLD.replace("return 1", "return 10")


async def ended(client: Editor, repository: Path, script: Path) -> str:
    script.write_text(json.dumps([PATCH, FINISH]))
    run = await solve(client, repository, f"scripted:{script}")
    await client.view(run, has_ended)
    return run


async def proposed(client: Editor, run: str) -> Any:
    return await client.request("genie/proposed", {"run": run, "path": "calc.py"})


async def test_the_proposed_file_follows_the_users_and_what_is_decided(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    async with editor(home, repository) as client:
        run = await ended(client, repository, tmp_path / "script.json")
        place = home / "runs" / run / PROPOSED / "calc.py"
        assert await proposed(client, run) == {"text": MENDED, "uri": place.as_uri()}
        uri = client.open(repository / "calc.py")
        client.type(uri, 0, 0, "# typed\n")
        assert await proposed(client, run) == {"text": "# typed\n" + MENDED, "uri": place.as_uri()}
        assert place.read_text() == "# typed\n" + MENDED
        place.write_text("# typed\n" + MENDED.replace("return 10", "return 11"))
        client.notify("textDocument/didSave", {"textDocument": {"uri": place.as_uri()}})
        view = await client.view(
            run, lambda view: view["changes"][0]["hunks"][0]["added"] == ["    return 11"]
        )
        wish = {"run": run, "hunks": [view["changes"][0]["hunks"][0]["id"]], "decision": "rejected"}
        await client.request("genie/decide", {**wish, "reason": ""})
        await proposed(client, run)
        assert place.read_text() == "# typed\n" + OLD


async def test_what_the_user_has_not_saved_or_that_conflicts_stays_as_it_is(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    async with editor(home, repository) as client:
        run = await ended(client, repository, tmp_path / "script.json")
        place = home / "runs" / run / PROPOSED / "calc.py"
        own, uri = client.open(place), client.open(repository / "calc.py")
        client.type(own, 0, 0, "# mine\n")
        client.type(uri, 0, 0, "# typed\n")
        assert (await proposed(client, run))["uri"] == place.as_uri()
        assert place.read_text() == MENDED
        client.type(own, 0, 0, "", until=(1, 0))
        client.type(uri, 5, 11, "7", until=(5, 12))
        await proposed(client, run)
        assert place.read_text() == MENDED
