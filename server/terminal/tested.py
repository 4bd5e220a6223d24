"""What a run tells of its tests, as a person reads it in the terminal."""

from rich.markup import escape
from rich.text import Text

from ..agent.tested import Reproduced, TestsChosen, TestsRan
from ..workbench.report import failing

Lines = list[str | Text]

MOST_FAILURES = 5
_PARTS = {"": "some of them", "likeliest": "the likeliest", "neighbourhood": "those near to the change"}


def of_tests(event: TestsChosen | TestsRan | Reproduced) -> Lines:
    """The lines of one event."""
    match event:
        case TestsChosen():
            return _chosen(event)
        case TestsRan(stage="again"):
            return _again(event)
        case TestsRan():
            return _tests(event)
        case Reproduced():
            return _reproduced(event)


def _chosen(event: TestsChosen) -> Lines:
    if not event.command:
        return [f"[yellow]Tests: none, {escape(event.reason)}[/]  [dim]--test COMMAND names them[/]"]
    hint = "" if event.by == "user" else "; --test COMMAND names others"
    return [f"[bold]Tests[/]: {escape(event.command)}  [dim]{escape(event.reason)}{hint}[/]"]


def _tests(event: TestsRan) -> Lines:
    ok = not event.failed and not event.trouble
    counts = (
        f"{event.failed} failed, {event.passed} passed" if event.by_test else ("passed" if ok else "failed")
    )
    colour = "green" if ok else "red"
    when = "before" if event.moment == "before" else "after the change"
    part = "" if event.whole else f" ({_PARTS[event.stage]})"
    lines: Lines = [
        "",
        f"[bold]Tests {when}[/]{part}: [{colour}]{counts}[/] in {event.seconds:.1f} s",
    ]
    lines.append(f"  [dim]$ {escape(event.command)}[/]")
    if event.trouble:
        lines.append(Text("  " + event.trouble, style="yellow"))
    bad = failing(event.outcomes)
    for one in bad[:MOST_FAILURES]:
        message = next(iter(one.message.splitlines()), "")
        lines.append(f"  [red]✗[/] {escape(one.id)}  [dim]{escape(message[:120])}[/]")
    if len(bad) > MOST_FAILURES:
        lines.append(f"  … and {len(bad) - MOST_FAILURES} more")
    return lines


def _again(event: TestsRan) -> Lines:
    """What came of looking whether a result lasts."""
    if not event.flaky:
        return ["  [dim]run again, with the same result[/]"]
    return [Text(f"  flaky, so it counts neither way: {name}", style="yellow") for name in event.flaky]


def _reproduced(event: Reproduced) -> Lines:
    """What the change's own tests show of the code as it was."""
    shown = [
        f"  [green]✓[/] {escape(name)}  [dim]fails without the change, passes with it: reproduced[/]"
        for name in event.shown[:MOST_FAILURES]
    ]
    silent = [
        f"  [yellow]○[/] {escape(name)}  [dim]passes without the change too: it shows nothing[/]"
        for name in event.silent[:MOST_FAILURES]
    ]
    return [*shown, *silent]
