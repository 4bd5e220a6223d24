"""What the tests of whole runs say and look for: turns of a scripted model, wishes, phases."""

from pathlib import Path
from typing import Any

from .client import Editor

ASK = {"calls": [{"name": "ask_user", "arguments": {"question": "Which?", "choices": ["ten", "twenty"]}}]}
PLAN = {"calls": [{"name": "set_plan", "arguments": {"steps": [{"text": "Repair first"}]}}]}
PATCH = {
    "calls": [
        {
            "name": "propose_patch",
            "arguments": {
                "patch": "calc.py\n<<<<<<< SEARCH\n    return 1\n=======\n    return 10\n>>>>>>> REPLACE\n",
                "reason": "Ten is right.",
            },
        }
    ]
}
FINISH = {"calls": [{"name": "finish", "arguments": {"outcome": "solved", "summary": "Repaired first."}}]}


async def solve(client: Editor, repository: Path, model: str, text: str = "Repair first") -> str:
    wish = {"folder": str(repository), "text": text, "model": model, "test_command": "true"}
    return str((await client.request("genie/solve", wish))["run"])


def is_asking(view: Any) -> bool:
    return bool(view["phase"] == "asking")


def has_ended(view: Any) -> bool:
    return view["phase"] in ("finished", "stopped")
