"""How much memory we and our children took at most, all together."""

import os
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

_SECONDS_BETWEEN = 0.05
_PROC = Path("/proc")
_MB = 1_000_000


class PeakMemory:
    """Looks at the resident memory of this process and all its descendants while it is entered.

    Their sum is sampled 20 times a second; of this process alone the kernel knows the true peak. Shared pages
    are counted once for each process. Only Linux tells: elsewhere the peak is 0.
    """

    def __init__(self) -> None:
        self._peak = 0
        self._ended = Event()
        self._watch = Thread(target=self._sample, name="peak memory", daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()

    def mb(self) -> float:
        """The peak so far, in millions of bytes."""
        return max(self._peak, _own_peak(), _resident(os.getpid())) / _MB

    def _sample(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN):
            self._peak = max(self._peak, _resident(os.getpid()))


def _resident(process: int) -> int:
    """Bytes of a process and its descendants; one that has just ended has none."""
    folder = _PROC / str(process)
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [child for task in (folder / "task").iterdir() for child in _children(task)]
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(_resident, children))


def _children(task: Path) -> list[int]:
    try:
        return [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _own_peak() -> int:
    try:
        rows = (_PROC / "self" / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM:")), 0)
