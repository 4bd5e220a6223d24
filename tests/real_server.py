"""A real model behind llama.cpp's own server of chat completions, in its own process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doubles.chat_server import address_from

SCRIPT = Path(__file__).parents[1] / "scripts" / "real_model.py"
NAME = "smollm2-135m"


@contextmanager
def serving(folder: Path, context: int, answer: int) -> Iterator[str]:
    """Its base URL. `context` and `answer` are tokens; the server is gone afterwards, and when we are."""
    if subprocess.run([sys.executable, SCRIPT, "fetch"], check=False).returncode:
        pytest.skip("no real model: scripts/real_model.py could not fetch it")
    port_file = folder / "port"
    command = [sys.executable, SCRIPT, "serve", "--port-file", port_file, "--while-stdin"]
    command += ["--context", f"{context}", "--answer", f"{answer}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        yield address_from(process, port_file)
        process.terminate()
