"""How long to wait before the same question is asked again."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
"""Where a server asks for more than this, it is not waited for."""


def backoff(attempt: int, chance: float) -> float:
    """Seconds before retry number `attempt` (from 0): doubling, half of it by `chance` in 0..1.

    "Equal jitter" of Brooker, Exponential Backoff And Jitter (2015).
    """
    whole = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt, 16))
    return whole / 2 + whole / 2 * chance


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks for, None where it asks for nothing that can be understood.

    From `retry-after-ms`, or Retry-After as seconds or as a date (RFC 9110, 10.2.3).
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
