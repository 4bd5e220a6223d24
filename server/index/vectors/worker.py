"""The process that holds the model: started by `embedder`, ends when its standard input does.

    python -I -m genie_engineer.index.vectors.worker MODEL THREADS

Says {"key", "dimensions"} when the model is loaded. Answers {"texts", "role"} with {} and float32 (n, d).
What went wrong is {"error"}; only a failure to load ends the process.
"""

import os
import queue
import sys
import threading
from typing import Any, BinaryIO

from .encoders import Encoder, load
from .frames import read_frame, write_frame

_NICE = 10


def main(model: str, threads: int) -> None:
    """Serves until its standard input ends."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    answers = _own_stdout()
    questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    try:
        encoder = load(model, threads)
    except Exception as error:  # noqa: BLE001 — the libraries raise what they like; whoever asked is told
        write_frame(answers, {"error": _words(error)})
        return
    write_frame(answers, {"key": encoder.key, "dimensions": encoder.dimensions})
    while True:
        _answer(encoder, questions.get(), answers)


def _answer(encoder: Encoder, question: dict[str, Any], answers: BinaryIO) -> None:
    try:
        vectors = encoder.encode(question["texts"], question["role"])
    except Exception as error:  # noqa: BLE001 — as above
        write_frame(answers, {"error": _words(error)})
    else:
        write_frame(answers, {}, vectors.astype("<f4").tobytes())


def _listen(questions: "queue.SimpleQueue[dict[str, Any]]") -> None:
    """Ends the process with its input, in the middle of a computation too: whoever asked is gone."""
    try:
        while True:
            questions.put(read_frame(sys.stdin.buffer)[0])
    except (EOFError, OSError):
        os._exit(0)


def _own_stdout() -> BinaryIO:
    """The stream of answers; what libraries print goes to standard error from now on."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _words(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"it needs the Python package {error.name}"
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
