"""Whether a command may run: always in a sandbox; without one only as the user has said, or says now."""

from secrets import token_hex

from ..errors import SetupError
from ..workbench.sandbox import Sandbox
from .approvals import ALWAYS, NO, ONCE, approve, is_approved
from .events import Approval, Asked
from .log import Run
from .questions import ask


async def may_run(run: Run, command: str, sandbox: Sandbox, headless: bool) -> bool:
    """Asks where nobody has said. "Once" holds for this run, "Don't run" until it is resumed.

    Raises SetupError where nobody is there to be asked.
    """
    task = run.state.task
    assert task is not None
    if not sandbox.asks:
        return True
    said = run.state.approvals.get(command)
    if said is not None:
        return said
    if is_approved(task.repository, command):
        return True
    if headless:
        raise SetupError(
            f"Not run: {command}\nThere is {sandbox.words}. Or allow it: for this command in a run that can "
            "ask you, or for all with `--sandbox off`."
        )
    wish = Approval(command, task.repository, sandbox.words)
    asked = Asked(token_hex(4), f"Run without a sandbox: {command}", (ONCE, ALWAYS, NO), approval=wish)
    answer = await ask(run, asked, headless)
    if answer == ALWAYS:
        approve(task.repository, command)
    return answer in (ONCE, ALWAYS)
