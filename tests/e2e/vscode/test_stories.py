"""The users' stories of stories.mjs, in the real VS Code with the packaged extension."""

import subprocess
from pathlib import Path


def test_users_solve_review_stop_and_resume_in_vs_code() -> None:
    run = Path(__file__).with_name("run.mjs")
    done = subprocess.run(["node", str(run)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
