"""A small real project in a real private copy, and language servers as real processes."""

import asyncio
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from genie_engineer.config import CommandLimits, NavigationSettings
from genie_engineer.navigation.places import Answer, Place, Wish
from genie_engineer.navigation.pool import Pool
from genie_engineer.workbench.command import reader
from genie_engineer.workbench.copy import Workbench, discard, make
from genie_engineer.workbench.files import changed, read
from genie_engineer.workbench.sandbox import detect

SHAPES = """class Shape:
    def area(self):
        return 0


class Square(Shape):
    def area(self):
        return 4


class Other:
    def area(self):
        return 7
"""
USES = """import json
from pkg.shapes import Other as Foreign, Shape


class Round(Shape):
    pass


print("ü😀", Round().area(), Foreign())
json.dumps(1)
"""
PROJECT = {"src/pkg/__init__.py": "", "src/pkg/shapes.py": SHAPES, "uses.py": USES}

FAKE = Path(__file__).with_name("fake_server.py")


def text_of(bench: Workbench, path: str) -> str | None:
    data = read(bench, path)
    return None if data is None else data.decode()


def place(text: str, path: str, mark: str) -> Place:
    """The position of the first `mark` in the text."""
    before = text[: text.index(mark)]
    return Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))


@dataclass
class Ground:
    """A pool on a copy, with a clock that stands until it is moved, and all processes that were started."""

    bench: Workbench
    pool: Pool
    now: list[float] = field(default_factory=lambda: [0.0])
    started: list[psutil.Process] = field(default_factory=list)

    async def locate(self, wish: Wish, where: Place) -> Answer | None:
        return await self.pool.locate(wish, where, changed(self.bench))

    async def found(self, wish: Wish, where: Place) -> list[tuple[str, int]]:
        answer = await self.locate(wish, where)
        assert answer is not None
        return [(one.path, one.line) for one in answer.places]

    def alive(self) -> list[psutil.Process]:
        return [one for one in self.started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


Lay = Callable[..., Awaitable[Ground]]


@pytest.fixture
async def lay(tmp_path: Path) -> AsyncIterator[Lay]:
    """Lays a ground: `fake` is how the fake server misbehaves, "" for Genie's own Python server."""
    grounds: list[Ground] = []

    async def build(fake: str = "", mode: str = "off", **options: object) -> Ground:
        repository = tmp_path / f"répo {len(grounds)}"
        for name, text in PROJECT.items():
            file = repository / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for words in ("init -q", "add ."):
            subprocess.run(["git", *words.split()], cwd=repository, check=True)
        bench = await make(repository, tmp_path / f"bench {len(grounds)}")
        sandbox = await detect("require" if mode == "require" else "off")
        now, started = [0.0], []

        @asynccontextmanager
        async def start(words: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
            async with reader(bench, words, CommandLimits(), sandbox) as process:
                started.append(psutil.Process(process.pid))
                yield process

        servers = {"python": shlex.join([sys.executable, str(FAKE), fake])} if fake else {}
        settings = replace(NavigationSettings(servers=servers), **options)  # type: ignore[arg-type]
        root = sandbox.place(bench)
        pool = Pool(root, repository, partial(text_of, bench), start, settings, lambda: now[0])
        grounds.append(Ground(bench, pool, now, started))
        return grounds[-1]

    yield build
    for ground in grounds:
        await ground.pool.close()
        assert ground.alive() == []
        await discard(ground.bench)
