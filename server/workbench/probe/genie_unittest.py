"""`python -m unittest`, which also tells Genie, test by test, what happened: `python -m genie_unittest …`.

It runs in the user's interpreter: standard library only, Python 3.8 or newer. GENIE_UNITTEST names the file
to which JSON lines are appended, those of genie_probe; GENIE_ROOT is the repository.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import types
import unittest
from typing import Any

MESSAGE_LIMIT = 2000
FRAMES_LIMIT = 50


def _write(kind: str, **fields: Any) -> None:
    with open(os.environ["GENIE_UNITTEST"], "a", encoding="utf-8") as file:
        file.write(json.dumps(dict(fields, kind=kind)) + "\n")


class Result(unittest.TextTestResult):
    """Writes a line for each test; of its parts (subTest) the first failure counts for the whole."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.told: dict[str, tuple[str, str, list[list[Any]]]] = {}

    def startTest(self, test: Any) -> None:
        super().startTest(test)
        _write("start", id=test.id())

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        self._end(test.id())

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._failed(test, "failed", err)

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self._failed(test, "error" if _is_loading(test) else "failed", err)
        if not isinstance(test, unittest.TestCase):  # setUpClass, setUpModule: no test was begun
            self._end(test.id())

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(test, "failed", err)

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self.told.setdefault(test.id(), ("skipped", "", []))

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.told.setdefault(test.id(), ("skipped", "", []))

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self.told.setdefault(test.id(), ("failed", "passed, though a failure was expected", []))

    def _failed(self, test: Any, status: str, err: Any) -> None:
        kind, error, trace = err
        message = "".join(traceback.format_exception_only(kind, error)).strip()
        self.told.setdefault(test.id(), (status, message[:MESSAGE_LIMIT], _frames(trace)))

    def _end(self, name: str) -> None:
        status, message, frames = self.told.pop(name, ("passed", "", []))
        _write("end", id=name, status=status, message=message, frames=frames, lines={})


def _is_loading(test: Any) -> bool:
    """Whether `test` stands for a module that could not be imported, or for what surrounds tests."""
    return not isinstance(test, unittest.TestCase) or type(test).__module__ == "unittest.loader"


def _frames(trace: types.TracebackType | None) -> list[list[Any]]:
    root = os.path.join(os.environ.get("GENIE_ROOT", ""), "")
    own = [
        [frame.filename[len(root) :], frame.lineno, frame.name]
        for frame in traceback.extract_tb(trace)
        if frame.filename.startswith(root) and "site-packages" not in frame.filename
    ]
    return own[-FRAMES_LIMIT:]


class Runner(unittest.TextTestRunner):
    """unittest's own, with our result."""

    resultclass = Result


def main() -> None:
    """As unittest/__main__.py does it."""
    _write("session", runner="unittest")
    sys.argv[0] = "python -m unittest"
    program = unittest.main(module=None, testRunner=Runner, exit=False)
    _write("finish", exit=5 if not program.result.testsRun else int(not program.result.wasSuccessful()))
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
