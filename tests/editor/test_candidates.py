"""Candidates in the editor: begun by the wish, told in the run's view, each shown as the run that it is."""

import json
from pathlib import Path
from typing import Any

from .client import editor
from .turns import FINISH, PATCH, PLAN, has_ended


async def test_candidates_are_told_and_shown(home: Path, repository: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([PLAN, PATCH, FINISH]))
    wish: dict[str, Any] = {"folder": str(repository), "text": "Repair first", "test_command": "true"}
    wish |= {"model": f"scripted:{script}", "candidates": 2}
    async with editor(home, repository) as client:
        run = (await client.request("genie/solve", wish))["run"]
        view = await client.view(run, has_ended)
        first = await client.request("genie/show", {"run": view["candidates"][0]["run"]})
    assert [row["run"] for row in view["candidates"]] == [f"{run}.1", f"{run}.2"]
    assert [row["chosen"] for row in view["candidates"]] == [True, False]
    assert view["candidates"][0]["told"].endswith("breaks 0, mends 0, 2 propose the same, 2 lines")
    assert view["changes"][0]["hunks"][0]["added"] == first["changes"][0]["hunks"][0]["added"]
    assert (first["phase"], first["candidates"]) == ("finished", [])
