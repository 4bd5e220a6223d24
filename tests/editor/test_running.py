"""Whole runs over the wire: seen, steered, stopped, resumed, also after the server was killed."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pygls.uris import to_fs_path

from genie_engineer.agent.events import Finished
from genie_engineer.agent.log import Run

from .client import Editor, Refused, editor
from .conftest import OLD
from .turns import ASK, FINISH, PATCH, PLAN, has_ended, is_asking, solve


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., str]:
    """Writes a script and gives the name of the model that plays it."""

    def write(*turns: Any) -> str:
        path = tmp_path / "script.json"
        path.write_text(json.dumps(turns))
        return f"scripted:{path}"

    return write


async def answer(client: Editor, run: str, view: Any, text: str) -> None:
    wish = {"run": run, "question": view["question"]["id"], "answer": text}
    await client.request("genie/answer", wish)


async def test_a_run_is_seen_steered_and_accepted(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(PLAN, ASK, PATCH, FINISH))
        view = await client.view(run, is_asking)
        assert view["question"]["text"] == "Which?"
        assert view["status"] == "Waiting for your answer"
        assert [step["text"] for step in view["plan"]] == ["Repair first"]

        steps = [{**view["plan"][0], "text": "Repair it well"}, new_step("Say why"), new_step("Rest")]
        await client.request("genie/editPlan", {"run": run, "steps": steps, "seen": view["plan"]})
        await client.request("genie/say", {"run": run, "text": "Ten is right."})
        await answer(client, run, view, "ten")

        view = await client.view(run, has_ended)
        assert [step["text"] for step in view["plan"]] == ["Repair it well", "Say why", "Rest"]
        plan = Path(to_fs_path(view["plan_file"]) or "").read_text()
        assert "- [ ] Repair it well\n- [ ] Say why\n- [ ] Rest\n" in plan
        assert len({step["id"] for step in view["plan"]}) == 3
        assert (view["title"], view["summary"]) == ("Repair first", "Repaired first.")
        [file] = view["changes"]
        assert (file["path"], file["uri"]) == ("calc.py", (repository / "calc.py").as_uri())
        wish = {"run": run, "hunks": [file["hunks"][0]["id"]], "decision": "accepted", "reason": ""}
        assert await client.request("genie/decide", wish) == {"done": 1, "problem": ""}
        assert client.text(repository / "calc.py") == OLD.replace("return 1", "return 10")
        assert ("workspace/codeLens/refresh", None) in client.asked
        assert await client.leave() == 0


def new_step(text: str) -> Any:
    return {"id": "", "text": text, "state": "todo", "notes": ""}


async def test_stop_and_resume(home: Path, repository: Path, script: Callable[..., str]) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(ASK, PATCH, FINISH))
        first = await client.view(run, is_asking)
        await client.request("genie/stop", {"run": run})
        view = await client.request("genie/show", {"run": run})
        assert (view["phase"], view["outcome"], view["question"]) == ("stopped", "stopped", None)
        await client.view(run, has_ended)

        await client.request("genie/resume", {"run": run, "longer": False})

        again = await client.view(run, is_asking)
        assert again["question"] == first["question"]
        await answer(client, run, again, "ten")
        view = await client.view(run, has_ended)
        assert len(view["changes"]) == 1
        with pytest.raises(Refused, match="no longer waits"):
            await client.request("genie/answer", {"run": run, "question": "x", "answer": "ten"})


async def test_a_run_stopped_at_once_has_an_end(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(ASK))
        await client.request("genie/stop", {"run": run})
        view = await client.request("genie/show", {"run": run})
        assert (view["phase"], view["outcome"]) == ("stopped", "stopped")


async def test_a_killed_server_loses_nothing_and_a_new_one_resumes(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(PLAN, ASK, PATCH, FINISH))
        seen = await client.view(run, is_asking)
        client.process.kill()
        await client.ended()
    async with editor(home, repository) as client:
        view = await client.request("genie/show", {"run": run})
        assert (view["phase"], view["status"]) == ("stopped", "Interrupted; resume to go on")
        assert view["plan"] == seen["plan"]
        [listed] = (await client.request("genie/runs", {"folder": str(repository)}))["runs"]
        assert (listed["run"], listed["phase"], listed["outcome"]) == (run, "stopped", None)
        await client.request("genie/resume", {"run": run, "longer": False})
        view = await client.view(run, is_asking)
        with pytest.raises(Refused, match="under way already"):
            await client.request("genie/resume", {"run": run, "longer": False})


async def test_several_runs_at_once_are_listed_and_all_stopped_when_the_editor_goes(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        model = script(ASK, FINISH)
        runs = [await solve(client, repository, model, f"Task {number}") for number in range(2)]
        for run in runs:
            await client.view(run, is_asking)
        listed = (await client.request("genie/runs", {"folder": str(repository / "..")}))["runs"]
        assert listed == []
        listed = (await client.request("genie/runs", {"folder": str(repository)}))["runs"]
        assert {(one["run"], one["title"], one["phase"]) for one in listed} == {
            (runs[0], "Task 0", "asking"),
            (runs[1], "Task 1", "asking"),
        }
        client.process.stdin.close()  # type: ignore[union-attr]
        await client.ended()
    for run in runs:
        last = (home / "runs" / run / "events.jsonl").read_text().splitlines()[-1]
        assert json.loads(last)["outcome"] == "stopped"
    assert list((home / "cache" / "workbenches").iterdir()) == []


async def test_terminating_the_server_stops_its_runs(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(ASK))
        await client.view(run, is_asking)
        client.process.terminate()
        assert await client.ended() == 128 + 15
    last = (home / "runs" / run / "events.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["outcome"] == "stopped"


async def test_a_run_that_fails_says_so(home: Path, repository: Path, script: Callable[..., str]) -> None:
    async with editor(home, repository) as client:
        run = await solve(client, repository, script({"error": "refused", "message": "The key is wrong."}))
        view = await client.view(run, has_ended)
        assert (view["outcome"], view["status"]) == ("failed", "The key is wrong.")
        assert "window/showMessage" not in [method for method, _ in client.notes], "the editor says it once"


SENSELESS = [
    ("genie/show", {"run": "nothing"}, -32803, "There is no run 'nothing'"),
    ("genie/stop", {"run": "../.."}, -32803, "There is no run"),
    ("genie/resume", {"run": "", "longer": False}, -32803, "There is no run"),
    ("genie/show", {}, -32602, "required field"),
    ("genie/show", {"run": 5}, -32602, "expected str"),
    ("genie/show", None, -32602, "required field"),
    ("genie/decide", {"run": "x", "hunks": "abc", "decision": "accepted", "reason": ""}, -32602, "hunks"),
    ("genie/decide", {"run": "x", "hunks": [], "decision": "maybe", "reason": ""}, -32602, "decision"),
    (
        "genie/solve",
        {"folder": "relative", "text": "x", "model": "editor:x", "test_command": ""},
        -32803,
        "absolute",
    ),
    ("genie/solve", {"folder": "/", "text": "x", "model": "editor:x", "test_command": ""}, -32803, "git"),
    ("genie/unknown", {}, -32601, "genie/unknown"),
]


async def test_what_makes_no_sense_is_an_error_with_a_sentence(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        for method, params, code, words in SENSELESS:
            with pytest.raises(Refused, match=words) as refused:
                await client.request(method, params)
            assert refused.value.code == code, method


async def test_settings_are_read_anew_for_each_task(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    async with editor(home, repository) as client:
        file = home / "settings.toml"
        good = file.read_text()
        file.write_text("sandbox = 5")
        with pytest.raises(Refused, match=r"settings\.toml"):
            await solve(client, repository, "offline")
        file.write_text(f'{good}\n[model]\nname = "{script(FINISH)}"\n')
        run = await solve(client, repository, "")
        view = await client.view(run, has_ended)
        assert view["summary"] == "Repaired first."


async def test_a_run_that_goes_on_elsewhere_is_shown_as_it_now_is(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({"calc.py": None})
    async with editor(home, repository) as client:
        assert (await client.request("genie/show", {"run": run}))["outcome"] == "solved"
        elsewhere = Run.open(home / "runs" / run)
        elsewhere.resume()
        elsewhere.record(Finished("unsolved", "Not after all."))
        with pytest.raises(Refused, match="another Genie"):
            await client.request("genie/say", {"run": run, "text": "Go on."})
        elsewhere.close()
        assert (await client.request("genie/show", {"run": run}))["outcome"] == "unsolved"


async def test_the_doctor_looks_at_the_repository(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        checks = (await client.request("genie/doctor", {"folder": str(repository)}))["checks"]
        [found] = [check for check in checks if check["name"] == "repository"]
        assert found["ok"]
        assert str(repository) in found["detail"]
        [servers] = [check for check in checks if check["name"] == "navigation"]
        assert "Python: jedi-language-server" in servers["detail"]


NOISE = """
import os
from genie_engineer.editor.service import Service
quiet = Service.show
async def show(self, ref):
    print("noise", flush=True)
    os.system("echo noise; cat")
    return await quiet(self, ref)
Service.show = show
"""


async def test_what_is_printed_in_the_server_does_not_reach_the_wire(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({})
    async with editor(home, repository, prelude=NOISE) as client:
        views = await asyncio.gather(*(client.request("genie/show", {"run": run}) for _ in range(3)))
        assert [view["run"] for view in views] == [run] * 3
        assert await client.leave() == 0


async def test_a_run_whose_model_answers_at_once_is_shown_and_can_be_stopped(
    home: Path, repository: Path, script: Callable[..., str]
) -> None:
    (home / "settings.toml").write_text('sandbox = "off"\n[index]\nvectors = "off"\n[limits]\nturns = 1000\n')
    reads = [
        {"calls": [{"name": "open_file", "arguments": {"path": "calc.py", "start": 1, "end": 2 + turn % 7}}]}
        for turn in range(500)
    ]
    async with editor(home, repository) as client:
        run = await solve(client, repository, script(PLAN, *reads, FINISH))
        await client.view(run, lambda view: bool(view["plan"]))
        await client.request("genie/stop", {"run": run})
        assert (await client.view(run, has_ended))["phase"] == "stopped"
