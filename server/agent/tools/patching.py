"""The tools that change: one proposal into the private copy, or many alternatives tried beside each other."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from ...edits.apply import Applied, apply
from ...edits.parse import parse
from ...errors import EditError, WorkbenchError
from ...models.contract import Json
from ...workbench.candidates import Effort, try_candidates
from ...workbench.files import present_mode, read
from ...workbench.report import TestReport, failing
from ...workbench.testing import Suite
from ..desk import Desk
from ..grounding import Contents, fingerprint, names_from_nowhere, unreadable
from ..own_words import overwritten
from ..proposal import propose, rejected_again
from ..tested import CandidatesTried
from .testing import failing_before, without_tests
from .tool import Observation, Tool, about

MOST_PATCHES = 100

_KEEP = (
    "Nothing was applied: it would change what the user wrote themselves in {0}. Write your patch so that "
    "this stays, or, if the user asked for another, name the file in `over`.\n{1}"
)


@dataclass(frozen=True)
class ProposePatch:
    """Arguments of propose_patch."""

    patch: str = about("A unified diff, or search/replace blocks with the path on the line before each.")
    reason: str = about("What it mends, in a sentence.", default="")
    over: tuple[str, ...] = about(
        "Paths where it may change lines that the user wrote, because they asked for it.", default=()
    )


@dataclass(frozen=True)
class TryPatches:
    """Arguments of try_patches."""

    patches: tuple[str, ...] = about("Alternatives, each a patch against the present files.")
    tests: tuple[str, ...] = about("Failing tests that must pass; empty: all that failed.", default=())
    seconds: float = about("How long to try.", default=60.0)


async def propose_patch(desk: Desk, wish: ProposePatch) -> Observation:
    """Applies a patch to the copy, hunk by hunk, and shows the whole change to the user.

    A file that the patch makes unreadable is left alone.
    """
    applied, problems = _apply(desk, wish.patch)
    modes = _modes(desk, applied)
    again = rejected_again(desk, applied.files, modes)
    if again:
        return Observation(
            f"The user has rejected this change of {again} already: find another way.", ok=False
        )
    lost = overwritten(desk, {path: data for path, data in applied.files.items() if path not in wish.over})
    if lost:
        return Observation(_KEEP.format(", ".join(lost), "\n".join(lost.values())), ok=False)
    broken = await asyncio.to_thread(unreadable, desk, applied.files)
    problems += [f"{path}: {reason}" for path, reason in broken.items()]
    files = {path: data for path, data in applied.files.items() if path not in broken}
    nowhere = await asyncio.to_thread(names_from_nowhere, desk, files)
    modes = {path: mode for path, mode in modes.items() if path not in broken}
    try:
        if files or modes:
            propose(desk, files, wish.reason, modes)
    except (EditError, WorkbenchError) as error:
        return Observation(str(error), {"applied": False, "problems": [str(error)], "files": []}, ok=False)
    changed = sorted(files.keys() | modes.keys())
    data: dict[str, Json] = {"applied": bool(changed), "problems": problems, "files": changed}
    data["unreadable"] = [fingerprint(applied.files[path]) for path in broken]
    data["nowhere"] = nowhere
    return Observation(_what_became(changed, problems, nowhere), data, ok=bool(changed) and not problems)


def _modes(desk: Desk, applied: Applied) -> dict[str, int]:
    """The modes that the patch asks for; a file that only moves keeps its own."""
    kept = {new: present_mode(desk.bench, old) for new, old in applied.moved.items()}
    wished = {path: mode for path, mode in kept.items() if mode is not None} | applied.modes
    return {path: mode for path, mode in wished.items() if mode != present_mode(desk.bench, path)}


def _what_became(changed: list[str], problems: list[str], nowhere: list[str]) -> str:
    lines = [f"Applied to {', '.join(changed)}." if changed else "Nothing was applied."]
    lines += [f"Not applied: {problem}" for problem in problems]
    if nowhere:
        lines.append(
            f"These names stand nowhere in the repository: {', '.join(nowhere)}. Unless a library has them, "
            "look for the right ones."
        )
    return "\n".join(lines)


async def try_patches(desk: Desk, wish: TryPatches) -> Observation:
    """Tests alternatives in copies of the copy: first the failing tests, then, where those pass, all."""
    suite = await desk.suite()
    if suite is None:
        return Observation(without_tests(desk.run.state), ok=False)
    tests = wish.tests or failing_before(desk)
    if not tests:
        return Observation(
            "No test fails: there is nothing to tell a good patch by. Call run_tests first.", ok=False
        )
    applied = [_apply(desk, patch) for patch in wish.patches[:MOST_PATCHES]]
    usable = {index: one.files for index, (one, problems) in enumerate(applied) if one.files and not problems}
    started = perf_counter()
    reports = await _test(desk, suite, usable, tests, wish.seconds)
    seconds = perf_counter() - started
    known = set(failing_before(desk))
    results = [
        _result(index, problems, reports.get(index), set(tests), known)
        for index, (_, problems) in enumerate(applied)
    ]
    passed = [row["index"] for row in results if row["passed"]]
    desk.run.record(CandidatesTried(len(reports), len(passed), round(seconds, 3)))
    complete = len(reports) == len(usable) and len(applied) == len(wish.patches)
    data = {"tried": len(reports), "results": results, "seconds": seconds, "complete": complete}
    return Observation(_told(data, passed), data)


async def _test(
    desk: Desk, suite: Suite, usable: Mapping[int, Contents], tests: tuple[str, ...], seconds: float
) -> dict[int, TestReport]:
    order, before = list(usable), desk.run.state.before
    reports: dict[int, TestReport] = {}
    async for place, report in try_candidates(
        desk.bench,
        suite,
        [usable[index] for index in order],
        failing=tests,
        effort=Effort(seconds, os.cpu_count() or 1, before.slowest if before else 0.0),
    ):
        reports[order[place]] = report
    return reports


def _read(desk: Desk, path: str) -> bytes | None:
    try:
        return read(desk.bench, path)
    except WorkbenchError as error:
        raise EditError(str(error)) from error


def _apply(desk: Desk, patch: str) -> tuple[Applied, list[str]]:
    """The files that the patch changes, and why parts of it could not be read or placed."""
    parsed = parse(patch, complete=True)
    applied = apply(parsed.edits, partial(_read, desk))
    return applied, [*parsed.problems, *map(str, applied.problems)]


def _result(
    index: int, problems: list[str], report: TestReport | None, targets: set[str], known: set[str]
) -> dict[str, Json]:
    """A report passes when the targets pass and nothing fails that didn't fail before (`known`).

    `mended` counts the known failures that a patch which breaks nothing takes away, of a run of all tests.
    """
    if report is None:
        trouble = " ".join(problems) or "not tried: the time was over"
        return {"index": index, "passed": False, "failed": 0, "mended": 0, "trouble": trouble}
    bad = {one.id for one in failing(report.outcomes)}
    passed = not report.trouble and not bad & targets and bad <= known
    whole = not report.trouble and not report.narrowed and bad <= known
    mended = len(known - bad) if whole else 0
    counts = {"failed": len(bad), "mended": mended}
    return {"index": index, "passed": passed, "trouble": report.trouble} | counts


def _told(data: Mapping[str, Json], passed: list[int]) -> str:
    rest = "" if data["complete"] else " Not all were tried."
    if not passed:
        best = max(data["results"], key=lambda row: row["mended"], default={"mended": 0})
        part = (
            f" Patch {best['index']} mends {best['mended']} of the failing tests." if best["mended"] else ""
        )
        return f"{data['tried']} patches tried in {data['seconds']:.1f} s; none passes.{part}{rest}"
    names = ", ".join(map(str, passed))
    return f"{data['tried']} patches tried in {data['seconds']:.1f} s; passing (from 0): {names}.{rest}"


TOOLS = (
    Tool(
        "propose_patch",
        "Applies a patch to your private copy and shows the user your whole change so far.",
        ProposePatch,
        propose_patch,
    ),
    Tool(
        "try_patches",
        "Tests several alternative patches beside each other without proposing any.",
        TryPatches,
        try_patches,
    ),
)
