"""Asking the user, and waiting for the answer to turn up in the run."""

import asyncio

from .events import Answered, Asked, Record
from .log import Run
from .steering import AnswerUsed, Assumed

DECIDE = "Decide for me"


async def ask(run: Run, asked: Asked, headless: bool) -> str:
    """Records the question and waits for its Answered event. Headless: answers "Decide for me" itself.

    A question that a run asked already, before it was interrupted, is asked again as the same; if it was
    answered since, nobody is asked.
    """
    state = run.state
    earlier = next((one for one in state.asked if asked.call and one.call == asked.call), asked)
    if earlier.id in state.answers:
        return state.answers[earlier.id].answer
    answer = expect(run, earlier.id)
    run.record(earlier)
    if headless:
        run.record(Answered(earlier.id, DECIDE, by="genie"))
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


def assume(run: Run, text: str, question: str = "") -> None:
    """Notes what Genie takes for granted, once."""
    assumed = Assumed(" ".join(text.split()), question)
    if assumed.text and assumed not in run.state.assumed:
        run.record(assumed)


def note_use(run: Run) -> None:
    """To be called before Genie acts: notes what the answers since its last act have done to the plan."""
    for one, changed in run.state.unused_answers.items():
        run.record(AnswerUsed(one, changed))
