"""Two windows on one folder: two servers, one log. Both show the run, one works on it, a hunk lands once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .client import Editor, Refused, editor
from .conftest import NEW, OLD
from .turns import ASK, FINISH, PATCH, has_ended, is_asking, solve


async def accept(client: Editor, run: str, view: Any) -> Any:
    chosen = [hunk["id"] for hunk in view["changes"][0]["hunks"]]
    return await client.request(
        "genie/decide", {"run": run, "hunks": chosen, "decision": "accepted", "reason": ""}
    )


async def test_the_other_window_follows_a_run_and_changes_nothing_of_it(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([PATCH, ASK, FINISH]))
    async with editor(home, repository) as here, editor(home, repository) as there:
        run = await solve(here, repository, f"scripted:{script}")
        asking = await here.view(run, is_asking)
        view = await there.request("genie/show", {"run": run})
        assert (view["phase"], view["elsewhere"]) == ("asking", True)
        assert view["status"] == "Waiting for your answer (in another window or a terminal)"
        (listed,) = (await there.request("genie/runs", {"folder": str(repository)}))["runs"]
        assert listed["phase"] == "asking"
        there.open(repository / "calc.py")
        answer = {"run": run, "question": asking["question"]["id"], "answer": "ten"}
        for refused in [accept(there, run, view), there.request("genie/answer", answer)]:
            with pytest.raises(Refused, match="in another window or a terminal: do it there"):
                await refused
        with pytest.raises(Refused, match="stop it there"):
            await there.request("genie/stop", {"run": run})
        assert there.text(repository / "calc.py") == OLD
        await here.request("genie/answer", answer)
        assert not (await there.view(run, has_ended))["elsewhere"]


async def test_a_hunk_that_both_accept_is_applied_once(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    async with editor(home, repository) as here, editor(home, repository) as there:
        views = [await one.request("genie/show", {"run": run}) for one in (here, there)]
        for one in (here, there):
            one.open(file)
        assert await accept(here, run, views[0]) == {"done": 2, "problem": ""}
        file.write_text(here.text(file))  # It is saved, and the other window reads it again.
        there.type(file.as_uri(), 0, 0, NEW, until=(OLD.count("\n"), 0))
        await there.view(
            run, lambda view: [h["state"] for h in view["changes"][0]["hunks"]] == ["accepted"] * 2
        )
        assert await accept(there, run, views[1]) == {"done": 0, "problem": ""}
        assert there.text(file) == here.text(file) == NEW
