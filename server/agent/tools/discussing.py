"""The tool that answers the user's remarks on lines, where they stand."""

from dataclasses import dataclass

from ..desk import Desk
from ..remarks import Replied
from ..threads import unanswered
from .tool import Observation, Tool, about


@dataclass(frozen=True)
class Reply:
    """Arguments of reply."""

    text: str = about("What you did about it, or why not, in a few sentences.")
    thread: str = about("The id of the remark's thread; empty: the one that has no answer yet.", default="")
    resolved: bool = about("Whether the matter is settled by that.", default=False)


async def reply(desk: Desk, wish: Reply) -> Observation:
    """Records the answer for the thread."""
    state = desk.run.state
    waiting = unanswered(state)
    thread = waiting[0].id if not wish.thread and len(waiting) == 1 else wish.thread
    if thread not in state.threads:
        known = ", ".join(state.threads) or "none"
        return Observation(f"There is no thread {thread!r}. There are: {known}.", ok=False)
    if not wish.text.strip():
        return Observation("There is nothing in this answer.", ok=False)
    desk.run.record(Replied(thread, wish.text.strip(), wish.resolved))
    left = [thread.id for thread in unanswered(desk.run.state)]
    return Observation(f"Said. Still without an answer: {', '.join(left)}." if left else "Said.")


TOOLS = (Tool("reply", "Answers the user's remark on a line, in its thread.", Reply, reply),)
