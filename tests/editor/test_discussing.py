"""Remarks over the wire: taken in where they stand, shown where their lines now are, answered by a model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.log import LOG
from genie_engineer.agent.proposed_files import PROPOSED
from genie_engineer.agent.threads import CANNOT

from .client import Editor, Refused, editor
from .conftest import NEW
from .turns import ASK, FINISH, PATCH, has_ended, is_asking, solve

REPLY = {"calls": [{"name": "reply", "arguments": {"thread": "c1", "text": "As the task says.\n\n`10`"}}]}

NEXT = "Genie reads this at its next turn"


def remark(run: str, file: Path, line: int, text: str = "Why?", **more: Any) -> Any:
    return {
        "run": run,
        "id": "c1",
        "text": text,
        "thread": "",
        "uri": file.as_uri(),
        "line": line,
        **more,
    }


async def threads(client: Editor, run: str) -> Any:
    return (await client.request("genie/show", {"run": run}))["threads"]


async def test_a_remark_is_answered_by_the_model_and_survives_the_server(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "script.json").write_text(json.dumps([PATCH, ASK, REPLY, FINISH]))
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{tmp_path / 'script.json'}")
        asked = await client.view(run, is_asking)
        proposed = home / "runs" / run / PROPOSED / "calc.py"
        assert asked["changes"][0]["proposed_uri"] == proposed.as_uri()
        assert await client.request("genie/comment", remark(run, proposed, 4)) == {"offer": ""}
        await client.view(run, lambda view: [one["told"] for one in view["threads"]] == [NEXT])
        await client.request(
            "genie/answer", {"run": run, "question": asked["question"]["id"], "answer": "ten"}
        )
        view = await client.view(run, has_ended)
        assert view["threads"] == [
            {
                "id": "c1",
                "uri": proposed.as_uri(),
                "line": 4,
                "outdated": False,
                "resolved": False,
                "told": "Genie has answered",
                "words": [
                    {"by": "user", "text": "Why?"},
                    {"by": "genie", "text": "As the task says\\.  \n  \n`10`"},
                ],
            }
        ]
        assert view["outcome"] == "solved"
        client.process.kill()
        await client.ended()
    async with editor(home, repository) as client:
        assert await threads(client, run) == view["threads"]
        await client.request("genie/markThread", {"run": run, "thread": "c1", "mark": "resolved"})
        assert [(one["resolved"], one["told"]) for one in await threads(client, run)] == [(True, "Settled")]
        await client.request("genie/comment", remark(run, proposed, 0, id="c2", thread="c1"))
        view = await client.request("genie/show", {"run": run})
        assert [one["resolved"] for one in view["threads"]] == [False]
        assert view["waiting"] == "Genie isn't at work on this. Go on with your remark?"
        assert "resume to have this answered" in view["threads"][0]["told"]
        await client.request("genie/markThread", {"run": run, "thread": "c1", "mark": "deleted"})
        view = await client.request("genie/show", {"run": run})
        assert (view["threads"], view["waiting"]) == ([], "")
        with pytest.raises(Refused, match="This thread is gone"):
            await client.request("genie/markThread", {"run": run, "thread": "c1", "mark": "open"})


async def test_a_thread_follows_its_line_through_buffers_and_says_when_it_is_gone(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run, file = written_run({"calc.py": NEW}), repository / "calc.py"
        uri = client.open(file)
        await client.request("genie/show", {"run": run})
        client.type(uri, 0, 0, "# unsaved\n")
        await client.request("genie/comment", remark(run, file, 9))
        view = await client.view(run, lambda view: view["threads"])
        assert [(one["line"], one["uri"]) for one in view["threads"]] == [(9, uri)]
        client.type(uri, 0, 0, "# more\n# and more\n")
        await client.view(run, lambda view: view["threads"][0]["line"] == 11)
        client.type(uri, 11, 11, "3", until=(11, 12))
        view = await client.view(run, lambda view: view["threads"][0]["outdated"])
        assert "Outdated" in view["threads"][0]["told"]
        assert view["threads"][0]["line"] == 11
        client.type(uri, 11, 11, "2", until=(11, 12))
        await client.view(run, lambda view: not view["threads"][0]["outdated"])


async def test_the_offline_engine_answers_that_it_cannot_discuss(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = written_run({"calc.py": NEW})
        assert await client.request("genie/comment", remark(run, repository / "calc.py", 4)) == {"offer": ""}
        [thread] = await threads(client, run)
        assert [words["by"] for words in thread["words"]] == ["user", "genie"]
        assert "can't discuss code" in CANNOT


async def test_what_can_be_no_remark_is_said_and_changes_nothing(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = written_run({"calc.py": NEW})
        (repository / "other.py").touch()
        log = (home / "runs" / run / LOG).read_bytes()
        for wrong, words in (
            (remark(run, repository / "other.py", 0), "no change of this file"),
            (remark(run, repository / "calc.py", 9), "calc.py has no line 10"),
            (remark(run, repository / "calc.py", 0, "x" * 100_000), "this one has 100,000: shorten it"),
            (remark(run, repository / "calc.py", 0, " "), "nothing in this remark"),
            (remark(run, repository / "calc.py", 0, thread="gone"), "no thread 'gone'"),
            (remark("20260101-000000-gone", repository / "calc.py", 0), "There is no run"),
        ):
            with pytest.raises(Refused, match=words):
                await client.request("genie/comment", wrong)
        assert (home / "runs" / run / LOG).read_bytes() == log


async def test_a_remark_that_is_sent_again_counts_once(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = written_run({"calc.py": NEW})
        for _ in range(2):
            await client.request("genie/comment", remark(run, repository / "calc.py", 4))
        assert [len(thread["words"]) for thread in await threads(client, run)] == [2]
