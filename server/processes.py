"""What the operating system knows of our processes. Only Linux tells; elsewhere every figure is 0."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

_PROC = Path("/proc")


def resident_bytes(process: int | None = None) -> int:
    """The resident memory of a process (by default this one) and all its descendants.

    Shared pages are counted once for each process; one that has just ended has none. A child that still has
    its parent's command line is about to become another program: until then its pages are the parent's.
    """
    folder = _PROC / str(process or os.getpid())
    try:
        pages = int((folder / "statm").read_text().split()[1])
        command = (folder / "cmdline").read_bytes()
        children = [child for task in (folder / "task").iterdir() for child in _children(task)]
    except OSError:
        return 0
    others = [child for child in children if _command(child) != command]
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(map(resident_bytes, others))


def own_peak_bytes() -> int:
    """The largest resident memory that this process alone ever had."""
    try:
        rows = (_PROC / "self" / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM:")), 0)


def take_wire() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for the caller alone.

    From now on whatever else prints goes to standard error, and no child process reads what is said to us.
    """
    sys.stdout.flush()
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return stdin, stdout


def _command(process: int) -> bytes:
    try:
        return (_PROC / str(process) / "cmdline").read_bytes()
    except OSError:
        return b""


def _children(task: Path) -> list[int]:
    try:
        return [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []
