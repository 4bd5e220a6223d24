"""Asking the user, and waiting for the answer to turn up in the run."""

import asyncio
from secrets import token_hex

from .events import Answered, Asked, Record
from .log import Run

DECIDE = "Decide for me"


async def ask(run: Run, question: str, choices: tuple[str, ...], headless: bool) -> str:
    """Records the question and waits for its Answered event. Headless: answers "Decide for me" itself."""
    asked = Asked(token_hex(4), question, choices)
    answer = expect(run, asked.id)
    run.record(asked)
    if headless:
        run.record(Answered(asked.id, DECIDE, by="genie"))
    return await answer


def expect(run: Run, question_id: str) -> asyncio.Future[str]:
    """The answer to a question, once somebody records it."""
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(record: Record) -> None:
        event = record.event
        if isinstance(event, Answered) and event.id == question_id and not future.done():
            future.set_result(event.answer)

    future.add_done_callback(lambda _: forget())
    forget = run.listen(hear)
    return future
