"""The index in the editor: found in, kept up to date, paused, rebuilt, and in trouble."""

import os
import select
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .client import PATIENCE, Editor, Refused, editor

HELD = """
import time
from pathlib import Path
from genie_engineer.index import update
update._BATCH_FILES = 1
write = update._write
def held(store, batch, counts):
    while batch.entries[0].path == "held.py" and not Path({gate!r}).exists():
        time.sleep(0.01)
    return write(store, batch, counts)
update._write = held
"""
"""Each file is a batch, and "held.py" isn't written before the file `gate` is there."""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def held(gate: Path, repository: Path) -> str:
    """The prelude of a server whose first update stops in the middle: after calc.py, before zeta.py."""
    for name in ("held", "middle", "zeta"):
        (repository / f"{name}.py").write_text(f"def in_{name}():\n    return 1\n")
    return HELD.format(gate=str(gate))


async def index(client: Editor, repository: Path, action: str) -> Any:
    return await client.request("genie/index", {"folder": str(repository), "action": action})


def told(client: Editor) -> list[Any]:
    return [note for method, note in client.notes if method == "genie/indexState"]


async def state(client: Editor, fits: Callable[[Any], bool], after: int = 0) -> Any:
    """Waits for a state of the index that fits, among those told after the first `after`."""
    return await client.until(lambda: next(filter(fits, told(client)[after:]), None))


def is_ready(state: Any) -> bool:
    return bool(state["state"] == "ready")


async def ready(client: Editor, repository: Path) -> Any:
    await index(client, repository, "update")
    return await state(client, is_ready)


async def find(client: Editor, repository: Path, query: str) -> list[Any]:
    found = await client.request("genie/findCode", {"folder": str(repository), "query": query})
    return list(found["spans"])


async def definers(client: Editor, repository: Path, name: str) -> set[str]:
    """The files of which a search for a name says that they define it."""
    return {
        span["path"] for span in await find(client, repository, name) if f"defines {name}" in span["reason"]
    }


def save(client: Editor, path: Path, text: str) -> None:
    path.write_text(text)
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})


def happened(client: Editor, *paths: Path) -> None:
    """Tells what a watcher tells: the kind of a change is not asked."""
    changes = [{"uri": path.as_uri(), "type": 2} for path in paths]
    client.notify("workspace/didChangeWatchedFiles", {"changes": changes})


async def test_code_is_found_by_what_it_does(home: Path, repository: Path) -> None:
    (repository / "retry.py").write_text(
        'import os\n\n\ndef fetch(url):\n    """Downloads a page, retrying with backoff."""\n    return url\n'
    )
    async with editor(home, repository) as client:
        assert not (home / "cache").exists(), "nothing is indexed before it is asked for"
        now = await ready(client, repository)
        assert (now["folder"], now["files"], now["chunks"] >= 3, now["message"]) == (
            str(repository),
            2,
            True,
            "",
        )
        assert now["memory_mb"] > 10
        [span, *_] = await find(client, repository, "where is a page downloaded again with backoff?")
        assert (span["path"], span["symbol"], span["start"], span["end"]) == ("retry.py", "fetch", 4, 6)
        assert span["uri"] == (repository / "retry.py").as_uri()
        assert span["preview"] == "def fetch(url):"
        assert "backoff" in span["reason"]
        assert await find(client, repository, "  ") == []
        assert await find(client, repository, "xylophone") == []


async def test_files_are_named_as_the_editor_names_them(home: Path, repository: Path, tmp_path: Path) -> None:
    (repository / "inner").mkdir()
    (repository / "inner" / "deep.py").write_text("def deep_down():\n    return 1\n")
    link = tmp_path / "link"
    link.symlink_to(repository / "inner")
    async with editor(home, link) as client:
        await ready(client, link)
        [span, *_] = await find(client, link, "deep_down")
        assert (span["path"], span["uri"]) == ("inner/deep.py", (link / "deep.py").as_uri())
        [span, *_] = await find(client, link, "second")
        assert span["uri"] == (repository.resolve() / "calc.py").as_uri()
        before = len(told(client))
        save(client, link / "deep.py", "def deeper_still():\n    return 1\n")
        await state(client, is_ready, before)
        assert await definers(client, link, "deeper_still") == {"inner/deep.py"}


async def test_a_saved_file_is_found_at_once(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        before = len(told(client))
        save(client, repository / "calc.py", "def third():\n    return 3\n")
        save(client, repository / "new.py", "def brand_new():\n    return 4\n")
        assert await definers(client, repository, "third") == {"calc.py"}
        assert await definers(client, repository, "brand_new") == {"new.py"}
        assert await find(client, repository, "second") == []
        assert {now["state"] for now in told(client)[before:]} == {"ready"}, "a save makes no fuss"


async def test_what_happens_on_the_disk_is_taken_in(home: Path, repository: Path) -> None:
    (repository / "old").mkdir()
    (repository / "old" / "gone.py").write_text("def long_gone():\n    return 1\n")
    async with editor(home, repository) as client:
        await ready(client, repository)
        (repository / "old").rename(repository / "young")
        before = len(told(client))
        happened(client, repository / "old", repository / "young", repository / ".git" / "index")
        await state(client, is_ready, before)
        assert await definers(client, repository, "long_gone") == {"young/gone.py"}


async def test_a_commit_or_many_changes_lead_to_a_look_at_everything(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        for number, changes in enumerate(
            [[repository / ".git" / "logs" / "HEAD"], [repository / f"{n}.txt" for n in range(201)]]
        ):
            (repository / f"unnamed{number}.py").write_text(f"def never_named{number}():\n    return 1\n")
            before = len(told(client))
            happened(client, *changes)
            await state(client, is_ready, before)
            assert await find(client, repository, f"never_named{number}")


async def test_a_paused_update_stands_still_and_a_resumed_one_ends(
    home: Path, repository: Path, gate: Path, held: str
) -> None:
    async with editor(home, repository, held) as client:
        await index(client, repository, "update")
        now = await state(client, lambda now: now["done"] == 1)
        assert (now["state"], now["total"]) == ("indexing", 4)
        found = await client.request("genie/findCode", {"folder": str(repository), "query": "second"})
        assert found["indexing"]
        assert [span["path"] for span in found["spans"]] == ["calc.py"]
        assert await find(client, repository, "in_zeta") == []

        client.notify("textDocument/didSave", {"textDocument": {"uri": (repository / "calc.py").as_uri()}})
        pausing = client.ask("genie/index", {"folder": str(repository), "action": "pause"})
        await state(client, lambda now: now["state"] == "paused")
        gate.touch()
        now = await pausing
        assert (now["state"], now["done"], now["total"]) == ("paused", 1, 4)
        assert await find(client, repository, "in_zeta") == []

        await index(client, repository, "resume")
        assert (await state(client, is_ready))["files"] == 4
        assert await definers(client, repository, "in_zeta") == {"zeta.py"}


async def test_changes_wait_while_paused(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        assert (await index(client, repository, "pause"))["state"] == "paused"
        save(client, repository / "calc.py", "def third():\n    return 3\n")
        assert await find(client, repository, "third") == []
        assert await find(client, repository, "second")
        before = len(told(client))
        await index(client, repository, "resume")
        await state(client, is_ready, before)
        assert await find(client, repository, "third")


def segments(home: Path) -> set[str]:
    [database] = (home / "cache" / "index").glob("*.sqlite")
    with sqlite3.connect(database) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM segments")}
    connection.close()
    return names


async def test_a_rebuilt_index_is_made_of_nothing_old(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        old = segments(home)
        await index(client, repository, "pause")
        before = len(told(client))
        await index(client, repository, "rebuild")
        await state(client, is_ready, before)
        assert "indexing" in {now["state"] for now in told(client)[before:]}
        assert segments(home)
        assert not segments(home) & old
        assert await find(client, repository, "second")


async def test_an_update_under_way_is_begun_anew(home: Path, repository: Path, gate: Path, held: str) -> None:
    async with editor(home, repository, held) as client:
        await index(client, repository, "update")
        await state(client, lambda now: now["done"] == 1)
        await index(client, repository, "rebuild")
        gate.touch()
        assert (await state(client, is_ready))["files"] == 4
        assert await find(client, repository, "in_zeta")


async def test_a_broken_database_is_made_again(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        await client.leave()
    [database] = (home / "cache" / "index").glob("*.sqlite")
    database.write_bytes(b"this is no database " * 300)
    async with editor(home, repository) as client:
        await ready(client, repository)
        assert await find(client, repository, "second")


async def test_a_cache_that_cannot_be_written_is_said_and_tried_again(home: Path, repository: Path) -> None:
    (home / "cache").write_text("in the way")
    async with editor(home, repository) as client:
        await index(client, repository, "update")
        now = await state(client, lambda now: now["state"] == "failed")
        assert "can't be opened" in now["message"]
        with pytest.raises(Refused, match="can't be opened"):
            await find(client, repository, "second")
        (home / "cache").unlink()
        before = len(told(client))
        happened(client, repository / "calc.py")
        now = await state(client, is_ready, before)
        assert (now["files"], now["message"]) == (1, "")
        assert await find(client, repository, "second")


async def test_a_folder_without_a_repository_is_said(home: Path, repository: Path, tmp_path: Path) -> None:
    async with editor(home, repository) as client:
        with pytest.raises(Refused, match="not in a git repository"):
            await find(client, tmp_path, "second")
        [now] = told(client)
        assert (now["folder"], now["state"]) == (str(tmp_path), "failed")
        assert "git init" in now["message"]
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        await ready(client, tmp_path)
        with pytest.raises(Refused, match="absolute"):
            await find(client, Path("relative"), "second")


async def test_a_repository_that_was_removed_is_said(home: Path, repository: Path) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        repository.rename(repository.with_name("elsewhere"))
        happened(client, repository / "calc.py")
        assert "no longer there" in (await state(client, lambda now: now["state"] == "failed"))["message"]
        repository.with_name("elsewhere").rename(repository)
        before = len(told(client))
        happened(client, repository / "calc.py")
        await state(client, is_ready, before)
        assert await find(client, repository, "second")


async def test_a_server_that_leaves_in_the_middle_of_an_update_leaves_no_process(
    home: Path, repository: Path, held: str
) -> None:
    async with editor(home, repository, held) as client:
        await index(client, repository, "update")
        await state(client, lambda now: now["done"] == 1)
        workers = [os.pidfd_open(child) for child in children(client.process.pid)]
        assert workers
        assert await client.leave() == 0
        for worker in workers:
            assert select.select([worker], [], [], PATIENCE)[0], "a process was left behind"
            os.close(worker)
    async with editor(home, repository) as client:
        assert (await ready(client, repository))["files"] == 4


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    found = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in children(child))]


async def test_vectors_are_made_behind_the_words_and_paused_with_them(
    home: Path, repository: Path, tiny_model: Path
) -> None:
    for number in range(300):
        (repository / f"part{number}.py").write_text(
            f"def part{number}(a):\n    b = a\n    return b + {number}\n"
        )
    (home / "settings.toml").write_text(f'[index]\nvectors = "{tiny_model}"\n')
    async with editor(home, repository) as client:
        await index(client, repository, "update")
        begun = await state(client, lambda state: is_ready(state) and 0 < state["embedded"] < state["chunks"])
        assert await definers(client, repository, "part7") == {"part7.py"}
        paused = await index(client, repository, "pause")
        told_by_then = len(told(client))
        save(client, repository / "calc.py", "def saved_meanwhile():\n    return 1\n")
        assert begun["embedded"] <= paused["embedded"] < paused["chunks"]
        await index(client, repository, "resume")
        done = await state(client, lambda state: state["embedded"] == state["chunks"], told_by_then)
        assert (done["state"], done["trouble"]) == ("ready", "")
        assert await definers(client, repository, "saved_meanwhile") == {"calc.py"}


async def test_what_was_saved_gets_its_vectors_when_all_else_has_them(
    home: Path, repository: Path, tiny_model: Path
) -> None:
    (home / "settings.toml").write_text(f'[index]\nvectors = "{tiny_model}"\n')
    async with editor(home, repository) as client:
        await index(client, repository, "update")
        before = await state(client, lambda state: 0 < state["embedded"] >= state["chunks"])
        told_by_then = len(told(client))
        save(client, repository / "new.py", "def added(a):\n    b = a\n    return b\n")
        await state(client, lambda state: state["embedded"] > before["embedded"], told_by_then)
        found = await find(client, repository, "xylophone")
        assert "new.py" in {span["path"] for span in found}


async def test_without_its_model_the_index_still_works_and_says_so(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (home / "settings.toml").write_text(f'[index]\nvectors = "{tmp_path}"\n')
    async with editor(home, repository) as client:
        await index(client, repository, "update")
        troubled = await state(client, lambda state: bool(state["trouble"]))
        assert troubled["state"] == "ready"
        assert "can't be used" in troubled["trouble"]
        assert await definers(client, repository, "first") == {"calc.py"}


async def test_search_by_meaning_is_set_up_while_the_index_is_in_use(
    home: Path, repository: Path, tiny_model: Path
) -> None:
    async with editor(home, repository) as client:
        await ready(client, repository)
        with pytest.raises(Refused, match="switched off"):
            await index(client, repository, "vectors")
        (home / "settings.toml").write_text(f'[index]\nvectors = "{tiny_model}"\n')
        await index(client, repository, "vectors")
        done = await state(client, lambda state: 0 < state["embedded"] >= state["chunks"])
        assert done["state"] == "ready"
        [span, *_] = await find(client, repository, "xylophone")
        assert "close in meaning" in span["reason"]
