"""How much memory we and our children took at most, all together."""

from threading import Event, Thread
from types import TracebackType

from ..processes import own_peak_bytes, resident_bytes

_SECONDS_BETWEEN = 0.05
_MB = 1_000_000


class PeakMemory:
    """Looks at the resident memory of this process and all its descendants while it is entered.

    Their sum is sampled 20 times a second; of this process alone the kernel knows the true peak. Shared pages
    are counted once for each process. Only Linux tells: elsewhere the peak is 0.
    """

    def __init__(self) -> None:
        self._peak = 0
        self._ended = Event()
        self._watch = Thread(target=self._sample, name="peak memory", daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()

    def mb(self) -> float:
        """The peak so far, in millions of bytes."""
        return max(self._peak, own_peak_bytes(), resident_bytes()) / _MB

    def _sample(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN):
            self._peak = max(self._peak, resident_bytes())
