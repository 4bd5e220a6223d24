"""Every limit ends a run with a sentence, and nothing else does."""

import pytest

from genie_engineer.agent.events import Event, ModelSpoke, Record, Said, ToolAnswered
from genie_engineer.agent.fold import fold
from genie_engineer.agent.limits import exceeded, repeated
from genie_engineer.agent.state import RunState
from genie_engineer.config import Limits
from genie_engineer.models.contract import ToolCall, Usage


def state(*calls: tuple[str, str, str]) -> RunState:
    """A run in which the model made these calls (name, arguments) and saw these answers."""
    events: list[Event] = []
    for number, (name, arguments, answer) in enumerate(calls):
        made = (ToolCall(str(number), name, arguments),) if name else ()
        events.append(ModelSpoke("", made, Usage(100, 10)))
        events.append(ToolAnswered(str(number), name, answer) if name else Said("Go on.", by="genie"))
    return fold(Record(seq, "", event) for seq, event in enumerate(events))


LOOK, TEST = ("open_file", '{"path": "a"}', "x"), ("run_tests", "{}", "1 failed")


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ((LOOK, LOOK, LOOK), "The same call came 3 times"),
        ((TEST, LOOK, TEST, LOOK, TEST, LOOK), "A cycle of two calls came 3 times"),
        ((("", "", ""),) * 3, "called no tool 3 times"),
        ((LOOK, LOOK), ""),
        ((LOOK, LOOK, TEST, LOOK), ""),
        ((TEST, LOOK, TEST, LOOK, TEST), ""),
        (
            (
                ("run_tests", "{}", "1 failed"),
                ("run_tests", "{}", "2 failed"),
                ("run_tests", "{}", "1 failed"),
            ),
            "",
        ),
        ((("", "", ""), LOOK, ("", "", ""), ("", "", "")), ""),
    ],
)
def test_repetition(calls: tuple[tuple[str, str, str], ...], words: str) -> None:
    told = repeated(state(*calls), 3)
    assert words in told if words else told == ""


def test_turns_tokens_and_seconds() -> None:
    now = state(LOOK, TEST)
    assert exceeded(now, Limits(), 1) == ""
    assert "2 turns" in exceeded(now, Limits(turns=2), 1)
    assert "220 tokens" in exceeded(now, Limits(tokens=220), 1)
    assert exceeded(now, Limits(tokens=221), 1) == ""
    assert "60 seconds" in exceeded(now, Limits(seconds=60), 60)
