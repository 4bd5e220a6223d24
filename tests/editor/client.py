"""A small editor for the tests: speaks to a real server process, keeps buffers, applies edits, types."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

PATIENCE = 60
"""Seconds after which a test gives up waiting for a message."""

START = "\nfrom genie_engineer.__main__ import main\nmain()\n"

Json = Any


class Refused(Exception):
    """The server's answer is an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class Editor:
    """One connection. `answers` holds what the editor says to requests of the server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.buffers: dict[str, tuple[int, str]] = {}
        self.notes: list[tuple[str, Json]] = []
        self.asked: list[tuple[str, Json]] = []
        self.before_edit: Callable[[], Awaitable[None]] | None = None
        self.answers: dict[str, Callable[[Json], Awaitable[Json]]] = {"workspace/applyEdit": self._apply}
        self._to, self._from = process.stdin, process.stdout
        self._files: dict[int, Json] = {}
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._news = asyncio.Condition()
        self._tasks = {asyncio.create_task(self._listen())}

    async def request(self, method: str, params: Json = None) -> Json:
        """The result. Raises Refused."""
        return await asyncio.wait_for(self.ask(method, params), PATIENCE)

    def ask(self, method: str, params: Json = None) -> asyncio.Future[Json]:
        """Sends a request whose result may be long in coming."""
        number = len(self._waiting)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return self._waiting[number]

    def notify(self, method: str, params: Json = None) -> None:
        """Sends a notification."""
        self._send({"method": method, "params": params})

    async def until(self, found: Callable[[], Json]) -> Json:
        """Waits for messages until `found` gives something."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: found() is not None)
            return found()

    async def view(self, run: str, fits: Callable[[Json], bool]) -> Json:
        """Waits until the last view of a run fits."""

        def last() -> Json:
            views = [note for method, note in self.notes if method == "genie/view" and note["run"] == run]
            return views[-1] if views and fits(views[-1]) else None

        return await self.until(last)

    def open(self, path: Path, encoding: str = "utf-8") -> str:
        """Opens a file in a buffer, read as editors do, without an error; its URI."""
        uri = path.as_uri()
        text = path.read_bytes().decode(encoding, "replace")
        self.buffers[uri] = (1, text)
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def text(self, path: Path) -> str:
        """The user's text: the buffer's, else the disk's."""
        uri = path.as_uri()
        return self.buffers[uri][1] if uri in self.buffers else path.read_bytes().decode()

    def type(self, uri: str, line: int, column: int, text: str, until: tuple[int, int] | None = None) -> None:
        """Replaces a range of a buffer as a typing user does."""
        end = until or (line, column)
        span = {
            "start": {"line": line, "character": column},
            "end": {"line": end[0], "character": end[1]},
        }
        self._change(uri, [{"range": span, "newText": text}])

    async def leave(self) -> int:
        """Ends as editors do; the server's exit status."""
        await self.request("shutdown")
        self.notify("exit")
        return await self.ended()

    async def ended(self) -> int:
        """Waits for the process; its exit status."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def _listen(self) -> None:
        while header := await self._from.readline():
            match = re.fullmatch(rb"Content-Length: (\d+)\r\n", header)
            assert match, f"not the wire: {header!r}"
            while (await self._from.readline()).strip():
                pass
            await self._take(json.loads(await self._from.readexactly(int(match[1]))))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(EOFError("the server is gone"))

    async def _take(self, message: Json) -> None:
        if "method" not in message:
            future = self._waiting[message["id"]]
            if "error" in message:
                future.set_exception(Refused(message["error"]))
            else:
                future.set_result(message["result"])
        elif "id" in message:
            self.asked.append((message["method"], message.get("params")))
            self._tasks.add(asyncio.create_task(self._answer(message)))
        elif message["method"] == "genie/view":
            self.notes.append(("genie/view", self._whole(message["params"])))
        else:
            self.notes.append((message["method"], message["params"]))
        async with self._news:
            self._news.notify_all()

    def _whole(self, news: Json) -> Json:
        """The view with the files that were sent before."""
        self._files |= {file["number"]: file for file in news["view"]["changes"]}
        return news["view"] | {"changes": [self._files[number] for number in news["files"]]}

    async def _answer(self, message: Json) -> None:
        answer = self.answers.get(message["method"])
        result = await answer(message["params"]) if answer else None
        if isinstance(result, dict) and "error" in result:
            self._send({"id": message["id"], "error": result["error"]})
        else:
            self._send({"id": message["id"], "result": result})

    async def _apply(self, params: Json) -> Json:
        if self.before_edit:
            await self.before_edit()
        for step in params["edit"]["documentChanges"]:
            problem = self._step(step)
            if problem:
                return {"applied": False, "failureReason": problem}
        return {"applied": True}

    def _step(self, step: Json) -> str:
        uri = step["uri"] if "kind" in step else step["textDocument"]["uri"]
        path = _path(uri)
        if step.get("kind") == "create":
            if path.exists():
                return "The file exists."
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        elif step.get("kind") == "delete":
            path.unlink()
            if self.buffers.pop(uri, None):
                self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        else:
            if uri not in self.buffers:
                self.open(path)
            version = step["textDocument"]["version"]
            if version is not None and version != self.buffers[uri][0]:
                return "The buffer has another version."
            self._change(uri, step["edits"])
        return ""

    def _change(self, uri: str, edits: Json) -> None:
        version, text = self.buffers[uri]
        changes = []
        spans = [(_offset(text, e["range"]["start"]), _offset(text, e["range"]["end"]), e) for e in edits]
        for start, end, edit in sorted(spans, key=lambda span: span[:2], reverse=True):
            text = text[:start] + edit["newText"] + text[end:]
            changes.append({"range": edit["range"], "text": edit["newText"]})
        self.buffers[uri] = (version + 1, text)
        identity = {"uri": uri, "version": version + 1}
        self.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": changes})


def _path(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))


def _offset(text: str, position: Json) -> int:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    start = starts[position["line"]]
    line = re.split(r"[\r\n]", text[start:])[0]
    before = line.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le")
    return start + len(before)


@asynccontextmanager
async def editor(
    home: Path, folder: Path, prelude: str = "", within: Sequence[str] = ()
) -> AsyncIterator[Editor]:
    """A server process for `folder` whose runs lie in `home`, initialized. It is gone at the end.

    `prelude` is Python that it runs before anything else, `within` a command that runs the rest of its own.
    """
    process = await asyncio.create_subprocess_exec(
        *(*within, sys.executable, "-c", prelude + START, "serve", "--stdio"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"GENIE_HOME": str(home)},
        limit=2**24,
    )
    client = Editor(process)
    try:
        refresh = {"codeLens": {"refreshSupport": True}}
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        await client.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": folders,
                "capabilities": {"workspace": refresh},
            },
        )
        client.notify("initialized", {})
        yield client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(*client._tasks, return_exceptions=True)
