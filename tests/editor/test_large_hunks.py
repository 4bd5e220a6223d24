"""A model that streams a hunk of ten thousand lines: it is shown clipped, and lands whole."""

import json
from pathlib import Path
from typing import Any

from tests.doubles.chat_server import ChatServer

from .client import editor
from .conftest import OLD
from .turns import FINISH, has_ended, solve

LINES = 10_000
MOST_BYTES = 50_000
"""Of a view: it is sent at every key that is pressed in the file."""


def patch(lines: list[str]) -> Any:
    rows = ["--- a/calc.py", "+++ b/calc.py", "@@ -4,2 +4,10001 @@", " def first():", "-    return 1", *lines]
    return {"calls": [{"name": "propose_patch", "arguments": {"patch": "\n".join(rows) + "\n"}}]}


async def test_it_is_clipped_in_the_view_and_accepted_whole(home: Path, repository: Path) -> None:
    lines = [f"    step_{number} = {number}" for number in range(LINES)]
    with ChatServer([patch([f"+{line}" for line in lines]), FINISH]) as server:
        settings = f'sandbox = "off"\nmodel.base_url = "{server.base_url}"\nmodel.probe = false\n'
        (home / "settings.toml").write_text(settings + '[index]\nvectors = "off"\n')
        async with editor(home, repository) as client:
            file = repository / "calc.py"
            document = {"uri": client.open(file)}
            run = await solve(client, repository, "double-large")
            view = await client.view(run, has_ended)
            (hunk,) = view["changes"][0]["hunks"]
            assert (len(hunk["removed"]), len(hunk["added"])) == (1, 200)
            assert (hunk["more_removed"], hunk["more_added"]) == (0, LINES - 200)
            assert len(json.dumps(view)) < MOST_BYTES
            here = {"textDocument": document, "position": {"line": 4, "character": 0}}
            hover = await client.request("textDocument/hover", here)
            assert "… 9800 more lines: Show Diff has them all" in hover["contents"]["value"]
            wish = {"run": run, "hunks": [hunk["id"]], "decision": "accepted", "reason": ""}
            assert await client.request("genie/decide", wish) == {"done": 1, "problem": ""}
            assert client.text(file) == OLD.replace("    return 1\n", "\n".join(lines) + "\n")
            client.type(document["uri"], 4 + LINES // 2, 0, "    mine = 0\n")
            await client.request("genie/undo", {"run": run, "hunks": [], "path": ""})
            assert client.text(file).count("step_") == LINES
            rest = [one for one in client.notes if one[0] == "genie/view"]
            assert all(len(json.dumps(one)) < MOST_BYTES for one in rest)
