from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.models.retry import LONGEST_SECONDS, backoff, retry_after

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:42 GMT"}, 42.0),
        ({"retry-after": "Sat, 31 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sat, 31 Jan 2026 12:00:42 -0000"}, 42.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, None),
    ],
)
def test_reads_what_the_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_doubles_until_the_longest_wait() -> None:
    assert [backoff(n, 1.0) for n in (0, 1, 2, 3)] == [0.5, 1.0, 2.0, 4.0]
    assert backoff(40, 1.0) == LONGEST_SECONDS


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_jitter_takes_away_half_at_most(attempt: int, chance: float) -> None:
    whole = backoff(attempt, 1.0)
    assert whole / 2 <= backoff(attempt, chance) <= whole
