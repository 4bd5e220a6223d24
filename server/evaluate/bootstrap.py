"""How far a mean of so few tasks can be trusted."""

import random
from collections.abc import Sequence
from statistics import fmean

RESAMPLES = 2000
SEED = 20240229


def interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """The percentile bootstrap interval of the mean (Efron and Tibshirani, An Introduction to the Bootstrap,
    1993, section 13.3): 2,000 resamples with replacement, seeded, so that equal values give equal intervals.
    """
    draw = random.Random(SEED)
    means = [fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES)]
    tail = (1 - confidence) / 2
    return percentile(means, tail), percentile(means, 1 - tail)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie, interpolated between neighbours (Hyndman and Fan 1996,
    type 7). Raises ValueError for no values.
    """
    if not values:
        raise ValueError("a percentile of nothing")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
