"""Models in the editor's picker: listed with what is known of them, and probed on request."""

from pathlib import Path

import pytest

from tests.doubles.chat_server import ChatServer
from tests.terminal.test_models import PROBE

from .client import Refused, editor


async def test_models_are_listed_probed_and_remembered(home: Path, repository: Path) -> None:
    with ChatServer(list(PROBE)) as server:
        settings = home / "settings.toml"
        settings.write_text(f'model.base_url = "{server.base_url}"\n{settings.read_text()}')
        async with editor(home, repository) as client:
            before = await client.request("genie/models", {})
            probed = await client.request("genie/probeModel", {"name": "double-large"})
            after = await client.request("genie/models", {})
            one = await client.request("genie/model", {"name": "double-large"})
            offline = await client.request("genie/model", {"name": "offline"})
    assert [row["name"] for row in before["models"]] == ["offline", "double-large", "double-small"]
    assert [row["can_probe"] for row in before["models"]] == [False, True, True]
    assert (probed["requests"], probed["tokens"]) == (5, 440)
    assert after["models"][1]["found"] == probed["found"] == one["found"]
    assert [row["can_probe"] for row in (after["models"][1], one, offline)] == [False, False, False]


async def test_a_probe_that_fails_is_told(home: Path, repository: Path) -> None:
    settings = home / "settings.toml"
    settings.write_text(f'model.base_url = "http://127.0.0.1:9/v1"\n{settings.read_text()}')
    async with editor(home, repository) as client:
        listed = await client.request("genie/models", {})
        with pytest.raises(Refused, match="Is the server running"):
            await client.request("genie/probeModel", {"name": "m"})
    assert [row["name"] for row in listed["models"]] == ["offline"]
    assert "Is the server running" in listed["problems"][0]
