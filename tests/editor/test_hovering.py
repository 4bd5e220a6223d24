"""A hunk tells on hover why it is so, what it changes, and what can be done with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .client import Editor, editor
from .conftest import NEW
from .turns import FINISH, PATCH, has_ended, solve

DOING = {
    "calls": [{"name": "set_plan", "arguments": {"steps": [{"text": "Repair [first](x)", "state": "doing"}]}}]
}


async def hover(client: Editor, file: Path, line: int) -> Any:
    wish = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": 2}}
    return await client.request("textDocument/hover", wish)


def links(text: str) -> list[tuple[str, Any]]:
    """Titles and first arguments of the command links on the last line."""
    found = [link.removeprefix("[").split("](command:") for link in text.splitlines()[-1].split(" · ")]
    return [(title, json.loads(unquote(rest.rstrip(")").split("?")[1]))[0]) for title, rest in found]


async def test_a_hunk_tells_its_reason_its_step_and_what_can_be_done(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "script.json").write_text(json.dumps([DOING, PATCH, FINISH]))
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{tmp_path / 'script.json'}")
        view = await client.view(run, has_ended)
        [hunk] = view["changes"][0]["hunks"]
        assert hunk["told"] == "Ten is right\\.\n\n*Step:* Repair \\[first\\]\\(x\\)"
        found = await hover(client, repository / "calc.py", 4)
        text = found["contents"]["value"]
        assert text.startswith(hunk["told"])
        assert "```diff\n-    return 1\n+    return 10\n```" in text
        ref = {"run": run, "hunk": hunk["id"]}
        assert links(text) == [
            (title, ref)
            for title in ("Accept", "Reject", "Reject with a Reason…", "Edit", "Comment", "Show Diff")
        ]
        assert found["range"] == {"start": {"line": 4, "character": 0}, "end": {"line": 5, "character": 0}}
        assert await hover(client, repository / "calc.py", 3) is None
        reason = "No `<b>`, please"
        wish = {"run": run, "hunks": [hunk["id"]], "decision": "rejected", "reason": reason}
        await client.request("genie/decide", wish)
        text = (await hover(client, repository / "calc.py", 4))["contents"]["value"]
        assert "*You rejected it:* No `<b>`, please" in text
        assert [title for title, _ in links(text)] == ["Accept"]


async def test_a_hunk_without_a_reason_still_shows_what_it_changes(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        await client.request("genie/show", {"run": written_run({"calc.py": NEW})})
        text = (await hover(client, repository / "calc.py", 8))["contents"]["value"]
        assert text.startswith("\n```diff\n-    return 2\n")
