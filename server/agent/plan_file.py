"""The plan as a file beside its run's log."""

from .events import PlanChanged, Said
from .kept_file import KeptFile
from .plan import Plan, merged, read, render, version_of

PLAN = "plan.md"
"""The file's name in its run's folder."""


class PlanFile(KeptFile):
    """Shows the plan as a list; an edit changes its steps, and what stands above them is said to Genie."""

    name = PLAN
    kinds = (PlanChanged,)

    def show(self) -> str:
        """The list, once there is a plan."""
        plans = self._plans()
        return render(self._run.state.plan, len(plans)) if plans else ""

    def take_in(self, text: str) -> None:
        """Merges the edit with what became of the plan since the version that it began from."""
        plans = self._plans()
        # An editor may have held the text while the file was written anew: it says what it began from.
        version = version_of(text) or len(plans)
        base = plans[min(version, len(plans)) - 1] if plans else ()
        found = read(text, base)
        plan = merged(base, self._run.state.plan, found.steps) if found.steps else self._run.state.plan
        if plan != self._run.state.plan:
            self._run.record(PlanChanged(plan, by="user"))
        if found.remark:
            self._run.record(Said(found.remark))

    def _plans(self) -> list[Plan]:
        """All that there were; a plan's version is its number here, from 1."""
        return [record.event.steps for record in self._run.records if isinstance(record.event, PlanChanged)]
