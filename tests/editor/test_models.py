"""Models in the editor's picker: listed with what is known of them, and probed on request."""

import json
from pathlib import Path

import pytest

from tests.doubles.chat_server import ChatServer
from tests.terminal.test_models import PROBE

from .client import Refused, editor
from .turns import FINISH, has_ended


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


async def test_the_choices_of_a_task_stand_in_the_settings(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    settings = home / "settings.toml"
    table = """
[profiles.careful]
plan.name = "offline"
write.name = "offline"
[profiles.plain]
"""
    settings.write_text(f'candidates = 3\nprofile = "careful"\n{settings.read_text()}{table}')
    (tmp_path / "script.json").write_text(json.dumps([FINISH]))
    async with editor(home, repository) as client:
        found = await client.request("genie/choices", {})
        wish = {"folder": str(repository), "text": "x", "test_command": "true", "profile": "none"}
        wish |= {"model": f"scripted:{tmp_path / 'script.json'}", "candidates": 1}
        run = (await client.request("genie/solve", wish))["run"]
        view = await client.view(run, has_ended)
    assert found == {
        "profiles": [
            {"name": "careful", "told": "offline plans, offline writes"},
            {"name": "plain", "told": "the main model does everything"},
        ],
        "profile": "careful",
        "candidates": 3,
        "settings_uri": settings.as_uri(),
    }
    assert (view["summary"], view["profile"], view["of_candidates"]) == ("Repaired first.", "", 1)


async def test_a_lent_key_is_sent_to_the_model_and_is_kept_nowhere(home: Path, repository: Path) -> None:
    with ChatServer([]) as server:
        settings = home / "settings.toml"
        settings.write_text(f'model.base_url = "{server.base_url}"\n{settings.read_text()}')
        async with editor(home, repository) as client:
            for key in ("sk-lent-by-vs-code", ""):
                assert await client.request("genie/lendKey", {"key": key}) == {}
                await client.request("genie/models", {})
        sent = [request["headers"].get("authorization") for request in server.requests]
    assert sent == ["Bearer sk-lent-by-vs-code", "Bearer none"]
    for file in home.rglob("*"):
        assert not file.is_file() or b"sk-lent" not in file.read_bytes()
