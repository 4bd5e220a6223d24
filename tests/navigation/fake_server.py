"""A language server that misbehaves as its argument says. A definition is where it is asked for."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

FAULT = sys.argv[1]


def send(message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


def receive() -> dict[str, Any]:
    size = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        size = int(value) if name == b"Content-Length" else size
    if not size:
        sys.exit(0)
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(size))
    return message


def sleep() -> None:
    while True:
        time.sleep(1000)


def ask(number: object, method: str, params: object = None) -> Any:
    """The client's answer to a request of ours."""
    send({"id": number, "method": method, "params": params})
    while "method" in (message := receive()):
        pass
    assert message["id"] == number
    return message["result"]


def crash(_: Any) -> None:
    sys.stderr.write("starting\nError: a fine mess\n  at line 7\n")
    sys.exit(3)


def flood(_: Any) -> None:
    sys.stdout.buffer.write(b"Content-Length: 99999999999\r\n\r\n")
    sys.stdout.buffer.flush()
    sleep()


def ramble(request: Any) -> None:
    send({"id": request["id"], "result": {"place": "over there"}})


def refuse(request: Any) -> None:
    send({"id": request["id"], "error": {"code": -32803, "message": "no identifier here"}})


def chatter(request: Any) -> None:
    sys.stderr.write("x" * 300_000)
    send({"method": "window/logMessage", "params": {"type": 3, "message": "x"}})
    send({"method": "exit"})
    assert ask(request["id"], "workspace/configuration", {"items": [{}, {}]}) == [None, None]
    assert ask(1, "workspace/applyEdit", {"edit": {}})["applied"] is False
    assert ask("a", "client/registerCapability", {"registrations": []}) is None
    assert ask("b", "something/unknown") is None
    answer(request)


def configure(request: Any) -> None:
    (settings,) = ask(1, "workspace/configuration", {"items": [{"section": "typescript"}]})
    send({"id": request["id"], "error": {"code": -32803, "message": json.dumps(settings)}})


def warm_up(request: Any) -> None:
    held.append(b"asked")
    if len(held) % 3:
        send({"id": request["id"], "result": None})
    else:
        answer(request)


def link(request: Any) -> None:
    uri = request["params"]["textDocument"]["uri"]
    selection = {"start": {"line": 4, "character": 6}, "end": {"line": 4, "character": 9}}
    whole = {"start": {"line": 3, "character": 0}, "end": {"line": 9, "character": 0}}
    one = {"targetUri": uri, "targetRange": whole, "targetSelectionRange": selection}
    send({"id": request["id"], "result": [one, one]})


def multiply(request: Any) -> None:
    subprocess.Popen(["setsid", "sleep", "1000000"], stdout=subprocess.DEVNULL)
    answer(request)


def grow(request: Any) -> None:
    held.append(b"x" * 300_000_000)
    answer(request)


def answer(request: Any) -> None:
    params = request["params"]
    span = {"start": params["position"], "end": params["position"]}
    send({"id": request["id"], "result": {"uri": params["textDocument"]["uri"], "range": span}})


ANSWERS: dict[str, Callable[[Any], None]] = {
    "crashes": crash,
    "hangs": lambda _: None,
    "floods": flood,
    "rambles": ramble,
    "refuses": refuse,
    "chatters": chatter,
    "configures": configure,
    "warms up": warm_up,
    "links": link,
    "multiplies": multiply,
    "grows": grow,
}
held: list[bytes] = []


def main() -> None:
    while True:
        message = receive()
        if message.get("method") == "initialize":
            if FAULT == "can't start":
                sys.stderr.write("no such toolchain\n")
                sys.exit(1)
            if FAULT == "never starts":
                sleep()
            send({"id": message["id"], "result": {"capabilities": {"definitionProvider": FAULT != "dull"}}})
        elif message.get("method") == "textDocument/definition":
            ANSWERS.get(FAULT, answer)(message)


if __name__ == "__main__":
    os.chdir("/")
    main()
