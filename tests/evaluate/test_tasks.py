"""A tasks' file is read whole, or refused with the line and the field; a sample is spread and repeatable."""

from pathlib import Path
from typing import Any

import pytest

from genie_engineer.errors import UsageError
from genie_engineer.evaluate.tasks import Gold, Task, chosen, read

from .rows import COMMIT, gold, task, write


def without(name: str, table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != name}


def test_a_task_is_what_its_line_says(tmp_path: Path) -> None:
    entries = [gold("a.py", score_lines=[3, 1, 3]), without("functions", gold("t.py", is_test=True))]
    found = read(write(tmp_path / "tasks.jsonl", task(gold=entries, created_at="2020-01-02 03:04:05")))
    golds = (Gold("a.py", False, (3, 1), ("f",)), Gold("t.py", True, (1,), ()))
    only = Task("acme__shop-1", "acme/shop", COMMIT, "It is broken.", "2020-01-02T03:04:05", golds)
    assert found.tasks == (only,)


def test_blank_lines_are_nothing_and_the_hash_is_of_every_byte(tmp_path: Path) -> None:
    one = read(write(tmp_path / "one.jsonl", task()))
    (tmp_path / "two.jsonl").write_bytes(b"\n" + (tmp_path / "one.jsonl").read_bytes() + b" \n")
    two = read(tmp_path / "two.jsonl")
    assert one.tasks == two.tasks
    assert one.hash != two.hash


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (without("instance_id", task()), "instance_id: missing"),
        (without("repo", task()), "repo: missing"),
        (without("gold", task()), "gold: missing"),
        (task(problem_statement=None), "problem_statement: not a text"),
        (task(problem_statement=" \n"), "problem_statement: empty"),
        (task(repo="shop"), "repo: 'shop' isn't owner/name"),
        (task(repo="../shop"), "repo: '../shop' isn't owner/name"),
        (task(base_commit="--output=x"), "base_commit: '--output=x' isn't a commit's hash"),
        (task(base_commit=12), "base_commit: not a text"),
        (task(gold={}), "gold: not a list"),
        (task(gold=[gold(), "a.py"]), "gold[1]: not a JSON object"),
        (task(gold=[without("file", gold())]), "gold[0].file: missing"),
        (task(gold=[gold(is_test="no")]), "gold[0].is_test: not true or false"),
        (task(gold=[gold(score_lines=[1, "2"])]), "gold[0].score_lines: not all are line numbers"),
        (task(gold=[gold(score_lines=[0])]), "gold[0].score_lines: not all are line numbers"),
        (task(gold=[gold(score_lines=[True])]), "gold[0].score_lines: not all are line numbers"),
        (task(gold=[gold(functions="f")]), "gold[0].functions: not a list of names"),
        (task(gold=[gold(), gold()]), "gold: a file stands there twice"),
        (task(instance_id="first"), "instance_id: first stands in an earlier line too"),
    ],
)
def test_a_wrong_field_is_named_with_file_and_line(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    file = write(tmp_path / "tasks.jsonl", task(instance_id="first"), row)
    with pytest.raises(UsageError) as raised:
        read(file)
    assert str(raised.value) == f"{file}, line 2: {told}."


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "There is no task in"),
        (b"\n \n", "There is no task in"),
        (b'{"instance_id": "cu', "line 1: not a line of JSON"),
        (b"\n[]\n", "line 2: not a JSON object"),
        (b"\xff\xfe\n", "line 1: not a line of JSON"),
    ],
)
def test_what_isnt_json_lines_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "tasks.jsonl").write_bytes(data)
    with pytest.raises(UsageError, match=told):
        read(tmp_path / "tasks.jsonl")


def test_a_file_that_isnt_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl can't be read: No such file"):
        read(tmp_path / "nowhere.jsonl")


def tasks(repository: str, count: int) -> list[Task]:
    days = range(count, 0, -1)
    return [Task(f"{repository}-{day}", repository, COMMIT, "x", f"2020-01-{day:02}", ()) for day in days]


def test_tasks_go_by_repository_then_date() -> None:
    found = chosen([*tasks("b/b", 2), *tasks("a/a", 2)])
    assert [task.id for task in found] == ["a/a-1", "a/a-2", "b/b-1", "b/b-2"]


def test_only_one_repository(tmp_path: Path) -> None:
    both = [*tasks("b/b", 2), *tasks("a/a", 2)]
    assert [task.id for task in chosen(both, "b/b")] == ["b/b-1", "b/b-2"]
    with pytest.raises(UsageError, match=r"No task is of 'b'. There are tasks of a/a, b/b\."):
        chosen(both, "b")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("limit", [1, 3, 7, 10])
def test_a_sample_takes_from_every_repository_its_share(limit: int, seed: int) -> None:
    everything = [*tasks("a/a", 20), *tasks("b/b", 10)]
    found = chosen(everything, limit=limit, seed=seed)
    assert len({task.id for task in found}) == limit
    assert abs(sum(task.repository == "a/a" for task in found) - limit * 2 / 3) <= 1
    assert found == chosen(everything, limit=limit, seed=seed)


def test_a_sample_of_more_than_there_are_is_all() -> None:
    assert len(chosen(tasks("a/a", 3), limit=9)) == 3
