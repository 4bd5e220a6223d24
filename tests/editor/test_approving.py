"""A command without a sandbox, in the editor: shown whole, answered by the choices alone, revoked."""

import json
from pathlib import Path

import pytest

from .client import Refused, editor
from .turns import FINISH, PATCH, has_ended, is_asking, solve


async def test_a_command_is_approved_and_that_is_taken_back(
    home: Path, repository: Path, tmp_path: Path, no_bubblewrap: None
) -> None:
    (home / "settings.toml").write_text('[index]\nvectors = "off"\n')
    script = tmp_path / "script.json"
    script.write_text(json.dumps([PATCH, FINISH]))
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{script}")
        view = await client.view(run, is_asking)
        approval = view["question"]["approval"]
        assert (approval["command"], approval["folder"]) == ("true", str(repository))
        assert "No permissions" in approval["sandbox"]
        assert view["status"] == "Waiting for your approval"
        wish = {"run": run, "question": view["question"]["id"]}
        with pytest.raises(Refused, match="only one of these"):
            await client.request("genie/answer", {**wish, "answer": "Decide for me"})
        await client.request("genie/answer", {**wish, "answer": view["question"]["choices"][1]})
        view = await client.view(run, has_ended)
        assert view["tests"]
        assert view["questions"] == []

        [known] = (await client.request("genie/approvals", {}))["approved"]
        assert (known["repository"], known["command"]) == (str(repository), "true")
        await client.request("genie/revokeApprovals", {"approved": [known]})
        assert await client.request("genie/approvals", {}) == {"approved": []}
        again = await solve(client, repository, f"scripted:{script}")
        await client.view(again, is_asking)
