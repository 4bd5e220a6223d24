"""Views are sent no oftener than needed, and the last one always."""

import asyncio
from dataclasses import replace

from genie_engineer.editor.publish import Publisher
from genie_engineer.protocol.runs import FileView, RunNews, RunView

EMPTY = RunView(
    "run", "/r", "", "", "", "working", None, "", "", "", "", "", "", 0, "", "", (), "", (), (), None
)


def file(path: str, number: int) -> FileView:
    return FileView(path, f"file:///r/{path}", "modified", (), number=number)


class Wall:
    """What the publisher makes its views of, and where they end up."""

    def __init__(self) -> None:
        self.now = EMPTY
        self.sent: list[RunNews] = []
        self.moved = 0
        self.arrived = asyncio.Event()
        self.publisher = Publisher(lambda run: replace(self.now, run=run), self.hang, self.move)

    def hang(self, news: RunNews) -> None:
        self.sent.append(news)
        self.arrived.set()

    def move(self) -> None:
        self.moved += 1

    async def next(self) -> RunView:
        """The next view to be sent."""
        await asyncio.wait_for(self.arrived.wait(), 60)
        self.arrived.clear()
        return self.sent[-1].view


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
    assert [news.view.run for news in wall.sent] == ["a", "b"]


async def test_lenses_are_refreshed_only_when_changes_moved() -> None:
    wall = Wall()
    wall.publisher.flush("run")
    assert wall.moved == 0
    wall.now = replace(EMPTY, changes=(file("a.py", 1),))
    wall.publisher.flush("run")
    wall.now = replace(wall.now, tokens=5)
    wall.publisher.flush("run")
    assert (wall.moved, len(wall.sent)) == (1, 3)


async def test_files_that_were_sent_before_are_left_out_and_named() -> None:
    wall = Wall()
    wall.now = replace(EMPTY, changes=(file("a.py", 1), file("b.py", 2)))
    wall.publisher.flush("run")
    wall.now = replace(EMPTY, changes=(file("b.py", 2), file("a.py", 3)))
    wall.publisher.flush("run")
    wall.publisher.flush("another")
    assert [(news.files, [one.number for one in news.view.changes]) for news in wall.sent] == [
        ((1, 2), [1, 2]),
        ((2, 3), [3]),
        ((2, 3), [2, 3]),
    ]


async def test_several_steps_are_seen_as_one() -> None:
    wall = Wall()
    wall.publisher.touch("run")
    with wall.publisher.together("run"):
        for number in (1, 2):
            wall.now = replace(EMPTY, tokens=number)
            wall.publisher.touch("run")
            await asyncio.sleep(0)
        assert wall.sent == []
    assert [news.view.tokens for news in wall.sent] == [2]
    with wall.publisher.together("run"):
        pass
    assert len(wall.sent) == 1
