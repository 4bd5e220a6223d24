"""Accepted hunks are taken back through the editor; what the user typed since stays."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.events import PatchProposed
from genie_engineer.agent.log import Run
from genie_engineer.edits.changes import diff

from .client import Editor, Refused
from .conftest import NEW, OLD

pytestmark = pytest.mark.asyncio(loop_scope="module")

WrittenRun = Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One server serves all tests here."""
    return tmp_path_factory.mktemp("home")


async def accept_all(client: Editor, run: str) -> list[Any]:
    """Accepts every hunk; they are returned."""
    view = await client.request("genie/show", {"run": run})
    hunks = [hunk for file in view["changes"] for hunk in file["hunks"]]
    wish = {"run": run, "hunks": [hunk["id"] for hunk in hunks], "decision": "accepted", "reason": ""}
    assert (await client.request("genie/decide", wish))["problem"] == ""
    return hunks


async def undo(client: Editor, run: str, *hunks: Any, path: str = "") -> Any:
    wish = {"run": run, "hunks": [hunk["id"] for hunk in hunks], "path": path}
    return await client.request("genie/undo", wish)


async def test_a_hunk_is_taken_back_where_it_now_stands(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    hunks = await accept_all(client, run)
    client.type(uri, 0, 0, "# unsaved 😀\n")
    assert await undo(client, run, hunks[1]) == {"done": 1, "problem": ""}
    assert client.text(file) == "# unsaved 😀\n" + OLD.replace("return 1", "return 10")
    assert file.read_text() == OLD
    view = await client.view(run, lambda v: v["changes"][0]["hunks"][1]["state"] == "undone")
    assert [hunk["state"] for hunk in view["changes"][0]["hunks"]] == ["accepted", "undone"]
    assert await undo(client, run) == {"done": 1, "problem": ""}
    assert client.text(file) == "# unsaved 😀\n" + OLD
    with pytest.raises(Refused, match="nothing to take back"):
        await undo(client, run)


async def test_lines_typed_over_stay_and_it_is_said(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    await accept_all(client, run)
    client.type(uri, 4, 13, "0")
    done = await undo(client, run, path="calc.py")
    assert done["done"] == 1
    assert "changed since" in done["problem"]
    assert client.text(file) == OLD.replace("return 1", "return 100")


async def test_typing_while_it_is_under_way_is_kept(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    uri = client.open(file)
    await accept_all(client, run)

    async def type_once() -> None:
        client.before_edit = None
        client.type(uri, 0, 0, "# just now\n")

    client.before_edit = type_once
    assert await undo(client, run) == {"done": 2, "problem": ""}
    assert client.text(file) == "# just now\n" + OLD


async def test_the_editors_own_undo_before_leaves_nothing_to_do(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    run, file = written_run({"calc.py": OLD.replace("return 1", "return 10")}), repository / "calc.py"
    uri = client.open(file)
    await accept_all(client, run)
    client.type(uri, 4, 0, "    return 1\n", until=(5, 0))
    assert await undo(client, run) == {"done": 1, "problem": ""}
    assert client.text(file) == OLD


async def test_created_and_deleted_files_and_modes(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    old = "\ufeffé = 1\r\n".encode("utf-16-le")
    (repository / "old.py").write_bytes(old)
    (repository / "old.py").chmod(0o750)
    (repository / "same.py").write_text("x\n")
    new = {"old.py": None, "new.py": "y\n", "same.py": "x\n", "mine.py": "z\n"}
    run = written_run(new, {"same.py": 0o755})
    await accept_all(client, run)
    assert not (repository / "old.py").exists()
    client.type((repository / "mine.py").as_uri(), 0, 0, "# mine\n")
    done = await undo(client, run)
    assert done == {"done": 3, "problem": "mine.py: The file has been changed meanwhile."}
    assert (repository / "old.py").read_bytes() == old
    assert (repository / "old.py").stat().st_mode & 0o777 == 0o750
    assert (repository / "same.py").stat().st_mode & 0o777 == 0o644
    assert not (repository / "new.py").exists()
    assert client.text(repository / "mine.py") == "# mine\nz\n"


async def test_an_edit_that_the_editor_refuses_changes_nothing(
    client: Editor, repository: Path, written_run: WrittenRun
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    client.open(file)
    await accept_all(client, run)

    async def refuse(_: Any) -> Any:
        return {"applied": False, "failureReason": "The file is read-only."}

    client.answers["workspace/applyEdit"] = refuse
    assert await undo(client, run) == {"done": 0, "problem": "calc.py: The file is read-only."}
    assert client.text(file) == NEW


async def test_what_was_accepted_before_a_resumed_run_proposed_the_rest_is_shown_and_taken_back(
    client: Editor, home: Path, repository: Path, written_run: WrittenRun
) -> None:

    first = OLD.replace("return 1", "return 10")
    run, file = written_run({"calc.py": first}), repository / "calc.py"
    client.open(file)
    hunks = await accept_all(client, run)
    rest = diff("calc.py", first.encode(), NEW.encode())
    assert rest is not None
    resumed = Run.open(home / "runs" / run)
    resumed.record(PatchProposed((rest,)))
    resumed.close()
    view = await client.request("genie/show", {"run": run})
    assert [hunk["state"] for hunk in view["changes"][0]["hunks"]] == ["open", "accepted"]
    assert (await undo(client, run, hunks[0]))["done"] == 1
    assert client.text(file) == OLD


@pytest.mark.parametrize("seed", range(12))
async def test_random_orders_of_accepting_typing_and_taking_back_lose_nothing(
    client: Editor, repository: Path, written_run: WrittenRun, seed: int
) -> None:
    dice = random.Random(seed)
    ending = dice.choice(["\n", "\r\n"])
    old = [f"line {number}{ending}" for number in range(60)]
    new = [
        line if number % 7 else f"new {number}{ending}" * dice.randint(0, 2)
        for number, line in enumerate(old)
    ]
    file = repository / "calc.py"
    file.write_bytes("".join(old).encode())
    run = written_run({"calc.py": "".join(new)})
    uri = client.open(file)
    view = await client.request("genie/show", {"run": run})
    hunks = view["changes"][0]["hunks"]
    text, mine = {hunk["id"]: False for hunk in hunks}, []
    for number in range(25):
        hunk = dice.choice(hunks)
        if dice.random() < 0.3:
            mine.append(f"mine {number}")
            client.type(uri, dice.choice([0, client.text(file).count("\n")]), 0, mine[-1] + ending)
        elif text[hunk["id"]]:
            text[hunk["id"]] = (await undo(client, run, hunk))["done"] == 0
        else:
            wish = {"run": run, "hunks": [hunk["id"]], "decision": "accepted", "reason": ""}
            text[hunk["id"]] = (await client.request("genie/decide", wish))["done"] == 1
    if any(text.values()):
        await undo(client, run)
    rest = [line for line in client.text(file).split(ending) if line not in mine]
    assert rest == "".join(old).split(ending)
    assert all(client.text(file).count(line + ending) == 1 for line in mine)
