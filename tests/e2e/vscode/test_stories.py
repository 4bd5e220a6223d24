"""The users' stories of stories.mjs, in the real VS Code with the packaged extension."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("part", ["1/2", "2/2"])
def test_what_users_do_in_vs_code(part: str) -> None:
    run = Path(__file__).with_name("run.mjs")
    python = {"GENIE_E2E_PYTHON": shlex.quote(sys.executable)}
    command = ["node", str(run), "--part", part]
    done = subprocess.run(command, env=os.environ | python, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
