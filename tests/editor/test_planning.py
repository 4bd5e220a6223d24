"""The plan is edited in the tree: steps go, also while the run rests, and files stand beneath theirs."""

import json
from pathlib import Path
from typing import Any

from genie_engineer.agent.events import PatchProposed, PlanChanged, Step, TaskGiven
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import LOG, Run, read
from genie_engineer.edits.changes import diff

from .client import Json, editor
from .turns import ASK, FINISH, PATCH, has_ended, is_asking, solve

PLAN = {
    "calls": [
        {
            "name": "set_plan",
            "arguments": {
                "steps": [
                    {"text": "Look", "state": "done", "notes": "Seen."},
                    {"text": "Repair first", "state": "doing"},
                    {"text": "Tidy up"},
                ]
            },
        }
    ]
}


def texts(view: Json) -> list[tuple[str, str]]:
    return [(step["text"], step["state"]) for step in view["plan"]]


async def test_a_deleted_step_is_gone_from_the_tree_the_file_and_the_model_s_next_plan(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([PLAN, ASK, PLAN, PATCH, FINISH]))
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{script}")
        view = await client.view(run, is_asking)

        def wish(steps: list[Any]) -> Json:
            return {"run": run, "steps": steps, "seen": view["plan"]}

        await client.request("genie/editPlan", wish(view["plan"][:2]))
        await client.request("genie/stop", {"run": run})
        view = await client.request("genie/show", {"run": run})
        assert texts(view) == [("Look", "done"), ("Repair first", "doing")]

        done = [{**step, "text": f"{step['text']}!"} for step in reversed(view["plan"])]
        await client.request("genie/editPlan", wish(done))
        file = home / "runs" / run / "plan.md"
        assert file.read_text().endswith("-->\n\n- [~] Repair first!\n- [x] Look!\n  Seen.\n")

        await client.request("genie/resume", {"run": run, "longer": False})
        view = await client.view(run, is_asking)
        answer = {"run": run, "question": view["question"]["id"], "answer": "ten"}
        await client.request("genie/answer", answer)
        view = await client.view(run, has_ended)
        assert texts(view) == [("Repair first!", "doing"), ("Look!", "done")]
        [hunk] = view["changes"][0]["hunks"]
        assert hunk["steps"] == [view["plan"][0]["id"]]


async def test_a_hunk_stays_with_the_step_under_which_it_was_first_proposed(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    old = (repository / "calc.py").read_bytes()
    first = diff("calc.py", old, old.replace(b"return 1", b"return 10"))
    both = diff("calc.py", old, old.replace(b"return 1", b"return 10").replace(b"return 2", b"return 20"))
    own = diff("calc.py", old, b"# Mine.\n" + old)
    assert first
    assert both
    assert own
    one, two = Step("a", "One", "doing"), Step("b", "Two", "doing")
    run = Run.create(tmp_path / "run")
    for event in (
        TaskGiven("Fix it", str(repository), "", "offline"),
        PlanChanged((one, Step("b", "Two"))),
        PatchProposed((first,)),
        PlanChanged((Step("a", "One", "done"), two)),
        PatchProposed((both,)),
        PatchProposed((own,), by="user"),
    ):
        run.record(event)
    run.close()
    under = fold(read(tmp_path / "run" / LOG)[0]).rationales
    (early, late), (mine,) = both.hunks, own.hunks
    assert tuple(under[one.id].steps for one in (early, late, mine)) == (("a",), ("b",), ())
