"""A pytest plugin that tells Genie, test by test, what happened; loaded with `-p genie_probe`.

It runs in the user's interpreter: standard library only, Python 3.8 or newer, pytest 6 or newer. The variable
GENIE_PROBE names a JSON file with its options: `results` (JSON lines are appended there), `root` (the
repository), `seconds` (limit of each phase of a test), `selected` (test ids), `coverage`,
`stop_at_timeout`, `serve` (two FIFOs; see genie_serve) and `served`. Without it the plugin does nothing. Of
several nested pytest processes the outermost speaks; pytest-xdist's workers each write their own lines.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

MESSAGE_LIMIT = 2000
FRAMES_LIMIT = 50
OUTSIDE = ("site-packages", "dist-packages", ".venv", "venv", "node_modules", ".tox", ".nox")

_options: dict[str, Any] = {}


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> Iterator[None]:
    """The last moment at which none of the repository's code is imported, and output isn't captured yet."""
    _read_options()
    if _options.get("serve"):
        import genie_serve  # type: ignore[import-not-found] # its folder is on the path

        os.environ["GENIE_PROBE"] = genie_serve.serve(_options["serve"], _options["root"])
        _options.clear()
        _load_options()
    if _options.get("coverage") or _options.get("selected"):
        known = early_config.known_args_namespace
        if hasattr(known, "no_cov"):
            known.no_cov = True  # pytest-cov's own switch: part of the tests would miss its threshold
    yield


def _read_options() -> None:
    path = os.environ.get("GENIE_PROBE", "")
    owner = os.environ.get("GENIE_PROBE_OWNER")
    if _options or not path or (owner and "PYTEST_XDIST_WORKER" not in os.environ):
        return
    os.environ["GENIE_PROBE_OWNER"] = str(os.getpid())
    _load_options()


def _load_options() -> None:
    with open(os.environ["GENIE_PROBE"], encoding="utf-8") as file:
        _options.update(json.load(file))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: Any) -> None:
    if hasattr(config, "workerinput"):
        _read_options()
    if not _options or config.pluginmanager.hasplugin("genie-probe-run"):
        return
    if not hasattr(config, "workerinput"):
        if _options.get("served"):  # nobody reads the terminal, and half the time would go there
            config.option.tbstyle, config.option.verbose = "native", -1
        if _options.get("selected"):
            config.args[:] = _arguments(config, _options["selected"])
    config.pluginmanager.register(Probe(_options, config), "genie-probe-run")


def _arguments(config: Any, selected: list[str]) -> list[str]:
    """Test ids are relative to pytest's root, arguments to the folder it was started in."""
    root = str(getattr(config, "rootpath", None) or config.rootdir)
    arguments = []
    for test in selected:
        path, mark, name = test.partition("::")
        arguments.append(os.path.join(root, path) + mark + name)
    return arguments


class Probe:
    """One run: what is known of the test under way, and where to write."""

    def __init__(self, options: dict[str, Any], config: Any) -> None:
        self.root = os.path.join(options["root"], "")
        self.results = options["results"]
        self.seconds = 0.0 if _has_own_timeout(config) else float(options.get("seconds") or 0)
        self.is_worker = hasattr(config, "workerinput")
        self.is_served = bool(options.get("served"))
        self.stops_at_timeout = bool(options.get("stop_at_timeout"))
        self.session: Any = None
        self.status = "passed"
        self.message = ""
        self.frames: list[list[Any]] = []
        self.lines: Any = None
        if options.get("coverage"):
            import genie_lines  # type: ignore[import-not-found]

            self.lines = genie_lines.LineRecorder(self.root)

    def write(self, kind: str, **fields: Any) -> None:
        """One line in one system call, so that workers don't mix theirs."""
        line = json.dumps(dict(fields, kind=kind)).encode("utf-8", "replace") + b"\n"
        handle = os.open(self.results, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        self.session = session
        self.write("session", at=time.time())

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self.status, self.message, self.frames = "passed", "", []
        self.write("start", id=item.nodeid)
        began = time.monotonic()
        if self.lines is not None:
            self.lines.start()
        yield
        lines = self.lines.stop(self.status) if self.lines is not None else {}
        seconds = round(time.monotonic() - began, 4)
        fields = {"status": self.status, "message": self.message, "frames": self.frames}
        self.write("end", id=item.nodeid, lines=lines, seconds=seconds, **fields)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        with_limit = self._arm()
        yield
        self._disarm(with_limit)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        with_limit = self._arm()
        yield
        self._disarm(with_limit)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        with_limit = self._arm()
        yield
        self._disarm(with_limit)

    def _arm(self) -> Any:
        """Starts the clock; returns the signal handler to put back, or None without a limit."""
        main = threading.current_thread() is threading.main_thread()
        if not self.seconds or not main or not hasattr(signal, "SIGALRM"):
            return None
        before = signal.signal(signal.SIGALRM, self._expired)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        return signal.SIG_DFL if before is None else before

    def _disarm(self, before: Any) -> None:
        if before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _expired(self, _number: int, _frame: Any) -> None:
        """pytest's own failure is no Exception, so that a test's `except Exception` doesn't swallow it."""
        if self.stops_at_timeout:
            self.session.shouldfail = "a test timed out"
        raise pytest.fail.Exception(f"timed out after {self.seconds:g} s")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, call: Any) -> Iterator[None]:
        outcome: Any = yield
        report = outcome.get_result()
        if report.when == "setup":
            self.status, self.message, self.frames = "passed", "", []
        if report.failed and self.status not in ("failed", "error"):
            self.status = "failed" if report.when == "call" else "error"
            self.message, self.frames = self._told(call.excinfo, report)
        elif report.skipped and self.status == "passed":
            self.status = "skipped"

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        if getattr(report, "when", "collect") == "collect":
            message, frames = self._told(call.excinfo, report)
            self.write("collect", id=node.nodeid, message=message, frames=frames)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: Any) -> None:
        if self.lines is not None:
            self.write("passing", count=self.lines.passed, lines=self.lines.counts())
        if not self.is_worker:
            self.write("finish", exit=int(exitstatus))
        if self.is_served and not self.is_worker:
            os._exit(int(exitstatus))  # plugins can take seconds for their summaries

    def _told(self, excinfo: Any, report: Any) -> tuple[str, list[list[Any]]]:
        """The message and the frames inside the repository, outermost first."""
        shown = [line[1:].strip() for line in str(report.longrepr).splitlines() if line.startswith("E ")]
        if excinfo is None:
            return "\n".join(shown or [str(report.longrepr)])[:MESSAGE_LIMIT], []
        error = excinfo.value
        if isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
            error = error.__cause__
        words = f"{type(error).__name__}: {_text(error)}"
        more = [line for line in shown if line not in words and line not in (type(error).__name__,)]
        return "\n".join([words, *more])[:MESSAGE_LIMIT], self._frames(error)

    def _frames(self, error: BaseException) -> list[list[Any]]:
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append((code.co_filename, trace.tb_lineno, code.co_name))
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and error.filename:
            frames.append((error.filename, error.lineno or 1, ""))
        own = [[path[len(self.root) :], line, name] for path, line, name in frames if self._is_own(path)]
        return own if len(own) <= FRAMES_LIMIT else own[:10] + own[10 - FRAMES_LIMIT :]

    def _is_own(self, path: str) -> bool:
        return path.startswith(self.root) and not any(part in OUTSIDE for part in path.split(os.sep))


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        return "(its text can't be had)"


def _has_own_timeout(config: Any) -> bool:
    """Whether pytest-timeout, which uses the same signal, has been given a limit."""
    if not config.pluginmanager.hasplugin("timeout"):
        return False
    try:
        return bool(config.getoption("timeout", None) or config.getini("timeout"))
    except (ValueError, KeyError):
        return False
