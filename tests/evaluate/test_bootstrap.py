"""Intervals hold what they promise, and are the same each time."""

import random
from statistics import fmean

import pytest

from genie_engineer.evaluate.bootstrap import interval, percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7], 0.5, 7),
        ([3, 1, 2], 0.5, 2),
        ([1, 2], 0.5, 1.5),
        ([0, 10], 0.95, 9.5),
        ([4, 1, 3, 2, 0], 0.0, 0),
        ([4, 1, 3, 2, 0], 1.0, 4),
        ([4, 1, 3, 2, 0], 0.75, 3),
    ],
)
def test_percentiles_are_interpolated(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == pytest.approx(expected)


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="of nothing"):
        percentile([], 0.5)


def test_equal_values_leave_no_doubt() -> None:
    assert interval([0.25] * 9) == (0.25, 0.25)


def test_an_interval_is_the_same_each_time_and_holds_the_mean() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.0, 1.0]
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert 0 <= low < fmean(values) < high <= 1


def test_an_interval_is_as_wide_as_theory_says() -> None:
    values = [0.0] * 100 + [1.0] * 100
    low, high = interval(values)
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / 200**0.5, abs=0.01)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / 200**0.5, abs=0.01)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    draw = random.Random(1)
    held = 0
    for _ in range(100):
        low, high = interval([float(draw.random() < 0.7) for _ in range(60)])
        held += low <= 0.7 <= high
    assert 88 <= held <= 100
