"""How a run's tests are run: chosen before they first are, shown with the reason, changed by the user."""

from pathlib import Path

from ..workbench.discovery import find_tests
from ..workbench.frameworks.table import started_by
from .desk import Desk
from .tested import TestsChosen


async def choose_tests(desk: Desk) -> None:
    """Records TestsChosen unless the run has one: by the user's word, a playbook's, or what is found out.

    Of playbooks the user's go before a repository's. What was found first of the task decides between
    several projects.
    """
    run, task = desk.run, desk.run.state.task
    assert task is not None
    if run.state.tests is not None:
        return
    named = task.test_command or desk.settings.test_command
    books = sorted(run.state.playbooks, key=lambda one: one.origin != "user")
    book = next((one for one in books if one.test_command), None)
    if named:
        run.record(named_tests(named, desk.repository, "named for this task or in the settings"))
    elif book is not None:
        framework = _framework(book.test_command, desk.repository)
        run.record(TestsChosen(book.test_command, f"the playbook “{book.name}” says so", framework))
    elif found := await find_tests(desk.repository, [span.path for span in run.state.first_found]):
        run.record(TestsChosen(found.command, found.reason, found.framework))
    else:
        run.record(TestsChosen("", "no file here tells how tests are run"))


def named_tests(command: str, repository: Path, how: str = "you named it") -> TestsChosen:
    """What the user named."""
    return TestsChosen(command, how, _framework(command, repository), by="user")


def _framework(command: str, repository: Path) -> str:
    found = started_by(command, repository)
    return found[0].name if found else ""
