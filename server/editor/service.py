"""The requests of the protocol, carried out: each method takes its parameters and returns its result."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from lsprotocol import types

from ..agent.choosing_tests import named_tests
from ..agent.events import Event, PlanChanged, Said
from ..agent.limits import raised, used_up
from ..agent.log import Run
from ..agent.plan import merged
from ..agent.plan_file import PlanFile
from ..agent.proposed_files import PROPOSED, take_in_at_rest
from ..agent.resuming import as_begun
from ..agent.solve import begin, work
from ..agent.steering import TaskEdited
from ..agent.store import runs_home
from ..agent.task_file import heeded
from ..config import Settings
from ..errors import UsageError
from ..models.cast import cast
from ..protocol.editing import EditTask, MarkSpan
from ..protocol.going_back import Branch, Moments
from ..protocol.models import Choices
from ..protocol.runs import (
    Answer,
    ChooseTests,
    Decide,
    Decided,
    EditPlan,
    FileRef,
    FileText,
    Nothing,
    Resume,
    RunNews,
    RunRef,
    RunView,
    Say,
    Solve,
    Undo,
)
from ..protocol.store import Store
from ..protocol.testing import TestsView
from .accept import decide
from .asker import EditorAsker
from .discussing import Threads
from .editing import answered, marked_span
from .files import folder_at, real, real_of_uri
from .going_back import branch_of, moments_of
from .history import History
from .indexes import Indexes
from .lending import Lending
from .models import Models, choices
from .proposing import proposed_file
from .providers import Providers
from .publish import Publisher
from .reporting import Reporting
from .results import results
from .runs import Runs, Work
from .starting import Starting
from .storing import list_store
from .undo import undo
from .views import Views
from .wire import Server, notify


class Service:
    """What the editor may ask for. Owns the runs and the publisher of their views, and the indexes."""

    def __init__(self, server: Server, settings: Callable[[], Settings]) -> None:
        self._server = server
        self._settings = settings
        self._asker = EditorAsker(server)
        self._providers = Providers(server)
        self._deciding = asyncio.Lock()
        self._runs = Runs(self._touched, self._failed)
        self.views = Views(server, self._runs)
        self._publisher = Publisher(self.views.view, self._send, self._refresh_lenses)
        self.threads = Threads(self._runs, self.views.look)
        self.models = Models(lambda: settings().model)
        self.history = History(self._runs, self._forget)
        self.indexes = Indexes(server, lambda: settings().index)
        self.lending = Lending(server, self.indexes)
        self.starting = Starting(server, settings)
        self.reporting = Reporting(settings)

    async def solve(self, wish: Solve) -> RunRef:
        """Starts a run. Raises SetupError, UsageError, RunLogError."""
        folder, settings = folder_at(wish.folder), self._settings()
        name = wish.model or settings.model.name
        settings = replace(settings, profile=wish.profile or settings.profile)
        settings = replace(settings, candidates=wish.candidates or settings.candidates)
        drive = self._work(settings, name)
        run = await asyncio.to_thread(
            begin, wish.text, folder, settings, name, wish.test_command, wish.playbooks
        )
        self._runs.start(run, drive)
        return RunRef(run.id)

    async def resume(self, wish: Resume) -> Nothing:
        """Goes on with a run, also after a restart. Raises UsageError, RunLogError."""
        self._runs.resume(wish.run, partial(self._work_again, longer=wish.longer))
        return Nothing()

    async def moments(self, ref: RunRef) -> Moments:
        """Where one may go back to in a run. Raises UsageError, RunLogError."""
        return await asyncio.to_thread(moments_of, ref.run)

    async def branch(self, wish: Branch) -> RunRef:
        """Starts a new run from an earlier moment of another. Raises UsageError, RunLogError."""
        run = await asyncio.to_thread(branch_of, wish)
        try:
            drive = self._work_again(run, longer=True)
        except BaseException:
            run.close()
            raise
        self._runs.start(run, drive)
        return RunRef(run.id)

    async def stop(self, ref: RunRef) -> Nothing:
        """Ends the work on a run; its last word is written when this returns. Raises UsageError."""
        self._runs.state(ref.run)
        if self._runs.is_elsewhere(ref.run):
            raise UsageError("Another window or a terminal is at work on this run: stop it there.")
        await self._runs.stop(ref.run)
        return Nothing()

    async def show(self, ref: RunRef) -> RunView:
        """The run as it now stands, also one of an earlier session; from now on its views are sent."""
        self._runs.look_again(ref.run)
        return self.views.view(ref.run)

    async def decide(self, wish: Decide) -> Decided:
        """Accepts or rejects hunks; one wish after the other, as each looks at what the last one did."""
        async with self._deciding:
            with self._publisher.together(wish.run), self._runs.held(wish.run) as run:
                run.check_room()
                events = await decide(self._server, self.views.review(wish.run), run.state, wish)
                self._runs.record(wish.run, events)
        problems = [event.reason for event in events if event.decision == "conflict"]
        return Decided(len(events) - len(problems), "\n".join(dict.fromkeys(problems)))

    async def undo(self, wish: Undo) -> Decided:
        """Takes accepted hunks back out of the user's files. Raises UsageError when none is accepted."""
        async with self._deciding:
            with self._publisher.together(wish.run), self._runs.held(wish.run) as run:
                run.check_room()
                events, problems = await undo(self._server, self.views.review(wish.run), run.state, wish)
                self._runs.record(wish.run, events)
        return Decided(len(events), "\n".join(problems))

    async def proposed(self, ref: FileRef) -> FileText:
        """A file as Genie would have it. Raises UsageError."""
        file = self.views.look(ref.run, ref.path)
        return proposed_file(self._runs, self._server.workspace, ref, file)

    async def answer(self, wish: Answer) -> Nothing:
        """The user's answer to the open question, or another to an earlier one. Raises UsageError."""
        return self._record(wish.run, answered(wish, self._runs.state(wish.run)))

    async def edit_task(self, wish: EditTask) -> Nothing:
        """The task in other words. Raises UsageError for none, or too many."""
        return self._record(wish.run, TaskEdited(heeded(wish.text, self._settings().limits)))

    async def mark_span(self, wish: MarkSpan) -> Nothing:
        """A span is pinned, dropped, or neither any more. Raises UsageError."""
        return self._record(wish.run, marked_span(wish, self.views.root(wish.run)))

    async def edit_plan(self, wish: EditPlan) -> Nothing:
        """The plan as the user wants it, brought together with what has become of it meanwhile."""
        steps = merged(wish.seen, self._runs.state(wish.run).plan, wish.steps, strike=False)
        self._record(wish.run, PlanChanged(steps, by="user"))
        self._runs.at_rest(wish.run, lambda run: PlanFile(run).catch_up())
        return Nothing()

    async def say(self, wish: Say) -> Nothing:
        """The user's words to a run. Raises UsageError for none."""
        if not wish.text.strip():
            raise UsageError("There is nothing to say in an empty text.")
        return self._record(wish.run, Said(wish.text))

    async def choose_tests(self, wish: ChooseTests) -> Nothing:
        """Tests are run by the user's command from now on. Raises UsageError for none."""
        if not wish.command.strip():
            raise UsageError("Name a command, such as: python -m pytest -q")
        return self._record(wish.run, named_tests(wish.command.strip(), self.views.root(wish.run)))

    async def tests(self, ref: RunRef) -> TestsView:
        """The tests that ran last."""
        return results(self._runs.state(ref.run))

    async def choices(self, _: Nothing) -> Choices:
        """What a task may be begun with."""
        return choices(self._settings())

    async def store(self, _: Nothing) -> Store:
        """What Genie keeps on the disk."""
        return await list_store(self._settings())

    def file_changed(self, uri: str) -> None:
        """The text at `uri` is another: hunks in it may stand elsewhere."""
        self.views.heard()
        for run in self._runs.known():
            if self.views.follow(run, uri):
                self._publisher.touch(run)

    def files_changed(self, uris: list[str]) -> None:
        """Files on the disk have changed: any hunk may stand elsewhere, and they are indexed anew."""
        self.indexes.files_changed(uris)
        for run in self._runs.known():
            self._publisher.touch(run)

    def saved(self, uri: str) -> None:
        """A file was saved: it may be one as a run proposes it."""
        self.indexes.files_changed([uri])
        path = Path(real_of_uri(uri) or "/")
        home = Path(real(runs_home()))
        inside = path.relative_to(home).parts if path.is_relative_to(home) else ()
        if len(inside) > 2 and inside[1] == PROPOSED:
            self._runs.at_rest(inside[0], take_in_at_rest)

    async def end(self) -> None:
        """Stops all work; the last views are sent."""
        self.indexes.end()
        await self._runs.stop_all()
        self._publisher.flush_all()

    def _work(self, settings: Settings, name: str) -> Work:
        """How to drive a run with the main model `name`. Raises UsageError when there is no such model."""
        settings = replace(settings, model=replace(settings.model, name=name))
        return partial(work, model=cast(settings, self._asker), settings=settings, editor=self._providers)

    def _work_again(self, run: Run, longer: bool) -> Work:
        settings = as_begun(run.state, self._settings(), {"base_url"})
        if longer:
            settings = replace(settings, limits=raised(run.state, settings.limits))
        if stop := used_up(run.state, settings.limits):
            raise UsageError(f"{stop.why}.")
        return self._work(settings, settings.model.name)

    def _record(self, run: str, event: Event) -> Nothing:
        self._runs.record(run, [event])
        return Nothing()

    def _forget(self, run: str) -> None:
        self._runs.forget(run)
        self.views.forget(run)
        self._publisher.forget(run)

    def _touched(self, run: str) -> None:
        self._publisher.touch(run)

    def _send(self, news: RunNews) -> None:
        notify(self._server, "genie/view", news)

    def _failed(self, why: str) -> None:
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Error, why))

    def _refresh_lenses(self) -> None:
        wishes = self._server.client_capabilities.workspace
        if wishes and wishes.code_lens and wishes.code_lens.refresh_support:
            self._server.workspace_code_lens_refresh(None)
