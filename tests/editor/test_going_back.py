"""Earlier moments over the wire, and a new run from one."""

import json
from pathlib import Path

import pytest

from .client import Refused, editor
from .turns import FINISH, PATCH, PLAN, has_ended, solve


async def test_one_goes_back_and_on_differently(home: Path, repository: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([PLAN, PATCH, FINISH]))
    async with editor(home, repository) as client:
        parent = await solve(client, repository, f"scripted:{script}")
        before = await client.view(parent, has_ended)
        moments = (await client.request("genie/moments", {"run": parent}))["moments"]
        [moment] = [one for one in moments if one["words"].startswith("before the first patch")]
        script.write_text(json.dumps([PLAN, FINISH]))
        wish = {"run": parent, "seq": moment["seq"], "say": "Change nothing."}
        run = (await client.request("genie/branch", wish))["run"]
        view = await client.view(run, has_ended)
        assert (view["changes"], view["title"]) == ([], before["title"])
        assert view["origin"] == f"branch of {parent} at {moment['seq']}"
        assert [step["text"] for step in view["plan"]] == ["Repair first"]
        assert (await client.request("genie/show", {"run": parent}))["changes"] == before["changes"]
        listed = (await client.request("genie/runs", {"folder": str(repository)}))["runs"]
        assert {one["run"]: one["origin"] for one in listed} == {parent: "", run: f"branch of {parent}"}
        with pytest.raises(Refused, match="has the events 0 to"):
            await client.request("genie/branch", {**wish, "seq": 900})
