"""A server of chat completions and of responses that answers from a script: the double at the HTTP boundary.

A reply is told in the events of whichever API it is asked for by; those of POST /v1/responses follow OpenAI's
reference as of November 2026 (as the package `openai` 3.54 types them).

In a test: `with ChatServer([{"text": "hello"}]) as server: … server.base_url, server.requests`.
As a process: `python tests/doubles/chat_server.py SCRIPT.json --port-file F [--record R]`; the base URL is
written to F when it listens, each request becomes a line of JSON in R.

The script is a list of replies, one for each request, in order; a request beyond it gets status 418. But
GET /v1/models lists `models` (by default those named in `MODELS`). A reply is an object with any of:

    text, calls           what the model says: [{"id", "name", "arguments"}]; arguments are text or an object
    thoughts              what it thinks before: in chat reasoning_content, in responses a reasoning item
    finish, usage         finish reason (false: none is sent) and usage object (null: none is sent)
    events                instead: the events' data as they are, objects or text
    done                  false: no [DONE] at the end
    status, headers       another status; additional headers
    body                  instead of a stream: text, or an object that is sent as JSON
    split                 bytes for each write, to break lines and characters in the middle
    cut                   the connection is closed after so many bytes of the body (0: after the headers)
    drop                  true: the connection is closed without any answer
    hang                  true: nothing is answered until the client goes
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

MODELS = ("double-large", "double-small")


class ChatServer:
    """Listens on a free port of 127.0.0.1 in a thread of its own, between `__enter__` and `__exit__`."""

    def __init__(
        self,
        script: list[dict[str, Any]],
        record: Path | None = None,
        models: list[dict[str, Any]] | None = None,
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self.port = 0
        self._script = list(script)
        self._record = record
        self._models = models or [{"id": name} for name in MODELS]
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "ChatServer":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def serve(self, port_file: Path | None = None) -> None:
        """Serves until stopped."""
        self._loop = asyncio.get_running_loop()
        connections: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._connection(reader, writer))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        if port_file:
            announce(port_file, self.base_url)
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request, then closes."""
        try:
            request = await _read_request(reader)
            reply = self._reply(request)
            if reply.get("hang"):
                await reader.read()
            elif not reply.get("drop"):
                await _answer(writer, reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        if self._record:
            with self._record.open("a") as out:
                out.write(json.dumps(request) + "\n")
        if request["method"] == "GET" and request["path"] == "/v1/models":
            return {"body": {"object": "list", "data": self._models}}
        if not self._script:
            return {"status": 418, "body": {"error": {"message": "the script is over"}}}
        return {"path": request["path"], **self._script.pop(0)}


def events_of(reply: dict[str, Any]) -> Iterator[Any]:
    """The data of a reply's events, as a well-behaved server sends them."""
    if "events" in reply:
        yield from reply["events"]
        return
    if reply.get("path") == "/v1/responses":
        yield from _response_events(reply)
        return
    if reply.get("thoughts"):
        yield _chunk({"reasoning_content": reply["thoughts"]})
    for start in range(0, len(reply.get("text", "")), 5):
        yield _chunk({"content": reply["text"][start : start + 5]})
    for index, call in enumerate(reply.get("calls", [])):
        arguments = call.get("arguments", {})
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        head = {"name": call["name"], "arguments": ""}
        yield _chunk(_call(index, id=call.get("id", f"call_{index}"), type="function", function=head))
        for start in range(0, len(text), 7):
            yield _chunk(_call(index, function={"arguments": text[start : start + 7]}))
    finish = reply.get("finish", "tool_calls" if reply.get("calls") else "stop")
    if finish is not False:
        yield _chunk({}, finish)
    usage = reply.get("usage", {"prompt_tokens": 100, "completion_tokens": 10})
    if usage is not None:
        yield {"object": "chat.completion.chunk", "choices": [], "usage": usage}


def _response_events(reply: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same as a stream of POST /v1/responses: each item added, its parts, the item done, the end."""
    head = {"id": "resp_1", "object": "response", "status": "in_progress", "output": [], "error": None}
    yield {"type": "response.created", "response": head}
    output = []
    for index, item in enumerate(_items(reply)):
        output.append(item)
        place = {"item_id": item["id"], "output_index": index}
        open_item = item | {"status": "in_progress", "content": [], "arguments": ""}
        yield {"type": "response.output_item.added", "output_index": index, "item": open_item}
        if item["type"] == "message":
            text = item["content"][0]["text"]
            for start in range(0, len(text), 5):
                delta = {"content_index": 0, "delta": text[start : start + 5], "logprobs": []}
                yield {"type": "response.output_text.delta", **place, **delta}
            yield {"type": "response.output_text.done", **place, "content_index": 0, "text": text}
        if item["type"] == "function_call":
            text = item["arguments"]
            for start in range(0, len(text), 7):
                delta = text[start : start + 7]
                yield {"type": "response.function_call_arguments.delta", **place, "delta": delta}
            yield {"type": "response.function_call_arguments.done", **place, "arguments": text}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    finish = reply.get("finish", "completed")
    if finish is False:
        return
    reason = None if finish == "completed" else {"reason": finish}
    status = "incomplete" if reason else "completed"
    end = {"status": status, "output": output, "incomplete_details": reason, "usage": _response_usage(reply)}
    yield {"type": f"response.{status}", "response": head | end}


def _items(reply: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if reply.get("thoughts"):
        sealed = f"sealed:{reply['thoughts']}"
        yield {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": sealed, "status": None}
    if reply.get("text"):
        part = {"type": "output_text", "text": reply["text"], "annotations": [], "logprobs": []}
        yield {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "content": [part],
            "status": "completed",
        }
    for index, call in enumerate(reply.get("calls", [])):
        arguments = call.get("arguments", {})
        yield {
            "type": "function_call",
            "id": f"fc_{index}",
            "call_id": call.get("id", f"call_{index}"),
            "name": call["name"],
            "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
            "status": "completed",
        }


def _response_usage(reply: dict[str, Any]) -> dict[str, Any] | None:
    usage = reply.get("usage", {"prompt_tokens": 100, "completion_tokens": 10})
    if usage is None:
        return None
    cached, thought = usage.get("cached_tokens", 0), usage.get("reasoning_tokens", 0)
    return {
        "input_tokens": usage["prompt_tokens"],
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": usage["completion_tokens"],
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": usage["prompt_tokens"] + usage["completion_tokens"],
    }


def announce(port_file: Path, base_url: str) -> None:
    """Writes the address where a waiting process never sees half of it."""
    half = port_file.with_name(port_file.name + ".part")
    half.write_text(base_url)
    half.rename(port_file)


def address_from(process: subprocess.Popen[bytes], port_file: Path) -> str:
    """Waits until a server that was started with a port file listens. Raises AssertionError if it ends."""
    while not port_file.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"The server ended with {process.wait(timeout=0.05)} before it listened.")
    return port_file.read_text()


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]}


def _call(index: int, **fields: Any) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, **fields}]}


def _body(reply: dict[str, Any]) -> tuple[str, bytes]:
    """Content type and bytes."""
    if "body" in reply:
        if isinstance(reply["body"], str):
            return "text/plain", reply["body"].encode()
        return "application/json", json.dumps(reply["body"]).encode()
    data = [e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in events_of(reply)]
    data += [] if reply.get("done") is False else ["[DONE]"]
    return "text/event-stream", "".join(f"data: {d}\n\n" for d in data).encode()


async def _read_request(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return {"method": method, "path": path, "headers": headers, "body": json.loads(body or b"null")}


async def _answer(writer: asyncio.StreamWriter, reply: dict[str, Any]) -> None:
    kind, body = _body(reply)
    headers = {"content-type": kind, "connection": "close"}
    headers |= {"transfer-encoding": "chunked"} if "cut" in reply else {"content-length": str(len(body))}
    headers |= reply.get("headers", {})
    lines = [f"HTTP/1.1 {reply.get('status', 200)} Scripted", *(f"{k}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    sent = body[: reply["cut"]] if "cut" in reply else body
    step = reply.get("split", len(sent) or 1)
    for start in range(0, len(sent), step):
        piece = sent[start : start + step]
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if "cut" in reply else piece)
        await writer.drain()
        await asyncio.sleep(0)


def main() -> None:
    """The command line; see the module's docstring."""
    options = argparse.ArgumentParser(description="Chat completions from a script.")
    options.add_argument("script", type=Path)
    options.add_argument("--port-file", type=Path, required=True)
    options.add_argument("--record", type=Path)
    chosen = options.parse_args()
    server = ChatServer(json.loads(chosen.script.read_text("utf-8")), chosen.record)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve(chosen.port_file))


if __name__ == "__main__":
    main()
