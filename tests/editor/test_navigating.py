"""The editor's own providers, asked from the server while a run follows a name."""

import json
from pathlib import Path
from typing import Any

import pytest

from .client import Editor, editor
from .turns import FINISH, has_ended, solve

USES = "from calc import second\n\n\ndef third():\n    return '😀', second()\n"
WISH = {"name": "second", "path": "uses.py", "line": 5}


@pytest.fixture
def uses(repository: Path) -> Path:
    file = repository / "uses.py"
    file.write_text(USES)
    return file


async def followed(client: Editor, home: Path, repository: Path, turns: list[Any]) -> list[dict[str, Any]]:
    """The answers of a run's navigating tools."""
    script = home / "script.json"
    script.write_text(json.dumps([*turns, FINISH]))
    run = await solve(client, repository, f"scripted:{script}")
    await client.view(run, has_ended)
    lines = (home / "runs" / run / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    tools = ("go_to_definition", "find_references")
    return [event for event in events if event["kind"] == "ToolAnswered" and event["tool"] in tools]


def turn(tool: str, **more: Any) -> dict[str, Any]:
    return {"calls": [{"name": tool, "arguments": WISH | more}]}


def answering(client: Editor, *found: tuple[Path, int, int]) -> None:
    async def answer(_: Any) -> Any:
        return {
            "locations": [
                {"uri": path.as_uri(), "line": line, "column": column} for path, line, column in found
            ]
        }

    client.answers["genie/navigate"] = answer


def asked(client: Editor) -> list[Any]:
    return [params for method, params in client.asked if method == "genie/navigate"]


async def test_the_editor_answers(home: Path, repository: Path, uses: Path) -> None:
    async with editor(home, repository) as client:
        answering(client, (repository / "calc.py", 7, 4))
        (seen,) = await followed(client, home, repository, [turn("go_to_definition")])
        assert seen["text"].startswith("From the editor.")
        assert "return 2" in seen["text"]
        question = {"uri": uses.as_uri(), "line": 4, "column": 17, "wish": "definition"}
        assert asked(client) == [question]


async def test_references_come_from_the_editor_too(home: Path, repository: Path, uses: Path) -> None:
    async with editor(home, repository) as client:
        answering(client, (uses, 0, 17), (uses, 4, 17))
        (seen,) = await followed(client, home, repository, [turn("find_references")])
        assert seen["data"]["source"] == "editor"
        assert [span["start"] for span in seen["data"]["spans"]] == [1, 5]
        assert asked(client)[0]["wish"] == "references"


@pytest.mark.parametrize("answer", [None, {"locations": []}, {"error": {"code": -32601, "message": "What?"}}])
async def test_an_editor_that_knows_nothing_is_passed_over(
    home: Path, repository: Path, uses: Path, answer: Any
) -> None:
    async with editor(home, repository) as client:

        async def say(_: Any) -> Any:
            return answer

        client.answers["genie/navigate"] = say
        (seen,) = await followed(client, home, repository, [turn("go_to_definition")])
        assert len(asked(client)) == 1
        assert seen["data"]["source"] == "language server"


async def test_the_editor_is_not_asked_about_a_text_that_it_has_not(
    home: Path, repository: Path, uses: Path
) -> None:
    patch = "uses.py\n<<<<<<< SEARCH\ndef third():\n=======\n# Third\ndef third():\n>>>>>>> REPLACE\n"
    edit = {"calls": [{"name": "propose_patch", "arguments": {"patch": patch, "reason": ""}}]}
    async with editor(home, repository) as client:
        answering(client, (repository / "calc.py", 7, 4))
        (seen,) = await followed(client, home, repository, [edit, turn("go_to_definition", line=6)])
        assert asked(client) == []
        assert seen["data"]["source"] == "language server"


async def test_an_answer_about_another_text_does_not_count(home: Path, repository: Path, uses: Path) -> None:
    patch = "calc.py\n<<<<<<< SEARCH\nimport os\n=======\nimport os\nimport sys\n>>>>>>> REPLACE\n"
    edit = {"calls": [{"name": "propose_patch", "arguments": {"patch": patch, "reason": ""}}]}
    async with editor(home, repository) as client:
        answering(client, (repository / "calc.py", 7, 4))
        (seen,) = await followed(client, home, repository, [edit, turn("go_to_definition")])
        assert len(asked(client)) == 1
        assert seen["data"]["source"] == "language server"
        assert seen["data"]["spans"][0]["start"] == 9


async def test_what_the_user_has_typed_since_is_another_text(
    home: Path, repository: Path, uses: Path
) -> None:
    async with editor(home, repository) as client:

        async def type_and_answer(_: Any) -> Any:
            client.type(client.open(repository / "calc.py"), 0, 0, "# typed\n")
            return {"locations": [{"uri": (repository / "calc.py").as_uri(), "line": 8, "column": 4}]}

        client.answers["genie/navigate"] = type_and_answer
        (seen,) = await followed(client, home, repository, [turn("go_to_definition")])
        assert seen["data"]["source"] == "language server"
        assert seen["data"]["spans"][0]["start"] == 8
