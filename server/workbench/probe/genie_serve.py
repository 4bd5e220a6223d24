"""Lets one pytest process, with none of the user's code imported yet, test one candidate after another.

Each request is a fork(2) of it, which goes on as an ordinary pytest run and ends; so a candidate that hangs,
crashes or changes anything in memory costs only itself. Standard library only, Python 3.8 or newer.

Requests and replies are JSON lines over two FIFOs. A request has `options` (a file, in the place of the
probe's) and `limit` (seconds); the reply has `exit` (128 + n for signal n) and `timed_out`. The first reply
is `{"ready": …}`; false, with the reason, where forking would not be sound.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
import time
from typing import Any

import genie_reaper  # type: ignore[import-not-found] # its folder is on the path

WARM = (
    "pdb",
    "unittest.case",
    "difflib",
    "pprint",
    "traceback",
    "email.message",
    "logging",
    "asyncio",
    "random",
)
"""Modules of the standard library that most runs import: once here is once for all forks."""


def serve(fifos: list[str], root: str) -> str:
    """Answers requests until the FIFO closes, then exits. Returns in each child, with its options file."""
    reason = _unfit(os.path.join(root, ""))
    replies = os.open(fifos[1], os.O_WRONLY)
    _reply(replies, {"ready": not reason, "reason": reason})
    if reason:
        os._exit(0)
    for name in WARM:
        importlib.import_module(name)
    genie_reaper.prctl(genie_reaper.PR_SET_CHILD_SUBREAPER, 1)
    requests = open(fifos[0], "rb", buffering=0)  # noqa: SIM115 - closed in the child, else with the process
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            requests.close()
            os.close(replies)
            _detach()
            return str(request["options"])
        reply = _wait(pid, float(request["limit"]))
        genie_reaper.end_descendants()
        _reply(replies, reply)
    os._exit(0)


def _unfit(root: str) -> str:
    """Why a fork would not see a candidate's files, or not work at all; "" if it is fit."""
    if threading.active_count() > 1:
        return "a pytest plugin started threads"
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) or ""
        if path.startswith(root) and "site-packages" not in path:
            return "a pytest plugin imported " + name
    return ""


def _detach() -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
    importlib.invalidate_caches()


def _wait(pid: int, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    pause = 0.001
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
            return {"exit": code, "timed_out": False}
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return {"exit": 124, "timed_out": True}
        time.sleep(pause)
        pause = min(pause * 1.5, 0.01)


def _reply(handle: int, reply: dict[str, Any]) -> None:
    os.write(handle, json.dumps(reply).encode() + b"\n")
