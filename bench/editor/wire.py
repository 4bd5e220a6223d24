"""What the server alone takes for a hunk's accept, undo and reject, with 600 hunks open in 51 files.

A small editor speaks to a real server process, asks for lenses when it is told to, and looks at the clock
from each action to the view that shows it. What the server computes is told in processor time, which depends
little on what else the machine does.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[2]))
from genie_engineer.agent.events import Finished, PatchProposed, TaskGiven
from genie_engineer.agent.log import Run
from genie_engineer.edits.changes import diff
from tests.editor.client import Editor, editor

FILES, HUNKS, LARGE, REVIEWED, PER_FILE = 50, 10, 100, 12, 4
RUN = "20260101-000000-change-00000000"
SETTINGS = 'sandbox = "off"\n[index]\nvectors = "off"\n'


def at_the_wire() -> dict[str, float]:
    """Medians in milliseconds from action to view, and the server's processor time for each action."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> dict[str, float]:
    home, repository = folder / "home", folder / "many"
    home.mkdir()
    repository.mkdir()
    (home / "settings.toml").write_text(SETTINGS)
    _write_run(home, repository)
    times: dict[str, list[float]] = {"accept": [], "undo": [], "reject": []}
    async with editor(home, repository) as client:
        view = await client.request("genie/show", {"run": RUN})
        began = _processor_ms(client)
        for file in view["changes"][: REVIEWED * 4 : 4]:
            await _review(client, repository / file["path"], file["hunks"][:PER_FILE], times)
        taken = _processor_ms(client) - began
    medians = {f"wire_{what}_p50_ms": round(median(all), 1) for what, all in times.items()}
    return medians | {"server_cpu_ms_per_action": round(taken / sum(map(len, times.values())), 1)}


def _write_run(home: Path, repository: Path) -> None:
    sizes = {f"part_{number:02}.py": HUNKS for number in range(FILES)} | {"large.py": LARGE}
    changes = []
    for path, count in sorted(sizes.items()):
        old, new = (_functions(path, count, sign).encode() for sign in "-+")
        (repository / path).write_bytes(old)
        changes.append(diff(path, old, new))
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e@e.invalid commit -qm one"):
        subprocess.run(["git", *words.split()], cwd=repository, check=True)
    run = Run.create(home / "runs" / RUN)
    run.record(TaskGiven("Change every function", str(repository), "", "offline"))
    run.record(PatchProposed(tuple(change for change in changes if change)))
    run.record(Finished("solved", "Every function is changed."))
    run.close()


def _functions(path: str, count: int, sign: str) -> str:
    one = 'def change_{0}(value):\n    """Step {0}."""\n    one = value * {0}\n    return one {1} 1  # {2}\n'
    return "\n\n".join(one.format(number, sign, path) for number in range(count))


async def _review(client: Editor, path: Path, hunks: list[Any], times: dict[str, list[float]]) -> None:
    uri = client.open(path)

    async def ask_for_lenses(_: Any) -> None:
        client.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})

    client.answers["workspace/codeLens/refresh"] = ask_for_lenses
    for hunk in hunks:
        wish = {"run": RUN, "hunks": [hunk["id"]], "reason": ""}
        old = client.text(path).splitlines()

        async def decide(decision: str, wish: Any = wish) -> None:
            await client.request("genie/decide", wish | {"decision": decision})

        async def undo(old: list[str] = old) -> None:
            now = client.text(path).splitlines()
            line = next(at for at, text in enumerate(now) if text != old[at])
            client.type(uri, line, 0, old[line], (line, len(now[line])))

        await _timed(client, hunk, "accepted", lambda: decide("accepted"), times["accept"])
        await _timed(client, hunk, "open", undo, times["undo"])
        await _timed(client, hunk, "rejected", lambda: decide("rejected"), times["reject"])


async def _timed(
    client: Editor, hunk: Any, state: str, act: Callable[[], Awaitable[None]], times: list[float]
) -> None:
    def fits(view: Any) -> bool:
        hunks = (one for file in view["changes"] for one in file["hunks"])
        return any(one["id"] == hunk["id"] and one["state"] == state for one in hunks)

    await asyncio.sleep(0.1)  # a user looks before the next one
    began = time.perf_counter()
    acting = asyncio.ensure_future(act())
    await client.view(RUN, fits)
    times.append((time.perf_counter() - began) * 1000)
    await acting


def _processor_ms(client: Editor) -> float:
    fields = Path(f"/proc/{client.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return 1000 * sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(at_the_wire())
