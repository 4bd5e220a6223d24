"""The editor's own models, asked by requests in the reverse direction."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from secrets import token_hex

from pygls.exceptions import JsonRpcException

from ..models.contract import CallMade, Chunk, Done, Message, TextDelta, ToolCall, ToolSpec
from ..models.editor import Declined, EditorOffer
from ..protocol.reverse import AskModel, AskModelRef, EditorModels, ModelChunk, ModelProblem
from ..protocol.runs import Nothing
from .wire import Server, ask_client, from_json, notify, serve_notification

_CODES = {
    "no_permission": "NoPermissions",
    "not_found": "NotFound",
    "blocked": "Blocked",
    "quota": "Quota",
    "other": "Unknown",
}
"""ModelProblem's kinds as `models.editor.Declined` has them."""


class EditorAsker:
    """A `models.editor.Asker` over the wire. Owns the answers under way."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._answers: dict[str, asyncio.Queue[Chunk | None]] = {}
        serve_notification(server, "genie/modelChunk", ModelChunk, self._hear)

    async def ask(
        self, model_id: str, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncIterator[Chunk | Declined]:
        """Streams the answer; ends in Done, or in Declined. Given up early, it is cancelled in the editor."""
        # Observations as data are for models inside our own process; thoughts go back another way.
        said = tuple(replace(message, data=None, thoughts=None) for message in messages)
        ask = AskModel(token_hex(8), model_id, said, tuple(tools))
        answer = self._answers[ask.id] = asyncio.Queue[Chunk | None]()
        end = asyncio.ensure_future(ask_client(self._server, "genie/askModel", ask))
        end.add_done_callback(lambda _: answer.put_nowait(None))
        try:
            while chunk := await answer.get():
                yield chunk
            yield _ending(end)
        finally:
            del self._answers[ask.id]
            if not end.done():
                notify(self._server, "genie/cancelModel", AskModelRef(ask.id))
                end.cancel()

    async def models(self) -> Sequence[EditorOffer]:
        """What the editor offers at present; nothing when it can't say."""
        try:
            offered: EditorModels = await ask_client(self._server, "genie/editorModels", Nothing())
        except JsonRpcException:
            return ()
        return tuple(EditorOffer(one.id, one.name, one.max_input_tokens) for one in offered.models)

    def _hear(self, chunk: ModelChunk) -> None:
        answer = self._answers.get(chunk.id)
        if answer is None:
            return
        if chunk.text:
            answer.put_nowait(TextDelta(chunk.text))
        if chunk.call_name:
            answer.put_nowait(CallMade(ToolCall(chunk.call_id, chunk.call_name, chunk.call_arguments)))


def _ending(end: asyncio.Future[object]) -> Done | Declined:
    error = end.exception()
    if error is None:
        return Done()
    try:
        problem: ModelProblem = from_json(getattr(error, "data", None), ModelProblem)
    except JsonRpcException:
        return Declined("Unknown", str(error))
    return Declined(_CODES[problem.kind], problem.text)
