"""Runs a command and leaves nothing of it behind: `genie_reaper.py PARENT-PID COMMAND…`.

Standard library only, Python 3.8 or newer. As a child subreaper (prctl(2)) this process inherits whatever
detaches itself, so every process of the command stays below it and can be found and killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def prctl(option: int, value: int) -> bool:
    """Linux's prctl; False where there is none."""
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError):
        return False


def descendants() -> list[int]:
    """All processes below this one, from /proc; empty where there is none."""
    children: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if not name.isdigit():
            continue
        try:
            with open("/proc/" + name + "/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    layer = [os.getpid()]
    while layer:
        layer = [child for parent in layer for child in children.get(parent, [])]
        found += layer
    return found


def end_descendants() -> None:
    """Kills all of them, however fast they fork: frozen first, killed, looked for until none is left."""
    while True:
        alive = descendants()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in alive:
                try:
                    os.kill(pid, number)
                except (ProcessLookupError, PermissionError):
                    pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def run(command: list[str]) -> int:
    """The command's exit status, 128 + n if signal n ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, (command[0] + ": " + str(error) + "\n").encode("utf-8", "replace"))
        os._exit(127)
    while True:
        ended, status = os.wait()
        if ended == pid:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def _leave(_number: int, _frame: FrameType | None) -> None:
    end_descendants()
    os._exit(143)


def main() -> int:
    signal.signal(signal.SIGTERM, _leave)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):
        return 143
    code = run(sys.argv[2:])
    end_descendants()
    return code


if __name__ == "__main__":
    sys.exit(main())
