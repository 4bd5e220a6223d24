"""GitHub's or GitLab's API as far as tickets go, from a table: the double at the HTTP boundary.

`answers` maps a path, without its query, to a status, headers and a body (text, or what is sent as JSON). Any
other path gets 404. `requests` are those that came: path with query → its Authorization header ("" for none).
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Answer = tuple[int, dict[str, str], Any]


class TicketServer:
    """Listens on a free port of 127.0.0.1 between `__enter__` and `__exit__`."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.requests: dict[str, str] = {}
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.requests[self.path] = self.headers.get("Authorization", "")
                status, headers, body = answers.get(
                    self.path.partition("?")[0], (404, {}, {"message": "Not Found"})
                )
                data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(data))}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "TicketServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
