"""What befalls files, folders and logs while hunks are open: it is said, and nothing is lost."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import Editor, Refused, editor
from .conftest import NEW, OLD, accept, shown

pytestmark = pytest.mark.asyncio(loop_scope="module")
GONE = "The file is no longer there: it was deleted or has another name. Bring it back, and this fits again."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One server serves most tests here."""
    return tmp_path_factory.mktemp("home")


async def standing(client: Editor, run: str) -> list[tuple[int, str]]:
    return [(hunk["line"], hunk["state"]) for hunk in await shown(client, run)]


def git(repository: Path, *words: str) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e@e")
    subprocess.run(["git", *who, *words], cwd=repository, check=True, capture_output=True)


async def test_hunks_of_a_file_that_is_gone_or_renamed_wait_until_it_is_back(
    client: Editor, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    open_ones = await shown(client, run)
    for away, back in [
        (file.unlink, ("checkout", "calc.py")),
        (lambda: git(repository, "mv", "calc.py", "new.py"), ("mv", "new.py", "calc.py")),
    ]:
        away()
        assert [hunk["problem"] for hunk in await shown(client, run)] == [GONE, GONE]
        assert await accept(client, run, *open_ones) == {"done": 0, "problem": f"calc.py: {GONE}"}
        assert not file.exists()
        git(repository, *back)
        assert await standing(client, run) == [(4, "open"), (8, "open")]
    file.unlink()
    file.mkdir()
    assert (await shown(client, run))[0]["problem"] == "The file can't be read: Is a directory"


async def test_hunks_follow_what_git_does_with_the_file(
    client: Editor, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    first, _ = await shown(client, run)
    git(repository, "checkout", "-qb", "other")
    file.write_text("# head\n" + OLD.replace("return 2", "return 22"))
    git(repository, "commit", "-qam", "Two")
    assert await standing(client, run) == [(5, "open"), (-1, "conflict")]
    git(repository, "checkout", "-q", "-")
    assert await standing(client, run) == [(4, "open"), (8, "open")]
    file.write_text("# mine\n" + OLD)
    git(repository, "stash")
    assert await standing(client, run) == [(4, "open"), (8, "open")]
    git(repository, "stash", "pop")
    assert await accept(client, run, first) == {"done": 1, "problem": ""}
    assert client.text(file) == "# mine\n" + OLD.replace("return 1", "return 10")
    file.write_text(client.text(file))
    git(repository, "commit", "-qam", "Three")
    git(repository, "rebase", "-q", "other", "-Xtheirs")
    client.buffers.clear()
    client.notify("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
    assert await standing(client, run) == [(5, "accepted"), (-1, "conflict")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
async def test_another_unicode_encoding_is_as_good(
    client: Editor, repository: Path, written_run: Callable[..., str], encoding: str
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    file.write_bytes(OLD.replace("\n", "\r\n").encode(encoding))
    found = await shown(client, run)
    client.open(file, encoding)
    assert await accept(client, run, *found) == {"done": 2, "problem": ""}
    assert client.text(file) == NEW.replace("\n", "\r\n")


async def test_a_file_that_the_editor_would_misread_is_not_edited_before_it_is_read_right(
    client: Editor, repository: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    file.write_bytes(b"# caf\xe9\n" + OLD.encode())
    found = await shown(client, run)
    assert "open it first" in (await accept(client, run, *found))["problem"]
    assert file.as_uri() not in client.buffers
    uri = client.open(file)
    assert "�" in client.text(file)
    assert "reopen it with its own" in (await accept(client, run, *found))["problem"]
    assert "reopen it with its own" in (await shown(client, run))[0]["problem"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.open(file, "latin-1")
    assert await accept(client, run, *found) == {"done": 2, "problem": ""}
    assert client.text(file) == "# café\n" + NEW


async def test_a_log_that_cannot_be_written_is_said_before_anything_is_applied(
    repository: Path, home: Path, written_run: Callable[..., str]
) -> None:
    run, file = written_run({"calc.py": NEW}), repository / "calc.py"
    whole = ("bwrap", "--die-with-parent", "--dev-bind", "/", "/")
    runs = str(home / "runs")
    kept = f"import shutil; shutil.copytree({runs!r} + '/{run}', {str(home)!r} + '/small/{run}')\n"
    (home / "small").mkdir()
    full = (*whole, "--size", "30000", "--tmpfs", str(home / "small"))
    for within, prelude, why in [
        ((*whole, "--ro-bind", runs, runs), "", "Read-only file system"),
        (
            full,
            kept + f"import os; os.rename({runs!r}, {runs!r} + '-aside'); os.symlink('small', {runs!r})\n",
            "No space left on device",
        ),
    ]:
        async with editor(home, repository, prelude, within) as client:
            found = await shown(client, run)
            client.open(file)
            with pytest.raises(Refused, match=f"can't be written: {why}. Nothing is lost"):
                await accept(client, run, *found)
            assert client.text(file) == OLD
            assert await standing(client, run) == [(4, "open"), (8, "open")]


async def test_a_run_whose_repository_is_gone_says_so_and_is_kept(
    client: Editor, repository: Path, written_run: Callable[..., str], tmp_path: Path
) -> None:
    run = written_run({"calc.py": NEW})
    repository.rename(tmp_path / "elsewhere")
    assert [hunk["problem"] for hunk in await shown(client, run)] == [GONE, GONE]
    await client.request("genie/resume", {"run": run, "longer": False})
    view = await client.view(run, lambda view: view["outcome"] == "failed")
    assert "There is no folder" in view["status"]
    task = {"folder": str(repository), "text": "x", "model": "offline", "test_command": "true"}
    with pytest.raises(Refused, match="There is no folder"):
        await client.request("genie/solve", task)
    (tmp_path / "elsewhere").rename(repository)
    assert await standing(client, run) == [(4, "open"), (8, "open")]
