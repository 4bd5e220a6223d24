"""go_to_definition and find_references on a real desk: who answers, and what is shown."""

import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.desk import Desk, open_desk
from genie_engineer.agent.events import Found, TaskGiven
from genie_engineer.agent.log import Run
from genie_engineer.agent.tools import TOOLS, Observation
from genie_engineer.config import NavigationSettings, Settings
from genie_engineer.navigation.editor import EditorProviders
from genie_engineer.navigation.places import Place, Read, Wish
from genie_engineer.workbench.files import write

SHAPES = """class Shape:
    def area(self):
        size = 0
        return size


class Other:
    def area(self):
        return 7
"""
USES = """import json
from shapes import Shape


def show(shape: Shape):
    # area() in words
    return json.dumps(shape.area())
"""

Open = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def open_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Opens a desk on a small project; `navigation` are settings, `editor` the editor's side."""
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    repository = tmp_path / "repo"
    repository.mkdir()
    (repository / "shapes.py").write_text(SHAPES)
    (repository / "uses.py").write_text(USES)
    for words in ("init -q", "add ."):
        subprocess.run(["git", *words.split()], cwd=repository, check=True)
    async with AsyncExitStack() as stack:

        async def build(editor: EditorProviders | None = None, **navigation: Any) -> Desk:
            run = Run.create(tmp_path / "run")
            stack.callback(run.close)
            run.record(TaskGiven("Look", str(repository), "", "offline"))
            settings = Settings(sandbox="off", navigation=replace(NavigationSettings(), **navigation))
            return await stack.enter_async_context(open_desk(run, settings, True, editor))

        yield build


async def call(desk: Desk, tool_name: str, **arguments: Any) -> Observation:
    tool = TOOLS[tool_name]
    return await tool.run(desk, tool.arguments(**arguments))


def spans(seen: Observation) -> list[tuple[str, int, int]]:
    return [(span["path"], span["start"], span["end"]) for span in seen.data["spans"]]


async def test_a_language_server_finds_the_one_definition_and_it_is_shown_whole(open_: Open) -> None:
    desk = await open_()
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert seen.text.startswith("From the Python language server (jedi-language-server).")
    assert "return size" in seen.text
    assert spans(seen) == [("shapes.py", 2, 4)]
    assert seen.data["source"] == "language server"
    assert seen.data["server_mb"] > 20
    found = [record.event for record in desk.run.records if isinstance(record.event, Found)]
    assert [span.symbol for span in found[-1].spans] == ["Shape.area"]


@pytest.mark.parametrize("line", [5, 7, 8])
async def test_a_line_may_be_miscounted_and_a_name_dotted(open_: Open, line: int) -> None:
    desk = await open_()
    seen = await call(desk, "go_to_definition", name="shape.area", path="uses.py", line=line)
    assert spans(seen) == [("shapes.py", 2, 4)]


async def test_without_a_place_the_index_answers_by_name(open_: Open) -> None:
    desk = await open_()
    seen = await call(desk, "go_to_definition", name="area")
    assert seen.text.startswith("From the index, by name.")
    assert sorted(spans(seen)) == [("shapes.py", 2, 4), ("shapes.py", 8, 9)]
    assert seen.data["source"] == "index"


async def test_without_servers_the_index_answers(open_: Open) -> None:
    desk = await open_(language_servers=False)
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert (seen.data["source"], len(seen.data["spans"])) == ("index", 2)


async def test_a_broken_server_is_told_and_the_index_answers(open_: Open) -> None:
    desk = await open_(servers={"python": "sh -c 'echo out of order >&2'"})
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert "out of order" in seen.text
    assert "From the index, by name." in seen.text
    assert len(spans(seen)) == 2


async def test_what_a_library_defines_is_said_to_be_outside(open_: Open) -> None:
    desk = await open_()
    seen = await call(desk, "go_to_definition", name="json.dumps", path="uses.py", line=7)
    assert "Outside of the repository: /" in seen.text
    assert "json/__init__.py" in seen.text
    assert spans(seen) == []


async def test_uses_are_those_of_this_method(open_: Open) -> None:
    desk = await open_()
    seen = await call(desk, "find_references", name="area", path="shapes.py", line=2)
    assert ("uses.py", 7, 7) in spans(seen)
    assert ("shapes.py", 8, 8) not in spans(seen)
    assert seen.data["source"] == "language server"


async def test_uses_of_what_is_defined_once_need_no_place(open_: Open) -> None:
    desk = await open_()
    seen = await call(desk, "find_references", name="show")
    assert seen.data["source"] == "language server"
    by_name = await call(desk, "find_references", name="area")
    assert by_name.data["source"] == "index"


async def test_an_edited_definition_is_shown_where_it_now_is(open_: Open) -> None:
    desk = await open_()
    write(desk.bench, "shapes.py", b"# More\n# and more\n" + SHAPES.replace("size", "width").encode())
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert spans(seen)[0][:2] == ("shapes.py", 4)
    assert "return width" in seen.text


class Providers:
    """An editor that knows one place."""

    def __init__(self, *places: Place) -> None:
        self.places = places
        self.asked: list[tuple[Wish, Place]] = []

    async def locate(self, root: Path, wish: Wish, place: Place, read: Read) -> tuple[Place, ...]:
        assert read(place.path) == USES
        self.asked.append((wish, place))
        return self.places


async def test_the_editor_comes_first(open_: Open) -> None:
    editor = Providers(Place("shapes.py", 8, 9))
    desk = await open_(editor)
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert seen.text.startswith("From the editor.")
    assert spans(seen) == [("shapes.py", 8, 9)]
    assert editor.asked == [("definition", Place("uses.py", 7, 29))]


async def test_where_the_editor_knows_nothing_a_language_server_answers(open_: Open) -> None:
    desk = await open_(Providers())
    seen = await call(desk, "go_to_definition", name="area", path="uses.py", line=7)
    assert seen.data["source"] == "language server"


async def test_the_editor_is_not_asked_for_uses_that_it_cannot_see(open_: Open) -> None:
    editor = Providers(Place("uses.py", 7, 29))
    desk = await open_(editor)
    seen = await call(desk, "find_references", name="area", path="uses.py", line=7)
    assert seen.data["source"] == "editor"
    write(desk.bench, "more.py", b"from shapes import Shape\nShape().area()\n")
    seen = await call(desk, "find_references", name="area", path="uses.py", line=7)
    assert seen.data["source"] == "language server"
    assert ("more.py", 2, 2) in spans(seen)
