"""A run's log: what was shown is kept, whatever byte the process died at."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from genie_engineer.agent.events import (
    Found,
    ModelSpoke,
    PlanChanged,
    Record,
    Said,
    Step,
    TaskGiven,
    ToolAnswered,
    Warned,
)
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import Run, from_json, read, to_json
from genie_engineer.errors import RunLogError
from genie_engineer.index.spans import Span
from genie_engineer.models.contract import ToolCall, Usage

EVENTS = (
    TaskGiven("Mend the “parser” ☂\nplease", "/repo", "abc", "offline"),
    Found("parser", (Span("a.py", 1, 3, "parse", "defines parse"),)),
    PlanChanged((Step("1", "look"), Step("2", "mend", "struck", "no")), by="user"),
    ModelSpoke("I look.", (ToolCall("c1", "open_file", '{"path": "a.py"}'),), Usage(10, 2)),
    ToolAnswered("c1", "open_file", "1  x", {"text": "x\n", "lines": [1, None, 2.5]}),
)


def test_every_event_survives_writing_and_reading(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    for event in EVENTS:
        run.record(event)
    run.close()
    records, torn = read(tmp_path / "run" / "events.jsonl")
    assert torn == 0
    assert tuple(record.event for record in records) == EVENTS
    assert fold(records) == run.state


def test_a_log_cut_at_any_byte_keeps_every_whole_record(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    for event in EVENTS:
        run.record(event)
    run.close()
    log = tmp_path / "run" / "events.jsonl"
    data = log.read_bytes()
    for length in range(len(data)):
        whole = data[:length].count(b"\n")
        log.write_bytes(data[:length])
        again = Run.open(tmp_path / "run")
        again.close()
        kept = [record.event for record in again.records if not isinstance(record.event, Warned)]
        assert tuple(kept) == EVENTS[:whole]
        was_torn = not data[:length].endswith(b"\n") and length > 0
        assert was_torn == any(isinstance(record.event, Warned) for record in again.records)
        assert read(log)[1] == 0


def test_a_broken_line_in_the_middle_is_an_error_not_a_loss(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    run.record(EVENTS[0])
    run.close()
    log = tmp_path / "run" / "events.jsonl"
    before = b"{broken\n" + log.read_bytes()
    log.write_bytes(before)
    with pytest.raises(RunLogError, match="Not a record"):
        Run.open(tmp_path / "run")
    assert log.read_bytes() == before


def test_a_record_of_a_newer_genie_says_so() -> None:
    line = json.loads(to_json(a_record()))
    line["v"] = 99
    with pytest.raises(RunLogError, match="another version"):
        from_json(json.dumps(line))


def a_record() -> Record:
    return Record(0, "2026-01-31T12:00:00.000Z", EVENTS[0])


def test_two_processes_cannot_hold_one_run(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    with pytest.raises(RunLogError, match="another Genie"):
        Run.open(tmp_path / "run")
    run.close()
    Run.open(tmp_path / "run").close()


def test_a_run_taken_up_again_is_read_only_if_another_has_added_to_it(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    run.record(Said("one"))
    run.close()
    again = Run.open(tmp_path / "run", run)
    assert again.records is run.records
    again.record(Said("two"))
    again.close()
    with closing(Run.open(tmp_path / "run")) as other:
        other.record(Said("three"))
    with closing(Run.open(tmp_path / "run", again)) as last:
        assert [record.event for record in last.records] == [Said("one"), Said("two"), Said("three")]
        assert (last.state.count, last.state.last) == (3, Said("three"))


def test_a_full_disk_is_said_and_leaves_the_log_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.create(tmp_path / "run")
    run.record(EVENTS[0])
    log = tmp_path / "run" / "events.jsonl"
    before = log.read_bytes()
    own = run._file

    class Full:
        def fileno(self) -> int:
            return own.fileno()

        def write(self, data: bytes) -> int:
            own.write(data[: len(data) // 2])
            with Path("/dev/full").open("ab", buffering=0) as full:
                return full.write(data)

        def close(self) -> None:
            own.close()

    monkeypatch.setattr(run, "_file", Full())
    with pytest.raises(RunLogError, match="No space left"):
        run.record(EVENTS[1])
    with pytest.raises(RunLogError, match="No space left"):
        run.check_room()
    assert log.read_bytes() == before
    assert len(run.records) == 1
    run.close()


def test_a_line_that_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    run.record(EVENTS[0])
    log = tmp_path / "run" / "events.jsonl"
    with log.open("ab") as file:
        file.write(b'{"v": 1, "seq": 1')
    before = log.read_bytes()
    with pytest.raises(RunLogError, match="another Genie"):
        Run.open(tmp_path / "run")
    assert log.read_bytes() == before
    run.close()


def test_half_a_character_is_kept_as_it_is(tmp_path: Path) -> None:
    with closing(Run.create(tmp_path / "run")) as run:
        run.record(Said("a \ud800 b"))
    assert read(tmp_path / "run" / "events.jsonl")[0][0].event == Said("a \ud800 b")
