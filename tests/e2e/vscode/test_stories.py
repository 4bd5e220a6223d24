"""The users' stories of stories.mjs, in the real VS Code with the packaged extension."""

import os
import shlex
import subprocess
import sys
from pathlib import Path


def test_users_solve_review_stop_and_resume_in_vs_code() -> None:
    run = Path(__file__).with_name("run.mjs")
    python = {"GENIE_E2E_PYTHON": shlex.quote(sys.executable)}
    done = subprocess.run(
        ["node", str(run)], env=os.environ | python, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
