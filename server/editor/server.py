"""`genie serve --stdio`: the server put together, and its life from the first byte to the last."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import BinaryIO, NoReturn

from lsprotocol import types
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async

from .. import __version__
from ..config import Settings
from ..language import speak
from ..processes import take_wire
from .approving import list_approvals, revoke_approvals
from .guidance import list_playbooks, make_playbook
from .hovering import hover
from .lenses import code_actions, code_lenses
from .service import Service
from .storing import clean_store
from .wire import Server, new_server, serve_request


def serve(settings: Callable[[], Settings]) -> NoReturn:
    """Serves one editor over standard input and output until it goes; then ends the process.

    `settings` is asked anew for each task, so that what the user changes counts without a restart.
    """
    stdin, stdout = take_wire()
    asyncio.run(_live(settings, stdin, stdout))
    raise AssertionError("_live ends the process")


def build(settings: Callable[[], Settings]) -> tuple[Server, Service]:
    """The server with all that it answers to."""
    server = new_server(__version__)
    service = Service(server, settings)
    _serve_runs(server, service)
    _serve_the_rest(server, service)
    _serve_documents(server, service)

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.protocol.take_exact_documents(params)
        speak(params.locale or "en")

    @server.feature(types.SHUTDOWN)
    async def shutdown(_: None) -> None:
        await service.end()

    return server, service


def _serve_runs(server: Server, service: Service) -> None:
    serve_request(server, "genie/solve", service.solve)
    serve_request(server, "genie/stop", service.stop)
    serve_request(server, "genie/resume", service.resume)
    serve_request(server, "genie/show", service.show)
    serve_request(server, "genie/moments", service.moments)
    serve_request(server, "genie/branch", service.branch)
    serve_request(server, "genie/decide", service.decide)
    serve_request(server, "genie/undo", service.undo)
    serve_request(server, "genie/proposed", service.proposed)
    serve_request(server, "genie/answer", service.answer)
    serve_request(server, "genie/editPlan", service.edit_plan)
    serve_request(server, "genie/editTask", service.edit_task)
    serve_request(server, "genie/markSpan", service.mark_span)
    serve_request(server, "genie/say", service.say)
    serve_request(server, "genie/chooseTests", service.choose_tests)
    serve_request(server, "genie/comment", service.threads.comment)
    serve_request(server, "genie/markThread", service.threads.mark)
    serve_request(server, "genie/tests", service.tests)
    serve_request(server, "genie/runs", service.history.list)
    serve_request(server, "genie/beforeDeleting", service.history.before_deleting)
    serve_request(server, "genie/deleteRun", service.history.delete)
    serve_request(server, "genie/exportRun", service.history.export)


def _serve_the_rest(server: Server, service: Service) -> None:
    serve_request(server, "genie/doctor", service.reporting.doctor)
    serve_request(server, "genie/report", service.reporting.report)
    serve_request(server, "genie/models", service.models.list)
    serve_request(server, "genie/model", service.models.look)
    serve_request(server, "genie/probeModel", service.models.probe)
    serve_request(server, "genie/lendKey", service.models.lend_key)
    serve_request(server, "genie/choices", service.choices)
    serve_request(server, "genie/playbooks", list_playbooks)
    serve_request(server, "genie/newPlaybook", make_playbook)
    serve_request(server, "genie/store", service.store)
    serve_request(server, "genie/cleanStore", clean_store)
    serve_request(server, "genie/approvals", list_approvals)
    serve_request(server, "genie/revokeApprovals", revoke_approvals)
    serve_request(server, "genie/findCode", service.indexes.find_code)
    serve_request(server, "genie/index", service.indexes.change)
    serve_request(server, "genie/look", service.lending.look)
    serve_request(server, "genie/beginnings", service.starting.beginnings)
    serve_request(server, "genie/readTask", service.starting.read_task)


def _serve_documents(server: Server, service: Service) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def changed(
        params: types.DidOpenTextDocumentParams
        | types.DidChangeTextDocumentParams
        | types.DidCloseTextDocumentParams,
    ) -> None:
        service.file_changed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_on_disk(params: types.DidChangeWatchedFilesParams) -> None:
        service.files_changed([change.uri for change in params.changes])

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        service.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions())
    def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        return code_lenses(service.views.known(), params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovers(params: types.HoverParams) -> types.Hover | None:
        return hover(service.views.known(), params)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return code_actions(service.views.known(), params)


async def _live(settings: Callable[[], Settings], stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Talks until the end, stops all work, and ends the process."""
    server, service = build(settings)
    server.protocol.set_writer(StdoutWriter(stdout))
    reader = StdinAsyncReader(stdin, ThreadPoolExecutor(1))
    me = asyncio.current_task()
    assert me is not None
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    status = 0
    try:
        await run_async(Event(), reader, server.protocol, error_handler=server.report_server_error)
    except SystemExit as exit:
        status = exit.code if isinstance(exit.code, int) else 1
    except asyncio.CancelledError:
        status = 128 + signal.SIGTERM
    try:
        await service.end()
    finally:
        # A thread may still wait for the editor's next byte or be deep in an index: nothing cancels it.
        logging.shutdown()
        os._exit(status)
