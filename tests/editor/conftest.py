"""A real repository, a home for runs, and runs written down by hand."""

import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import pytest_asyncio

from genie_engineer.agent.events import Event, Finished, PatchProposed, TaskGiven
from genie_engineer.agent.log import Run
from genie_engineer.edits.changes import diff

from .client import Editor, editor

OLD = "import os\n\n\ndef first():\n    return 1\n\n\ndef second():\n    return 2\n"
NEW = OLD.replace("return 1", "return 10").replace("return 2", "return 20")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """GENIE_HOME: commands run without a sandbox, so that nothing is asked; no model is loaded."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.toml").write_text('sandbox = "off"\n[index]\nvectors = "off"\n')
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one commit of calc.py."""
    folder = tmp_path / "répo with spaces"
    folder.mkdir()
    (folder / "calc.py").write_bytes(OLD.encode())
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e@e commit -qm one"):
        subprocess.run(["git", *words.split()], cwd=folder, check=True)
    return folder


@pytest.fixture
def written_run(home: Path, repository: Path) -> Callable[..., str]:
    """Writes the log of a finished run that proposes `new` texts (None: delete) and modes of files."""

    def write(new: dict[str, str | None], modes: dict[str, int] | None = None) -> str:
        run = Run.create(home / "runs" / f"20260101-000000-fix-it-{token_hex(4)}")
        changes = []
        for path, text in new.items():
            file = repository / path
            old = file.read_bytes() if file.exists() else None
            mode = (modes or {}).get(path)
            changes.append(diff(path, old, text.encode() if text is not None else None, mode))
        events: list[Event] = [
            TaskGiven("Fix it\n\nAll of it.", str(repository.resolve()), "", "offline"),
            PatchProposed(tuple(change for change in changes if change)),
            Finished("solved", "All tests pass."),
        ]
        for event in events:
            run.record(event)
        run.close()
        return run.id

    return write


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connection(home: Path) -> AsyncIterator[Editor]:
    """One server for all tests of a module, which must have a `home` that lasts as long."""
    async with editor(home, home) as client:
        yield client


@pytest.fixture
def client(connection: Editor) -> Iterator[Editor]:
    """That server's editor as it is at first."""
    answers = dict(connection.answers)
    yield connection
    connection.answers, connection.before_edit = answers, None


async def shown(client: Editor, run: str) -> Any:
    """Shows the run and returns the hunks of its first file."""
    view = await client.request("genie/show", {"run": run})
    return view["changes"][0]["hunks"]


async def accept(client: Editor, run: str, *hunks: Any) -> Any:
    wish = {"run": run, "hunks": [h["id"] for h in hunks], "decision": "accepted", "reason": ""}
    return await client.request("genie/decide", wish)
