"""The task, spans and answers are edited over the wire, while a run waits and when it has ended."""

import json
from pathlib import Path

import pytest

from .client import Refused, editor
from .turns import ASK, FINISH, has_ended, is_asking, solve


async def test_task_spans_and_answers_are_edited(home: Path, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text(json.dumps([ASK, ASK, FINISH, FINISH]))
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{tmp_path / 'script.json'}")
        first = (await client.view(run, is_asking))["question"]
        await client.request("genie/editTask", {"run": run, "text": "Repair all"})
        span = {"run": run, "path": str(repository / "calc.py"), "start": 8, "end": 9}
        await client.request("genie/markSpan", {**span, "mark": "pin"})
        await client.request("genie/answer", {"run": run, "question": first["id"], "answer": "thirty"})
        view = await client.view(run, lambda view: is_asking(view) and view["question"]["id"] != first["id"])
        assert view["task"] == "Repair all"
        assert view["found"][0] == {
            "path": "calc.py",
            "start": 8,
            "end": 9,
            "symbol": "",
            "reason": "",
            "mark": "pin",
        }
        assert [(one["text"], one["answer"]) for one in view["questions"]] == [
            ("Which?", "thirty"),
            ("Which?", ""),
        ]
        text = (home / "runs" / run / "task.md").read_text()
        assert view["task_file"] == (home / "runs" / run / "task.md").as_uri()
        assert "Repair all" in text
        assert "- [pin] calc.py:8-9" in text
        await client.request("genie/answer", {"run": run, "question": first["id"], "answer": "forty"})
        await client.request(
            "genie/answer", {"run": run, "question": view["question"]["id"], "answer": "ten"}
        )
        await client.view(run, has_ended)
        await client.request("genie/markSpan", {**span, "mark": "drop"})
        view = await client.request("genie/show", {"run": run})
        assert [one["mark"] for one in view["found"] if one["start"] == 8] == ["drop"]
        assert view["questions"][0]["answer"] == "forty"
        for wrong, words in (
            ({**span, "path": "gone.py", "mark": "pin"}, "no file of the repository"),
            ({**span, "path": "../x", "mark": "pin"}, "no file of the repository"),
            ({**span, "start": 0, "mark": "pin"}, "no lines 0 to 9"),
        ):
            with pytest.raises(Refused, match=words):
                await client.request("genie/markSpan", wrong)
        with pytest.raises(Refused, match="The task is empty"):
            await client.request("genie/editTask", {"run": run, "text": " "})
