"""Made cases: real commits, written in every format, with the errors of `errors.py`, by a fixed seed."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from commits import Commit, commits, repositories
from drafting import drafted
from drafts import Draft
from errors import OPERATORS, SECOND, Operator
from judging import Case
from writing import FORMS, written

_TRIES = 12
_ENOUGH = 25
_MORE_OFTEN = 5
_SECOND = 0.12
_ALONE = ("twice", "no error", "lone line")
"""Errors on top of which no second one comes, since it would hide what tells the place or the indentation."""


def made_cases(root: Path, number: int, seed: int) -> list[Case]:
    """So many cases, from all repositories in turn."""
    found: list[Case] = []
    folders = repositories(root)
    kinds: Counter[str] = Counter()
    streams = [_from_repository(folder, seed, kinds) for folder in folders]
    for stream in cycle(streams):
        made = next(stream, None)
        if made is None:
            streams.remove(stream)
            return found + _rest(streams, number - len(found))
        found += [replace(case, name=f"{len(found) + at:05d}") for at, case in enumerate(made)]
        if len(found) >= number:
            return found[:number]
    return found


def _rest(streams: list[Iterator[list[Case]]], number: int) -> list[Case]:
    rest = [case for stream in streams for made in stream for case in made][: max(0, number)]
    return [replace(case, name=f"r{at:05d}") for at, case in enumerate(rest)]


def _from_repository(folder: Path, seed: int, kinds: Counter[str]) -> Iterator[list[Case]]:
    """The cases of one commit after the other. Files of the commit before lie beside it, and must stay."""
    others: dict[str, bytes] = {}
    for commit in commits(folder, 10_000, seed):
        rng = random.Random(f"{seed} {commit.source}")
        yield [case for form in FORMS for case in _of_form(commit, form, others, rng, kinds)]
        others = {change.path: change.before for change in commit.changes[:2] if change.before}


def _of_form(
    commit: Commit, form: str, others: dict[str, bytes], rng: random.Random, kinds: Counter[str]
) -> Iterator[Case]:
    parts = [commit]
    if form in ("whole file", "whole function"):
        parts = [replace(commit, changes=(change,)) for change in commit.changes]
    for part in parts:
        fitting = [one for one in OPERATORS if form in one.forms]
        for _ in range(_TRIES):
            weights = [one.weight * (1 if kinds[one.name] >= _ENOUGH else _MORE_OFTEN) for one in fitting]
            operator = rng.choices(fitting, weights)[0]
            if case := _case(part, operator, form, others, rng):
                kinds[operator.name] += 1
                yield case
                break


def _case(
    commit: Commit, operator: Operator, form: str, others: dict[str, bytes], rng: random.Random
) -> Case | None:
    world = operator.world(rng, commit) if operator.world else commit
    draft = drafted(world, form, others, rng) if world else None
    damaged = operator.act(rng, draft) if draft else None
    if damaged is None:
        return None
    name = operator.name
    if rng.random() < _SECOND and not damaged.refuse and not name.startswith(_ALONE):
        second = rng.choice([one for one in SECOND if form in one.forms] or [operator])
        twice = (
            second.act(rng, damaged) if second is not operator and operator.act is not second.act else None
        )
        if twice and _whole(twice):
            damaged, name = twice, f"{name} + {second.name}"
    return Case(
        "",
        form,
        name,
        commit.source,
        written(damaged),
        damaged.files,
        damaged.landing,
        damaged.refuse,
        damaged.modes,
    )


def _whole(draft: Draft) -> bool:
    """Whether all hunks can still be checked for their one place: joined and elided ones can't."""
    return all(hunk.old for part in draft.parts for hunk in part.hunks if part.change.before)
