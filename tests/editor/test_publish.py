"""Views are sent no oftener than needed, and the last one always."""

import asyncio
from dataclasses import replace

from genie_engineer.editor.publish import Publisher
from genie_engineer.protocol.runs import FileView, RunView

EMPTY = RunView(
    "run", "/r", "", "", "", "working", None, "", "", "", "", "", "", 0, "", "", (), "", (), (), None
)


class Wall:
    """What the publisher makes its views of, and where they end up."""

    def __init__(self) -> None:
        self.now = EMPTY
        self.sent: list[RunView] = []
        self.moved = 0
        self.arrived = asyncio.Event()
        self.publisher = Publisher(lambda run: replace(self.now, run=run), self.hang, self.move)

    def hang(self, view: RunView) -> None:
        self.sent.append(view)
        self.arrived.set()

    def move(self) -> None:
        self.moved += 1

    async def next(self) -> RunView:
        """The next view to be sent."""
        await asyncio.wait_for(self.arrived.wait(), 60)
        self.arrived.clear()
        return self.sent[-1]


async def test_a_stream_of_touches_sends_few_views_and_the_last_state() -> None:
    wall = Wall()
    for number in range(1000):
        wall.now = replace(EMPTY, tokens=number)
        wall.publisher.touch("run")
    assert (await wall.next()).tokens == 999
    assert len(wall.sent) == 1
    wall.now = replace(EMPTY, tokens=1000)
    wall.publisher.touch("run")
    assert (await wall.next()).tokens == 1000
    assert len(wall.sent) == 2


async def test_a_view_that_is_the_same_is_not_sent_again() -> None:
    wall = Wall()
    for _ in range(2):
        wall.publisher.touch("run")
        wall.publisher.flush("run")
    assert len(wall.sent) == 1


async def test_each_run_has_its_own_views() -> None:
    wall = Wall()
    wall.publisher.touch("a")
    wall.publisher.touch("b")
    wall.publisher.flush_all()
    assert [view.run for view in wall.sent] == ["a", "b"]


async def test_lenses_are_refreshed_only_when_changes_moved() -> None:
    wall = Wall()
    wall.publisher.flush("run")
    assert wall.moved == 0
    wall.now = replace(EMPTY, changes=(FileView("a.py", "file:///r/a.py", "modified", ()),))
    wall.publisher.flush("run")
    wall.now = replace(wall.now, tokens=5)
    wall.publisher.flush("run")
    assert (wall.moved, len(wall.sent)) == (1, 3)
