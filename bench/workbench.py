"""Measures the private copy: `python bench/workbench.py [FILES]`, beside `git worktree add` and `cp -a`.

A git repository of FILES (5,000) small files in 100 folders, some uncommitted; every way runs five times, in
turn, so that a busy moment meets all of them. Nothing is deleted before the end: on a disk that discards what
is freed, deleting slows what comes after it tenfold. Prints medians in seconds; the last line is JSON.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from genie_engineer.workbench.copy import fork, make, restore

ROUNDS = 5
BODY = "def function_{0}(argument):\n    return argument + {0}\n" * 20


def repository(folder: Path, count: int) -> Path:
    """A committed repository of `count` files, one in fifty of them edited since."""
    for number in range(count):
        path = folder / f"package{number % 100}" / f"module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BODY.format(number))
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *words], check=True)
    for number in range(0, count, 50):
        (folder / f"package{number % 100}" / f"module{number}.py").write_text("edited = True\n")
    return folder


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds that it took."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def one_round(source: Path, folder: Path) -> dict[str, float]:
    """Seconds of each way, once."""
    bench = await make(source, folder / "bench")
    seconds = {"make": bench.seconds}
    seconds["fork"] = (await fork(bench, folder / "fork")).seconds
    seconds["restore, nothing changed"] = await timed(lambda: restore(bench))
    for path in list(bench.root.glob("package1/*"))[:25]:
        path.write_text("a test was here\n")
    seconds["restore, 25 files changed"] = await timed(lambda: restore(bench))
    peers = {
        "git worktree add (committed state only; writes to .git)": [
            "git",
            "-C",
            str(source),
            "worktree",
            "add",
            "-qf",
            "--detach",
        ],
        "cp -a (with .git)": ["cp", "-a", str(source)],
    }
    for number, (name, words) in enumerate(peers.items()):
        command = [*words, str(folder / f"peer{number}")]
        seconds[name] = await timed(
            lambda command=command: asyncio.to_thread(subprocess.run, command, check=True)
        )
    return seconds


def main() -> None:
    """Prints a Markdown table of medians."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as name:
        source = repository(Path(name, "repository"), count)
        rounds = [asyncio.run(one_round(source, Path(name, f"round{number}"))) for number in range(ROUNDS)]
    medians = {way: round(statistics.median(one[way] for one in rounds), 3) for way in rounds[0]}
    print(f"| {count:,} files | median of {ROUNDS}, s |\n|---|---|")
    for way, seconds in medians.items():
        print(f"| {way} | {seconds:.3f} |")
    print(json.dumps({"files": count, **medians}))


if __name__ == "__main__":
    main()
