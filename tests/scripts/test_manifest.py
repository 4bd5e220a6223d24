"""What the extension's manifest promises: what a repository can't set, and what an untrusted one can't do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

EXTENSION = Path(__file__).parent.parent.parent / "extension"
CODE = {path.name: path.read_text("utf-8") for path in (EXTENSION / "src").glob("*.ts")}
WORKSPACES_OWN = {"genie.testCommand"}
"""Settings that a repository may bring along, once it is trusted."""


@pytest.fixture(scope="module")
def manifest() -> Any:
    return json.loads((EXTENSION / "package.json").read_text("utf-8"))


def test_a_repository_sets_nothing_but_its_test_command(manifest: Any) -> None:
    settings = manifest["contributes"]["configuration"]["properties"]
    scopes = {name: setting.get("scope", "window") for name, setting in settings.items()}
    assert {
        name for name, scope in scopes.items() if scope not in ("machine", "application")
    } == WORKSPACES_OWN
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert set(restricted) == set(settings)


def test_settings_are_read_as_the_users_own_in_the_code_too() -> None:
    readers = {name for name, text in CODE.items() if re.search(r"getConfiguration\(\s*\"genie\"", text)}
    assert readers == {"settings.ts"}
    assert re.findall(r"\.get\(\"(\w+)\"", CODE["settings.ts"]) == ["testCommand"]
    assert "isTrusted ?" in CODE["settings.ts"].split("testCommand(folder")[1]


def test_where_it_cannot_work_it_says_so(manifest: Any) -> None:
    capabilities = manifest["capabilities"]
    assert capabilities["virtualWorkspaces"]["supported"] is False
    assert capabilities["virtualWorkspaces"]["description"]
    assert capabilities["untrustedWorkspaces"]["supported"] == "limited"
    assert manifest["extensionKind"] == ["workspace"]
    assert "browser" not in manifest


def test_only_looking_is_asked_of_the_server_where_nothing_is_trusted() -> None:
    harmless = re.search(r"HARMLESS: readonly string\[\] = \[(.*)\];", CODE["server.ts"])
    assert harmless
    names = set(re.findall(r"(\w+)Request\.method", harmless[1]))
    assert names == {"findCode", "index", "look", "report"}
    direct = {name for name, text in CODE.items() if re.search(r"\bclient\.request\(", text)}
    assert direct == {
        "server.ts",
        "keys.ts",
        "extension.ts",
    }  # the last shows runs, which only trusted folders have
    assert CODE["keys.ts"].index("isTrusted") < CODE["keys.ts"].index("client.request(")
