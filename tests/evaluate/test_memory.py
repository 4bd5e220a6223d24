"""The peak is that of the whole family of processes."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from genie_engineer.evaluate.memory import PeakMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

GREEDY = """\
import subprocess, sys
held = b"x" * 100_000_000
if len(sys.argv) > 1:
    command = [sys.executable, sys.argv[1]]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()
print("held", flush=True)
sys.stdin.readline()
if len(sys.argv) > 1:
    child.communicate(b"enough")
"""
"""Holds 100 MB until it is told something, and so does its child."""


def test_children_and_grandchildren_count(tmp_path: Path) -> None:
    script = tmp_path / "greedy.py"
    script.write_text(GREEDY)
    with PeakMemory() as memory:
        own = psutil.Process().memory_info().rss / 1_000_000
        command = [sys.executable, str(script), str(script)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"held\n"
            assert memory.mb() > own + 200
            child.communicate(b"enough")


def test_a_peak_of_our_own_is_known_afterwards() -> None:
    before = PeakMemory().mb()
    assert len(bytearray(b"x") * 300_000_000) == 300_000_000
    assert before < PeakMemory().mb()


def test_a_copy_on_its_way_to_another_program_is_not_counted() -> None:
    code = (
        "import os; from genie_engineer.processes import resident_bytes; held = b'x' * 100_000_000\n"
        "come, go = os.pipe()\n"
        "if not (copy := os.fork()):\n    os.close(go); os.read(come, 1); os._exit(0)\n"
        "print(resident_bytes()); os.close(go); os.waitpid(copy, 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 100_000_000 < int(done.stdout) < 190_000_000
