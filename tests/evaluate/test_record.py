"""A record goes on after any end, and never mixes figures of two codes or two files of tasks."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.errors import SetupError, UsageError
from genie_engineer.evaluate.record import Header, header_for, open_record

from .rows import outcome

HEADER = Header("tasks", "code", "1.0")
OUTCOMES = [outcome("one"), outcome("two ☂", files={"a.py": None}, functions={}, lines={})]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "new" / "record.jsonl"
    with open_record(file, HEADER) as record:
        for one in OUTCOMES:
            record.add(one)
    return file


def test_outcomes_come_back_as_they_were(path: Path) -> None:
    with open_record(path, HEADER) as record:
        assert list(record.outcomes.values()) == OUTCOMES


def test_a_record_cut_anywhere_goes_on_with_its_whole_lines(path: Path) -> None:
    data = path.read_bytes()
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        with open_record(path, HEADER) as record:
            kept = max(0, data[:length].count(b"\n") - 1)
            assert list(record.outcomes.values()) == OUTCOMES[:kept]
            for one in OUTCOMES[kept:]:
                record.add(one)
        assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (replace(HEADER, tasks="others"), "other tasks"),
        (replace(HEADER, code="newer"), "another code of Genie"),
        (replace(HEADER, vectors="some-model"), "no vectors"),
        (replace(HEADER, genie="2.0"), r"another code of Genie \(1.0\)"),
    ],
)
def test_figures_of_other_tasks_or_code_are_refused_but_for_a_fresh_start(
    path: Path, header: Header, told: str
) -> None:
    before = path.read_bytes()
    with pytest.raises(UsageError, match=told), open_record(path, header):
        pass
    assert path.read_bytes() == before
    with open_record(path, header, fresh=True) as record:
        assert record.outcomes == {}
    with open_record(path, header) as record:
        assert record.outcomes == {}


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("data", [b"precious\n", b"precious", b'{"tasks": "x"}\n', b"\n", b"[1]\n{}\n"])
def test_a_file_that_is_not_ours_stays_as_it_is(tmp_path: Path, data: bytes, fresh: bool) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(data)
    with pytest.raises(UsageError, match="it stays as it is"), open_record(file, HEADER, fresh):
        pass
    assert file.read_bytes() == data


def test_a_broken_line_is_named(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'{"instance_id": 1}\n', lines[2]]))
    with pytest.raises(UsageError, match="line 2: not a measured task"), open_record(path, HEADER):
        pass


def test_two_at_once_do_not_share_a_file(path: Path) -> None:
    with (
        open_record(path, HEADER),
        pytest.raises(SetupError, match="Another Genie is measuring"),
        open_record(path, HEADER),
    ):
        pass


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "record.jsonl", tmp_path):
        with pytest.raises(SetupError, match="can't be written"), open_record(place, HEADER):
            pass


def test_each_outcome_is_on_the_disk_at_once(path: Path) -> None:
    with open_record(path, HEADER) as record:
        record.add(outcome("three"))
        last = path.read_bytes().splitlines()[-1]
        assert json.loads(last)["instance_id"] == "three"


def test_the_code_of_a_header_is_that_of_the_index_and_the_lab() -> None:
    one = header_for("tasks")
    assert one == header_for("tasks")
    assert one.tasks == "tasks"
    assert len(one.code) == 16
