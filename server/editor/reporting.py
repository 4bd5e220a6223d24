"""What the doctor finds, and a report of an issue, for the editor."""

from collections.abc import Callable

from ..agent.doctor import examine, examine_machine
from ..agent.reporting import report
from ..config import Settings
from ..protocol.reporting import IssueReport, ReportIssue
from ..protocol.runs import Check, Folder, Health
from .files import folder_at


class Reporting:
    """`settings` are asked anew each time."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings

    async def doctor(self, wish: Folder) -> Health:
        """What is there and what is missing."""
        found = await examine(folder_at(wish.folder), self._settings())
        return Health(tuple(Check(one.name, one.ok, one.detail, "" if one.ok else one.fix) for one in found))

    async def report(self, wish: ReportIssue) -> IssueReport:
        """What the user may send to whom it concerns; they read it first."""
        found = await examine_machine(self._settings())
        return IssueReport(report(found, wish.about, wish.log, wish.folders))
