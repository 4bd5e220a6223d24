"""Playbooks over the wire: begun, listed, chosen for a task, shown with the run."""

import json
from pathlib import Path

import pytest

from .client import Refused, editor
from .turns import FINISH, has_ended


async def test_a_playbook_is_begun_listed_and_chosen(home: Path, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text(json.dumps([FINISH]))
    async with editor(home, repository) as client:
        folder = {"folder": str(repository)}
        assert await client.request("genie/playbooks", folder) == {"playbooks": []}
        made = await client.request("genie/newPlaybook", {**folder, "name": "Be brief", "mine": False})
        file = repository / ".genie" / "playbooks" / "be-brief.md"
        assert made == {"uri": file.as_uri()}
        with pytest.raises(Refused, match="already"):
            await client.request("genie/newPlaybook", {**folder, "name": "Be brief", "mine": False})
        file.write_text("---\nfast: 1\n---\nNo more than a line.\n")
        [listed] = (await client.request("genie/playbooks", folder))["playbooks"]
        assert (listed["name"], listed["when"], listed["origin"]) == (
            "be-brief",
            "when you choose it",
            "repository",
        )
        assert listed["problems"][0].startswith("line 2")
        task = {"text": "x", "model": f"scripted:{tmp_path / 'script.json'}", "test_command": "true"}
        run = (await client.request("genie/solve", {**folder, **task, "playbooks": ["be-brief"]}))["run"]
        view = await client.view(run, has_ended)
        assert view["playbooks"] == [{"name": "be-brief", "uri": file.as_uri(), "why": "you chose it"}]
