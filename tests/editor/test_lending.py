"""The tools that other agents in the editor get."""

import json
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.lending import LENT

from .client import Editor, Refused, editor

MANIFEST = Path(__file__).parent.parent.parent / "extension" / "package.json"
TOOLS = {
    "genie_searchCode": "search_code",
    "genie_definitions": "go_to_definition",
    "genie_references": "find_references",
}


async def look(client: Editor, repository: Path, tool: str, **arguments: Any) -> tuple[str, bool]:
    wish = {"folder": str(repository), "tool": tool, "arguments": arguments}
    seen = await client.request("genie/look", wish)
    return seen["text"], seen["ok"]


def test_the_manifest_offers_what_the_tools_take() -> None:
    offered = {
        tool["name"]: tool for tool in json.loads(MANIFEST.read_text())["contributes"]["languageModelTools"]
    }
    assert {name: tool["inputSchema"] for name, tool in offered.items()} == {
        name: LENT[tool].spec.parameters for name, tool in TOOLS.items()
    }


async def test_code_is_found_and_shown_as_the_editor_has_it(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        text, ok = await look(client, repository, "search_code", query="what does second return?", limit=2)
        assert ok
        assert "calc.py" in text
        assert "return 2" in text
        uri = client.open(repository / "calc.py")
        client.type(uri, 8, 12, "2")
        text, _ = await look(client, repository, "go_to_definition", name="second")
        assert text.startswith("From the index, by name.")
        assert "return 22" in text
        [line] = (await look(client, repository, "open_file", path=str(repository / "calc.py"), start=9))[
            0
        ].splitlines()[1:]
        assert line == "    9      return 22"


async def test_a_place_is_followed_by_the_editors_extensions(home: Path, repository: Path) -> None:
    (repository / "uses.py").write_text("from calc import second\n\nprint(second())\n")

    async def answer(_: Any) -> Any:
        return {"locations": [{"uri": (repository / "calc.py").as_uri(), "line": 7, "column": 4}]}

    async with editor(home, repository) as client:
        client.answers["genie/navigate"] = answer
        text, _ = await look(client, repository, "go_to_definition", name="second", path="uses.py", line=3)
        assert text.startswith("From the editor.")
        assert "calc.py:8-9 second" in text
        [(_, asked)] = [each for each in client.asked if each[0] == "genie/navigate"]
        assert (asked["line"], asked["wish"]) == (2, "definition")


@pytest.mark.parametrize(
    ("tool", "arguments", "why"),
    [
        ("run_tests", {}, "There is no tool 'run_tests'"),
        ("search_code", {"words": "x"}, "Wrong arguments for search_code"),
        ("open_file", {"path": "../home/settings.toml"}, "leads out of the repository"),
        ("go_to_definition", {"name": "x", "path": "/etc/passwd"}, "lies outside of"),
    ],
)
async def test_what_cannot_be_done_is_said(
    home: Path, repository: Path, tool: str, arguments: dict[str, Any], why: str
) -> None:
    async with editor(home, repository) as client:
        with pytest.raises(Refused, match=why):
            await look(client, repository, tool, **arguments)
