"""Which lines of the repository's source each test executes. Standard library only, Python 3.8 or newer.

From Python 3.12 on through sys.monitoring (PEP 669), where a line costs once per test; before that through
sys.settrace, unless a debugger or a coverage tool is at work there already.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

TOOL = 4
MOST_CALLS = 300
"""A function's calls that are watched in one test (by sys.settrace): later ones hardly reach new lines."""
NOT_SOURCE = ("site-packages", "dist-packages", ".venv", "venv", "node_modules", ".tox", ".nox")
TEST_FOLDERS = ("test", "tests", "testing")


def is_source(path: str, root: str) -> bool:
    """Whether `path` is the repository's own code and no test."""
    if not path.startswith(root):
        return False
    *folders, name = path[len(root) :].split(os.sep)
    if name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py"):
        return False
    return not any(part in NOT_SOURCE or part in TEST_FOLDERS for part in folders)


class LineRecorder:
    """Records between `start` and `stop`; keeps sums over passing tests, hands out failing tests' lines."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.passed = 0
        self.sums: dict[tuple[str, int], int] = {}
        self.seen: dict[str, dict[int, None]] = {}
        self.tracers: dict[str, Any] = {}
        self.calls: dict[int, int] = {}
        self.known: dict[str, bool] = {}
        self.monitoring: Any = getattr(sys, "monitoring", None)
        self.usable = self._claim() if self.monitoring else sys.gettrace() is None

    def _claim(self) -> bool:
        if self.monitoring.get_tool(TOOL) is not None:
            return False
        self.monitoring.use_tool_id(TOOL, "genie")
        self.monitoring.register_callback(TOOL, self.monitoring.events.LINE, self._line)
        return True

    def start(self) -> None:
        self.seen = {}
        self.tracers = {}
        self.calls = {}
        if not self.usable:
            return
        if self.monitoring:
            self.monitoring.restart_events()
            self.monitoring.set_events(TOOL, self.monitoring.events.LINE)
        else:
            threading.settrace(self._trace)
            sys.settrace(self._trace)

    def stop(self, status: str) -> dict[str, list[int]]:
        """The executed lines by file, in order of first execution, if the test failed; else nothing."""
        if not self.usable:
            return {}
        if self.monitoring:
            self.monitoring.set_events(TOOL, 0)
        else:
            sys.settrace(None)
            threading.settrace(None)
        if status == "passed":
            self.passed += 1
            for path, lines in self.seen.items():
                for line in list(lines):
                    self.sums[path, line] = self.sums.get((path, line), 0) + 1
        if status not in ("failed", "error"):
            return {}
        return {path[len(self.root) :]: list(lines) for path, lines in list(self.seen.items())}

    def counts(self) -> dict[str, list[tuple[int, int]]]:
        """By file, how many passing tests executed a line: (line, tests)."""
        table: dict[str, list[tuple[int, int]]] = {}
        for (path, line), count in self.sums.items():
            table.setdefault(path[len(self.root) :], []).append((line, count))
        return table

    def _is_source(self, path: str) -> bool:
        if path not in self.known:
            self.known[path] = is_source(path, self.root)
        return self.known[path]

    def _line(self, code: Any, line: int) -> Any:
        if self._is_source(code.co_filename):
            self.seen.setdefault(code.co_filename, {})[line] = None
        return self.monitoring.DISABLE

    def _trace(self, frame: Any, _event: str, _argument: Any) -> Any:
        path = frame.f_code.co_filename
        if path not in self.tracers:
            self.tracers[path] = self._tracer(path) if self._is_source(path) else None
        tracer = self.tracers[path]
        if tracer is None:
            return None
        code = id(frame.f_code)
        self.calls[code] = self.calls.get(code, 0) + 1
        return tracer if self.calls[code] <= MOST_CALLS else None

    def _tracer(self, path: str) -> Any:
        """What is called for each line of a file, perhaps millions of times: it does as little as can be."""
        lines = self.seen.setdefault(path, {})

        def trace(frame: Any, event: str, _argument: Any) -> Any:
            if event == "line":
                lines[frame.f_lineno] = None
            return trace

        return trace
