"""JSON-RPC with our own messages: dataclasses on this side, plain JSON on the wire, errors as sentences."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from io import StringIO
from typing import Any, get_args, get_origin

import attrs
import cattrs
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    default_converter,
)
from pygls.workspace import TextDocument, Workspace

from ..errors import GenieError
from ..models.contract import Json
from ..protocol import REQUESTS, REVERSE_REQUESTS

REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value

_log = logging.getLogger(__name__)


class Wire(LanguageServerProtocol):
    """The language server protocol with some faults of pygls 2.1 mended, each said where it is."""

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        # pygls keeps the future of every notification for ever: some kilobytes for each key pressed.
        def done(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, done, args, kwargs)

    def _send_handler_result(self, future: Future[Any], *, msg_id: str | int) -> None:
        # pygls logs a traceback even of a wrong request, which is the other side's fault and told to it.
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcException):
            self._send_response(msg_id, error=error.to_response_error())
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def take_exact_documents(self, params: types.InitializeParams) -> None:
        """To be called while initializing: documents are kept with the line endings of the protocol."""
        old = self.workspace
        self._workspace = _Documents(
            old.root_uri,
            types.TextDocumentSyncKind.Incremental,
            params.workspace_folders or [],
            old.position_encoding,
        )


class _Document(TextDocument):
    @property
    def lines(self) -> tuple[str, ...]:
        # pygls splits at form feeds and other characters too, which are no line endings to an editor:
        # every later change would land on the wrong line.
        return tuple(StringIO(self.source, newline=""))


class _Documents(Workspace):
    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> TextDocument:
        return _Document(
            doc_uri,
            source,
            version,
            language_id,
            sync_kind=self._sync_kind,
            position_codec=self.position_codec,
        )


class Server(LanguageServer):
    """A language server that logs its own failures instead of showing them to the user."""

    protocol: Wire

    def report_server_error(self, error: Exception, source: object) -> None:
        """Called by pygls for whatever could not be answered."""
        _log.error("%s", error)


def new_server(version: str) -> Server:
    """A server without handlers."""
    return Server("genie", version, protocol_cls=Wire, converter_factory=_envelopes)


def _envelopes() -> cattrs.Converter:
    converter: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]
    for kind in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        converter.register_structure_hook(kind, _envelope)
    return converter


def _envelope(message: Mapping[str, Json], kind: Any) -> Any:
    # pygls would make nested named tuples of the parameters.
    return kind(*(message.get(field.name) for field in attrs.fields(kind)))


def serve_request(server: Server, method: str, carry_out: Callable[[Any], Awaitable[object]]) -> None:
    """Registers `carry_out` (parameters → result, as REQUESTS says) as the answer to `method`."""
    kind = REQUESTS[method][0]

    async def answer(params: dict[str, Json] | None) -> Json:
        try:
            return to_json(await carry_out(from_json(params, kind)))
        except GenieError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error

    server.feature(method)(answer)


def serve_notification(server: Server, method: str, kind: type, hear: Callable[[Any], None]) -> None:
    """Registers `hear` for a notification whose parameters are a `kind`."""

    def take(params: dict[str, Json] | None) -> None:
        hear(from_json(params, kind))

    server.feature(method)(take)


async def ask_client(server: Server, method: str, params: object) -> Any:
    """Sends one of REVERSE_REQUESTS and returns its result. Raises JsonRpcException."""
    answer = await server.protocol.send_request_async(method, to_json(params))
    return from_json(answer, REVERSE_REQUESTS[method][1])


def notify(server: Server, method: str, params: object) -> None:
    """Sends one of NOTIFICATIONS."""
    server.protocol.notify(method, to_json(params))


def to_json(value: object) -> Json:
    """A dataclass as plain JSON."""
    return _strict.unstructure(value)


def from_json(value: Json, kind: type) -> Any:
    """A dataclass from plain JSON. Raises JsonRpcInvalidParams naming each wrong field."""
    try:
        return _strict.structure({} if value is None else value, kind)
    except (cattrs.BaseValidationError, TypeError, ValueError) as error:
        wrong = "; ".join(cattrs.transform_error(error, path=kind.__name__))
        raise JsonRpcInvalidParams(f"Wrong parameters: {wrong}") from error


def _plain(value: Json, kind: Any) -> Json:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}")
    return value


def _sequence(value: Json, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError("expected list")
    return tuple(_strict.structure(one, get_args(kind)[0]) for one in value)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


# cattrs makes "5" of 5, and ("a", "b") of "ab".
_strict = cattrs.Converter()
for _kind in (str, int, bool):
    _strict.register_structure_hook(_kind, _plain)
_strict.register_structure_hook_func(_is_tuple, _sequence)
