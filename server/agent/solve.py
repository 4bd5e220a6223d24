"""The loop: build the context, ask the model, run the tool it names, write down what happened; repeat."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from ..config import ModelSettings, Settings
from ..errors import GenieError, ModelError, ModelRefused, SetupError, UsageError
from ..models.acquaint import acquaint
from ..models.cast import Cast, Part
from ..models.contract import Json, Model, ToolCall, Usage
from ..models.facts import told
from ..models.prices import cost, price_of
from ..navigation.editor import EditorProviders
from .asking import Asking
from .choosing_tests import choose_tests
from .consulting import Consulting
from .desk import Desk, open_desk
from .events import (
    Finished,
    Found,
    ModelProbed,
    Said,
    TaskGiven,
    ToolAnswered,
    Warned,
)
from .kept_file import Kept, kept, settled
from .limits import caution, exceeded, out_of_time, within
from .log import Run
from .measuring import confirm, measure, measure_before
from .plan_file import PlanFile
from .playbooks import chosen, playbooks
from .proposal import replay, take_back_rejected
from .proposed_files import ProposedFiles, carry_in
from .questions import note_use
from .repositories import locate
from .sampling import are_due, check, sample
from .staleness import ACTING, out_of_date
from .state import has_changed
from .store import new_folder
from .task_file import TaskFile, heeded
from .tools import TOOLS, Observation, read_arguments
from .verdict import cut_short, judge

log = logging.getLogger(__name__)

FIRST_SPANS = 12


def begin(
    text: str,
    folder: Path,
    settings: Settings,
    model: str,
    test_command: str = "",
    books: Sequence[str] = (),
) -> Run:
    """Creates the run of a task in the git repository around `folder`, to follow the playbooks named `books`.

    Raises SetupError (no repository), UsageError (an empty or endless task, an unknown playbook) or
    RunLogError.
    """
    repository, head = locate(folder)
    heeded(text, settings.limits)
    check(settings, model)
    chosen(playbooks(repository), books)
    run = Run.create(new_folder(text))
    command = test_command or settings.test_command
    run.record(
        TaskGiven(
            text,
            str(repository),
            head,
            model,
            command,
            playbooks=tuple(books),
            profile=settings.profile,
            candidates=settings.candidates,
            base_url=settings.model.base_url,
        )
    )
    return run


async def work(
    run: Run,
    model: Model | Cast,
    settings: Settings,
    headless: bool = False,
    editor: EditorProviders | None = None,
) -> None:
    """Drives the run to its Finished event. Cancelling the task stops it, with what was done kept.

    A model alone plays every part.
    """
    cast = model if isinstance(model, Cast) else Cast(Part(model, replace(settings.model, name=model.name)))
    try:
        for part in cast:
            await _meet(run, part.settings, settings)
        files = PlanFile(run), TaskFile(run, settings.limits)
        async with kept(run, files), open_desk(run, settings, headless, editor) as desk:
            replay(desk)
            if not run.state.first_found:
                await _survey(desk)
            consulting = Consulting(desk)
            consulting.consult()
            await choose_tests(desk)
            await desk.suite()  # If that asks, it does so before the work rather than in its middle.
            proposed = ProposedFiles(desk)
            async with kept(run, [proposed]):
                end = await _in_time(desk, cast, (*files, proposed), consulting)
        _end(run, end)
    except asyncio.CancelledError:
        _end(run, Finished("stopped", "Stopped. Everything so far is kept; `genie runs resume` goes on."))
        raise
    except GenieError as error:
        setup = isinstance(error, SetupError | UsageError | ModelRefused)
        _end(run, Finished("failed", str(error), setup=setup))
    except Exception as error:
        log.exception("run %s", run.id)
        told = f"Genie itself failed ({type(error).__name__}: {error}). The run is kept."
        _end(run, Finished("failed", told))
        raise


def _end(run: Run, end: Finished) -> None:
    run.record(replace(end, tokens=run.state.tokens, cost=run.state.cost))


async def _meet(run: Run, model: ModelSettings, settings: Settings) -> None:
    """Finds out how to ask a model that is used for the first time. Where that fails, nothing is lost."""
    try:
        facts = await acquaint(model)
    except ModelError as error:
        run.record(Warned(f"{model.name} could not be probed, so it is asked as most models are. {error}"))
        return
    if facts:
        price = price_of(model, settings.prices)
        usage = Usage(facts.tokens - facts.answer_tokens, facts.answer_tokens)
        dollars = cost(price, usage) if price else 0.0
        run.record(ModelProbed(model.name, told(facts), facts.tokens, dollars))


async def _survey(desk: Desk) -> None:
    task = desk.run.state.task
    assert task is not None
    spans = await asyncio.to_thread(desk.index.search, task.text, FIRST_SPANS)
    desk.run.record(Found(task.text, spans))


async def _in_time(desk: Desk, cast: Cast, files: Sequence[Kept], consulting: Consulting) -> Finished:
    """The end of the turns, or of the time: then what is under way is cut off."""
    limits, time = desk.settings.limits, None
    try:
        async with within(desk.run, limits.seconds) as time:
            return await _turns(desk, cast, files, consulting, time)
    except TimeoutError:
        if time is None or not time.expired():
            raise
        return cut_short(desk.run.state, out_of_time(limits))


async def _turns(
    desk: Desk, cast: Cast, files: Sequence[Kept], consulting: Consulting, time: asyncio.Timeout
) -> Finished:
    """Turns until the model finishes or a limit is reached."""
    asking = Asking(desk, cast)
    while True:
        await _answer_open_calls(desk, files)
        carry_in(desk)
        take_back_rejected(desk)
        wish = _finish_wish(desk)
        if wish is not None:
            await _final_tests(desk)
            return judge(desk.run.state, wish["outcome"] == "solved", str(wish["summary"]))
        if are_due(desk.run.state):
            return await _best_of(desk, cast, time)
        stop = exceeded(desk.run.state, desk.settings.limits)
        if stop:
            await _final_tests(desk)
            return cut_short(desk.run.state, stop)
        warning = caution(desk.run.state, desk.settings.limits)
        if warning:
            desk.run.record(Said(warning, by="genie"))
        await settled(files)
        consulting.consult()
        await asyncio.sleep(0)  # So that the user is heard beside a model that answers at once.
        await asking.turn()


async def _best_of(desk: Desk, cast: Cast, time: asyncio.Timeout) -> Finished:
    """Lets the candidates work beside each other, and judges the best one's change as the run's own."""

    async def drive(run: Run, own: Cast, settings: Settings) -> None:
        await work(run, own, settings, headless=True, editor=desk.editor)

    until = time.when()
    left = desk.settings.limits.seconds if until is None else until - asyncio.get_running_loop().time()
    async with desk.in_use:
        end = await sample(desk, cast, left, drive)
    if end:
        return end
    await _final_tests(desk)
    state = desk.run.state
    assert state.chosen is not None
    ended = state.ended[state.chosen.run]
    return judge(state, ended.outcome == "solved", ended.summary)


async def _answer_open_calls(desk: Desk, files: Sequence[Kept]) -> None:
    for call in desk.run.state.open_calls:
        await settled(files)
        async with nullcontext() if call.name == "ask_user" else desk.in_use:
            seen = out_of_date(desk.run, call) or await _carry_out(desk, call)
        desk.run.record(ToolAnswered(call.id, call.name, seen.text, seen.data, seen.ok))


async def _carry_out(desk: Desk, call: ToolCall) -> Observation:
    tool = TOOLS.get(call.name)
    if tool is None:
        return Observation(f"There is no tool {call.name!r}. There are: {', '.join(TOOLS)}.", ok=False)
    if call.name in (*ACTING, "finish"):
        note_use(desk.run)
    try:
        return await tool.run(desk, read_arguments(tool, call.arguments))
    except ValueError as error:
        return Observation(str(error), ok=False)


def _finish_wish(desk: Desk) -> dict[str, Json] | None:
    """The model's wish to end, unless the user has meanwhile said something that it must see first."""
    last = desk.run.state.turns[-1] if desk.run.state.turns else None
    if isinstance(last, ToolAnswered) and last.tool == "finish" and last.ok and not desk.run.state.words:
        return dict(last.data)
    return None


async def _final_tests(desk: Desk) -> None:
    """The verdict needs a whole test run of the proposal as it stands; and one before it to compare with."""
    suite = await desk.suite() if has_changed(desk.run.state) else None
    if suite is None:
        return
    async with desk.in_use:
        after = desk.run.state.after
        if after is None or not after.whole:
            await measure(desk, suite)
        before = desk.run.state.before
        if before is None or not before.whole:
            await measure_before(desk, suite)
        await confirm(desk, suite, finally_=True)
