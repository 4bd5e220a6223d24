"""Several candidates of one run: chosen by tests, then agreement, then size; each a run of its own."""

import asyncio
import json
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.candidates import CandidateChosen, CandidateEnded, Standing, best, proposed
from genie_engineer.agent.events import Finished, PlanChanged, Said, Step
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import LOG, Run, read
from genie_engineer.agent.review import accept
from genie_engineer.agent.sampling import shared
from genie_engineer.agent.solve import begin, work
from genie_engineer.agent.store import find_run, list_runs
from genie_engineer.config import Limits, ModelSettings, Price, Settings
from genie_engineer.edits.changes import diff
from genie_engineer.errors import UsageError
from genie_engineer.models.cast import Cast, Part, cast
from genie_engineer.models.contract import Chunk, Message, ToolSpec, Usage
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import CALC, PATCH, SCRIPT, Genie
from tests.doubles.chat_server import ChatServer

PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),), usage=Usage(100, 10))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),), usage=Usage(100, 10))
GIVE_UP = Turn("No.", (Call("finish", {"outcome": "unsolved", "summary": "Nothing found."}),))
HEARD = Turn()


def patch(new: str) -> Turn:
    text = PATCH.replace("return a + b", new)
    return Turn("Mend.", (Call("propose_patch", {"patch": text}),), usage=Usage(100, 10))


RIGHT, SWAPPED, WRONG = patch("return a + b"), patch("return b + a"), patch("return a % b")
BREAKS = Turn(
    "Mend.",
    (
        Call("propose_patch", {"patch": PATCH}),
        Call(
            "propose_patch",
            {"patch": "calc.py\n<<<<<<< SEARCH\n    return a * b\n=======\n    return a\n>>>>>>> REPLACE\n"},
        ),
    ),
)
LARGER = patch("# The sum.\n+    return a + b").calls


def settings(count: int, **limits: float) -> Settings:
    return replace(Settings(), candidates=count, limits=replace(Limits(), **limits))  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # They cost a run of two tests seconds.
    return tmp_path / "home"


def begun(repository: Path, count: int) -> Run:
    return begin("add(2, 3) gives -1", repository, settings(count), "scripted")


def parts(*scripts: Sequence[Turn], main: Sequence[Turn] = (PLAN,)) -> Cast:
    """The planner's script, and one for each candidate in the order in which they begin."""

    def part(turns: Sequence[Turn]) -> Cast:
        return Cast(Part(Scripted(turns), ModelSettings(name="offline")))

    left = [part((HEARD, *script)) for script in scripts]
    return replace(part(main), anew=lambda _: left.pop(0))


def chosen(run: Run) -> CandidateChosen:
    assert run.state.chosen is not None
    return run.state.chosen


@pytest.mark.parametrize(
    ("scripts", "winner", "why"),
    [
        (
            [(WRONG, FINISH), (RIGHT, FINISH)],
            2,
            "breaks no test and mends 1 test, the next best candidate no test",
        ),
        ([(BREAKS, FINISH), (WRONG, FINISH)], 2, "breaks no test, the next best candidate 1 test"),
        (
            [(SWAPPED, FINISH), (RIGHT, FINISH), (RIGHT, FINISH)],
            2,
            "2 of 3 candidates propose the same change",
        ),
        ([(Turn("Mend.", LARGER), FINISH), (RIGHT, FINISH)], 2, "the smallest of the best"),
        ([(GIVE_UP,), (WRONG, FINISH)], 2, "the only one that proposes a change"),
        ([(RIGHT, FINISH), (SWAPPED, FINISH)], 1, "the first of the best is taken"),
    ],
)
async def test_the_best_is_chosen_and_told_why(
    home: Path, repository: Path, scripts: list[tuple[Turn, ...]], winner: int, why: str
) -> None:
    run = begun(repository, len(scripts))
    await work(run, parts(*scripts), settings(len(scripts)))
    assert chosen(run).run == f"{run.id}.{winner}"
    assert why in chosen(run).why
    assert run.state.finished
    mends = any(one.run == chosen(run).run and one.mended for one in chosen(run).standings)
    assert run.state.finished.outcome == ("solved" if mends else "unsolved")
    best_run = fold(read(find_run(f"{run.id}.{winner}") / LOG)[0])
    assert proposed(run.state.changes) == proposed(best_run.changes)
    assert (repository / "calc.py").read_text() == CALC
    run.close()


async def test_each_is_a_run_of_its_own_below_the_runs_folder(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    await work(run, parts((WRONG, FINISH), (RIGHT, FINISH)), settings(2))
    states = [fold(read(find_run(f"{run.id}.{number}") / LOG)[0]) for number in (1, 2)]
    assert [len(state.changes) for state in states] == [1, 1]
    assert [state.finished.outcome for state in states if state.finished] == ["unsolved", "solved"]
    assert all(state.plan and state.first_found for state in states)
    assert [info.id for info in list_runs()] == [run.id]
    assert find_run("last.2") == run.folder / "candidates" / f"{run.id}.2"
    with pytest.raises(UsageError, match="has no candidate 3"):
        find_run("last.3")
    assert run.state.tokens == 110 + 4 * 110
    assert not list((home / "cache" / "workbenches").iterdir())
    run.close()
    loser = Run.open(find_run("last.1"))
    accept(loser)
    loser.close()
    assert "a % b" in (repository / "calc.py").read_text()


async def test_a_run_goes_on_from_the_chosen_change(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    await work(run, parts((WRONG, FINISH), (RIGHT, FINISH)), settings(2))
    run.resume()
    run.record(Said("Say more in the end."))
    later = Scripted([HEARD, FINISH])
    await work(run, later, settings(2))
    told = [message.text for message in later.asked[0] if message.role == "user"]
    assert any("one was chosen" in text and "+    return a + b" in text for text in told)
    assert run.state.finished
    assert run.state.finished.outcome == "solved"
    assert len(run.state.candidates) == 2
    run.close()


async def test_where_none_proposes_anything_it_is_said(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    await work(run, parts((GIVE_UP,), (GIVE_UP,)), settings(2))
    assert run.state.finished
    assert run.state.finished.outcome == "unsolved"
    assert run.state.finished.why.startswith("None of 2 candidates proposes a change.")
    run.close()


async def test_a_candidate_that_fails_costs_only_itself(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    await work(run, parts((Turn(error="refused", message="No more."),), (RIGHT, FINISH)), settings(2))
    assert [run.state.ended[name].outcome for name in run.state.candidates] == ["failed", "solved"]
    assert chosen(run).run.endswith(".2")
    run.close()


async def test_limits_hold_over_all_together(home: Path, repository: Path) -> None:
    limits = {"tokens": 1_110.0, "money": 3.0, "seconds": 100.0}
    run = begun(repository, 4)
    endless = [
        Turn("Look.", (Call("open_file", {"path": "calc.py", "start": n}),), usage=Usage(90, 10))
        for n in range(1, 60)
    ]
    await work(run, parts(*[endless] * 4), settings(4, **limits))
    share = shared(run, settings(4, **limits).limits, 80.0)
    assert share.tokens == 110 + (1_110 - 110) // 4
    assert share.money == 0.75
    assert share.seconds <= 72.0
    ended = list(run.state.ended.values())
    assert all("tokens is reached" in one.why for one in ended)
    assert all(one.tokens <= 250 + 100 for one in ended)
    assert run.state.tokens <= 1_110 + 4 * 100
    run.close()


async def test_the_limit_of_money_holds_over_all_together(home: Path, repository: Path) -> None:
    run = begun(repository, 4)
    endless = [
        Turn("Look.", (Call("open_file", {"path": "calc.py", "start": n}),), usage=Usage(0, 10))
        for n in range(1, 60)
    ]
    priced = replace(settings(4, money=1.0), prices={"offline": Price(0.0, 1_000.0)})
    await work(run, parts(*[endless] * 4), priced)
    ended = list(run.state.ended.values())
    share = (1.0 - 0.01) / 4
    assert all("of $0.26 is reached" in one.why for one in ended)
    assert all(share <= one.cost <= share + 0.0101 for one in ended)
    assert run.state.cost == pytest.approx(0.01 + sum(one.cost for one in ended))
    assert run.state.finished
    assert run.state.finished.cost == run.state.cost
    run.close()


class Waiting:
    """A model that says that it was asked, and then waits until it is let go."""

    name = "waiting"

    def __init__(self, model: Scripted) -> None:
        self.asked, self.go, self._model = asyncio.Event(), asyncio.Event(), model

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        self.asked.set()
        await self.go.wait()
        async for chunk in self._model.stream(messages, tools):
            yield chunk


async def test_stopped_they_stop_and_resumed_they_go_on(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    waits = Waiting(Scripted([HEARD, RIGHT, FINISH]))
    quick, slow = Scripted([HEARD, WRONG, FINISH]), Part(waits, ModelSettings(name="offline"))
    left = [Cast(Part(quick, ModelSettings(name="offline"))), Cast(slow)]
    models = replace(parts(), anew=lambda _: left.pop(0))
    task = asyncio.create_task(work(run, models, settings(2)))
    await waits.asked.wait()
    while f"{run.id}.1" not in run.state.ended:
        await _next_event(run, CandidateEnded)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run.state.finished
    assert run.state.finished.outcome == "stopped"
    second = fold(read(find_run(f"{run.id}.2") / LOG)[0])
    assert second.finished
    assert second.finished.outcome == "stopped"
    run.resume()
    again = parts((RIGHT, FINISH), (RIGHT, FINISH))
    await work(run, again, settings(2))
    assert chosen(run).run == f"{run.id}.2"
    assert len(run.state.ended) == 2
    first = read(find_run(f"{run.id}.1") / LOG)[0]
    assert sum(isinstance(one.event, Finished) for one in first) == 1
    run.close()


async def test_the_users_words_and_plan_reach_every_candidate(home: Path, repository: Path) -> None:
    run = begun(repository, 2)
    waiting = [Waiting(Scripted([HEARD, RIGHT, FINISH, FINISH])) for _ in range(2)]
    left = [Cast(Part(one, ModelSettings(name="offline"))) for one in waiting]
    models = replace(parts(), anew=lambda _: left.pop(0))
    task = asyncio.create_task(work(run, models, settings(2)))
    await waiting[0].asked.wait()
    run.record(Said("Keep the names."))
    (step,) = run.state.plan
    run.record(PlanChanged((step, Step("mine", "Write it down")), by="user"))
    for one in waiting:
        one.go.set()
    await task
    for number in (1, 2):
        state = fold(read(find_run(f"{run.id}.{number}") / LOG)[0])
        assert [one.text for one in state.plan] == ["Mend add", "Write it down"]
        assert Said("Keep the names.") in state.conversation
    run.close()


async def _next_event(run: Run, kind: type) -> None:
    happened = asyncio.Event()
    forget = run.listen(lambda record: happened.set() if isinstance(record.event, kind) else None)
    await happened.wait()
    forget()


@pytest.mark.parametrize(
    ("standings", "run"),
    [
        ([], ""),
        ([Standing("a"), Standing("b")], ""),
        ([Standing("a", lines=1, agreeing=3), Standing("b", True, broken=2, lines=9)], "b"),
        ([Standing("a", True, broken=1, mended=9, lines=1), Standing("b", True, lines=99)], "b"),
        ([Standing("a", True, mended=1, agreeing=5, lines=1), Standing("b", True, mended=2, lines=9)], "b"),
        ([Standing("a", True, agreeing=1, lines=1), Standing("b", True, agreeing=2, lines=9)], "b"),
        ([Standing("a", True, agreeing=1, lines=2), Standing("b", True, agreeing=1, lines=1)], "b"),
        ([Standing("a", True, lines=1), Standing("b", True, lines=1)], "a"),
    ],
)
def test_the_order_of_what_counts(standings: list[Standing], run: str) -> None:
    assert best(standings)[0] == run


def test_blanks_make_no_other_change() -> None:
    def change(new: str) -> object:
        made = diff("a.py", b"x = 1\n", new.encode())
        assert made
        return proposed([made])

    assert change("x = 2\n") == change("x  =  2\n\n")
    assert change("x = 2\n") != change("x = 3\n")


def test_further_candidates_never_answer_at_temperature_zero() -> None:
    wanted = Settings(model=ModelSettings(name="m", base_url="http://h/v1", temperature=0.0))
    models = cast(wanted)
    assert [models.candidate(number).main.settings.temperature for number in range(3)] == [0.0, 0.8, 0.8]
    free = cast(Settings(model=ModelSettings(name="m", base_url="http://h/v1")))
    assert free.candidate(1).main.settings.temperature is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--candidates", "0", "--model", "x"], "1 to 16 candidates, not 0"),
        (["--candidates", "99", "--model", "x"], "1 to 16 candidates, not 99"),
        (["--candidates", "2"], "The offline engine writes the same each time"),
    ],
)
def test_what_makes_no_sense_is_refused(genie: Genie, words: list[str], why: str) -> None:
    done = genie("solve", "add(2, 3) gives -1", *words)
    assert (done.status, why in done.err) == (2, True)
    assert not (genie.home / "runs").exists()


def test_candidates_by_the_command_through_http(
    genie: Genie, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    replies = [
        {"text": turn["text"], "calls": [{"id": f"c{n}", **call} for call in turn["calls"]]}
        for n, turn in enumerate(SCRIPT)
    ]
    before = fingerprint(genie.folder)
    with ChatServer([replies[0], *[replies[2]] * 3, *[replies[3]] * 3]) as server:
        words = ("--candidates", "3", "--model", "double-large", "--base-url", server.base_url)
        done = genie("solve", "add(2, 3) gives -1", "--json", *words)
    assert done.status in (0, 1), done.out + done.err
    assert len(done.of("CandidatesBegan")[0]["runs"]) == 3
    (chosen,) = done.of("CandidateChosen")
    assert chosen["run"]
    assert fingerprint(genie.folder) == before
    shown = genie("runs", "show", "last").out
    assert "3 go on beside each other" in shown
    assert f"Chosen: {chosen['run']}" in shown
    assert "Mend add" in genie("runs", "show", "last.1").out


def test_killed_in_the_middle_they_go_on_where_they_were(genie: Genie) -> None:
    plan, solution = ({"calls": SCRIPT[0]["calls"]}, {"calls": [*SCRIPT[2]["calls"], *SCRIPT[3]["calls"]]})
    task, words = "add(2, 3) gives -1", ("--json", "--model", "double-large", "--base-url")
    with ChatServer([plan, solution, {"hang": True}]) as server:
        command = genie.command("solve", task, "--candidates", "2", *words, server.base_url)
        with subprocess.Popen(
            command, cwd=genie.folder, env=genie.environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            seen = next(line for line in process.stdout if '"kind": "CandidateEnded"' in line)
            process.send_signal(signal.SIGKILL)
    with ChatServer([solution]) as server:
        done = genie("runs", "resume", "last", *words, server.base_url)
    assert done.status == 0, done.out + done.err
    (ended,) = done.of("CandidateEnded")
    assert {ended["run"], json.loads(seen)["run"]} == {
        f"{find_name(genie)}.1",
        f"{find_name(genie)}.2",
    }
    assert "propose this one" in done.of("CandidateChosen")[0]["why"]


def find_name(genie: Genie) -> str:
    (folder,) = (genie.home / "runs").iterdir()
    return folder.name
