"""A model for texts, in a process of its own: started when first asked, ended when idle, gone when we are.

The model's memory and its libraries' threads stay out of our process, and what it does to them too.
"""

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import numpy as np

from ...errors import SetupError
from .codes import Floats
from .encoders import Role
from .frames import read_frame, write_frame

_log = logging.getLogger(__name__)
_LAST_WORDS = 500
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Patience:
    """Seconds: to load a model, to embed one batch, and without work until the process is ended."""

    load: float = 180.0
    batch: float = 120.0
    idle: float = 300.0


@dataclass(frozen=True)
class Model:
    """What a loaded model says of itself: a key for `store.open_vectors`, and the length of its vectors."""

    key: str
    dimensions: int


@contextmanager
def open_embedder(model: str, threads: int = 1, patience: Patience | None = None) -> Iterator["Embedder"]:
    """`model` is a folder, or a name that sentence-transformers knows. Nothing is started yet."""
    embedder = Embedder(model, threads, patience or Patience())
    try:
        yield embedder
    finally:
        embedder.close()


class Embedder:
    """Calls block, and may come from any thread; a query goes before the next batch of documents.

    Every method raises SetupError, with the reason, when the model can't be loaded or used, or is too slow.
    After that, the next call starts a new process.
    """

    def __init__(self, model: str, threads: int, patience: Patience) -> None:
        self._model = model
        self._threads = threads
        self._patience = patience
        self._turn = threading.Condition()
        self._busy = False
        self._queries = 0
        self._worker: _Worker | None = None
        self._idle: threading.Timer | None = None

    def model(self) -> Model:
        """Loads the model if need be."""
        with self._turn_of("query"), self._started() as worker:
            return worker.model

    def embed(self, texts: Sequence[str], role: Role) -> Floats:
        """(n, d) vectors. Keep n small (8): a query waits for the batch before it."""
        if not texts:
            return np.empty((0, self.model().dimensions), np.float32)
        with self._turn_of(role), self._started() as worker:
            body = worker.ask({"texts": list(texts), "role": role}, self._patience.batch)
            return np.frombuffer(body, "<f4").reshape(len(texts), worker.model.dimensions).copy()

    def close(self) -> None:
        """Ends the process, in the middle of a batch too. Another call would start it again."""
        if self._idle is not None:
            self._idle.cancel()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def rest(self) -> None:
        """Ends the process after the batch that it is at, to make room. The next call starts it again."""
        with self._turn:
            self._turn.wait_for(lambda: not self._busy)
            self.close()

    @property
    def pid(self) -> int | None:
        """The process, while there is one: its memory counts as ours."""
        worker = self._worker
        return worker.process.pid if worker else None

    @contextmanager
    def _turn_of(self, role: Role) -> Iterator[None]:
        query = role == "query"
        with self._turn:
            self._queries += query
            self._turn.wait_for(lambda: not self._busy and (query or not self._queries))
            self._queries -= query
            self._busy = True
        try:
            yield
        finally:
            with self._turn:
                self._busy = False
                self._turn.notify_all()

    @contextmanager
    def _started(self) -> Iterator["_Worker"]:
        if self._idle is not None:
            self._idle.cancel()
        try:
            if self._worker is None:
                self._worker = _Worker(self._model, self._threads, self._patience.load)
            yield self._worker
        except (_WorkerFailed, OSError, ValueError) as error:
            self.close()
            raise SetupError(f"The embedding model {self._model} can't be used: {error}") from error
        self._idle = threading.Timer(self._patience.idle, self._end_if_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_if_idle(self) -> None:
        with self._turn:
            if not self._busy and not self._queries:
                self.close()


class _WorkerFailed(Exception):
    """The process answered with an error, died, or took too long."""


class _Worker:
    """One process, killed when it takes too long over an answer."""

    def __init__(self, model: str, threads: int, seconds: float) -> None:
        command = [sys.executable, "-I", "-m", f"{__package__}.worker", model, str(threads)]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 — closed by `end`
        self._too_slow = False
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | dict.fromkeys(_THREADS, str(threads)),
            start_new_session=True,  # Ctrl-C is ours to hear.
        )
        try:
            head, _ = self._answer(None, seconds)
            self.model = Model(head["key"], head["dimensions"])
        except BaseException:
            self.end()
            raise

    def ask(self, question: dict[str, Any], seconds: float) -> bytes:
        """The bytes of the answer. Raises _WorkerFailed."""
        return self._answer(question, seconds)[1]

    def end(self) -> None:
        """Kills the process: it keeps nothing."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            _close(stream)

    def _answer(self, question: dict[str, Any] | None, seconds: float) -> tuple[dict[str, Any], bytes]:
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            if question is not None:
                write_frame(cast(BinaryIO, self.process.stdin), question)
            head, body = read_frame(cast(BinaryIO, self.process.stdout))
        except (EOFError, OSError) as error:
            reason = f"its process ended. {self._last_words()}".strip()
            raise _WorkerFailed(
                f"no answer within {seconds:g} seconds" if self._too_slow else reason
            ) from error
        finally:
            timer.cancel()
        if "error" in head:
            raise _WorkerFailed(head["error"])
        return head, body

    def _expire(self) -> None:
        self._too_slow = True
        self.process.kill()

    def _last_words(self) -> str:
        size = self._errors.seek(0, 2)
        self._errors.seek(max(0, size - _LAST_WORDS))
        return self._errors.read().decode("utf-8", "replace").strip()


def _close(stream: IO[bytes] | None) -> None:
    try:
        if stream is not None:
            stream.close()
    except OSError as error:
        _log.debug("A pipe to a dead worker: %s", error)
