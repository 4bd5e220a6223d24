"""Commands that are measured from outside: time, CPU and memory, their children's included."""

import math
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genie_engineer.processes import resident_bytes

SECONDS_BETWEEN = 0.05


@dataclass(frozen=True)
class Ran:
    """A command that ended: wall and CPU seconds, and the peak of memory with all its children, in MB."""

    seconds: float
    cpu: float
    peak_mb: float
    output: str


def watched(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    most_seconds: float = math.inf,
) -> Ran:
    """Runs a command in `folder`. After `most_seconds` it is interrupted, as by Ctrl-C."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # As in the background of a script.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    before, started, peak = os.times(), time.perf_counter(), 0
    everything = {**os.environ, **environment}
    with subprocess.Popen(command, cwd=folder, env=everything, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, resident_bytes(process.pid))
            time.sleep(SECONDS_BETWEEN)
            if time.perf_counter() - started > most_seconds:
                process.send_signal(signal.SIGINT)
                process.wait()
        seconds = time.perf_counter() - started
        assert process.stdout is not None
        output = process.stdout.read()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if process.returncode not in (0, 1, 130):
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return Ran(seconds, cpu, peak / 1e6, output)
