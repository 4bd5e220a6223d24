"""The worker is a real process with a real model, only a tiny one."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.embedder import Embedder, Patience, open_embedder
from tests.tiny_bert import WIDTH

TEXTS = ["parse the header of a request", "sort a list", "the", "parse parse parse unheard-of"]


def cosines(one: Floats, other: Floats) -> Floats:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    found: Floats = (one * other).sum(axis=1) / lengths
    return found


def wait_for_end(pid: int, handle: int) -> None:
    readable, _, _ = select.select([handle], [], [], 30)
    assert readable, f"process {pid} is still there"


def pid_of(embedder: Embedder) -> int:
    assert embedder.pid is not None
    return embedder.pid


def test_texts_become_vectors_whatever_is_beside_them(tiny_model: Path) -> None:
    with open_embedder(str(tiny_model)) as embedder:
        model = embedder.model()
        together = embedder.embed(TEXTS, "document")
        alone = np.concatenate([embedder.embed([text], "document") for text in TEXTS])
        assert embedder.embed([], "document").shape == (0, WIDTH)
        many = embedder.embed(TEXTS * 100, "document")
    assert model.dimensions == WIDTH
    assert model.key.startswith("onnx:")
    assert together.shape == (4, WIDTH)
    assert cosines(together, alone).min() > 0.98
    assert cosines(together[:1], together[1:2]).max() < 0.9
    assert cosines(many, np.tile(alone, (100, 1))).min() > 0.98


def test_a_prompt_goes_before_a_query(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    prompts = {"prompts": {"query": "query: ", "document": ""}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    with open_embedder(str(folder)) as embedder:
        prompted = embedder.embed(["sort a list"], "query")
        plain = embedder.embed(["sort a list", "query: sort a list"], "document")
    assert cosines(prompted, plain[1:]).min() > 0.99
    assert cosines(prompted, plain[:1]).max() < 0.98


def test_the_process_is_started_when_needed_and_ended_when_idle(tiny_model: Path) -> None:
    with open_embedder(str(tiny_model), patience=Patience(idle=0.1)) as embedder:
        assert embedder.pid is None
        embedder.embed(TEXTS, "document")
        pid = embedder.pid
        if pid is not None:
            wait_for_end(pid, os.pidfd_open(pid))
        assert embedder.embed(TEXTS, "query").shape == (4, WIDTH)


def test_closing_ends_the_process(tiny_model: Path) -> None:
    with open_embedder(str(tiny_model)) as embedder:
        embedder.model()
        pid = pid_of(embedder)
        handle = os.pidfd_open(pid)
    wait_for_end(pid, handle)


def test_a_process_that_dies_is_an_error_and_then_started_again(tiny_model: Path) -> None:
    with open_embedder(str(tiny_model)) as embedder:
        embedder.model()
        os.kill(pid_of(embedder), signal.SIGKILL)
        with pytest.raises(SetupError, match="can't be used"):
            embedder.embed(TEXTS, "document")
        assert embedder.embed(TEXTS, "document").shape == (4, WIDTH)


def test_a_process_that_hangs_is_ended(tiny_model: Path) -> None:
    with open_embedder(str(tiny_model), patience=Patience(batch=0.2)) as embedder:
        embedder.model()
        pid = pid_of(embedder)
        handle = os.pidfd_open(pid)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(SetupError, match="no answer within"):
            embedder.embed(["more than a pipe holds " * 10_000], "document")
        wait_for_end(pid, handle)


def test_it_ends_with_us(tiny_model: Path) -> None:
    script = (
        "import sys\n"
        "from genie_engineer.index.vectors.embedder import open_embedder\n"
        "with open_embedder(sys.argv[1]) as embedder:\n"
        "    embedder.model()\n"
        "    print(embedder.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-I", "-c", script, str(tiny_model)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        pid = int(ours.stdout.readline())
        handle = os.pidfd_open(pid)
        ours.kill()
    wait_for_end(pid, handle)


def test_a_query_goes_before_the_next_documents(tiny_model: Path) -> None:
    done: list[str] = []
    with open_embedder(str(tiny_model)) as embedder:
        embedder.model()
        pid = pid_of(embedder)
        os.kill(pid, signal.SIGSTOP)  # Nobody gets an answer until everybody has asked.
        asked = [threading.Thread(target=ask, args=(embedder, "document", done)) for _ in range(12)]
        for thread in asked:
            thread.start()
            while not embedder._busy:
                os.sched_yield()
        query = threading.Thread(target=ask, args=(embedder, "query", done))
        query.start()
        while not embedder._queries:
            os.sched_yield()
        os.kill(pid, signal.SIGCONT)
        for thread in [*asked, query]:
            thread.join()
    assert len(done) == 13
    assert done.index("query") <= 4  # 1, but for the threads' own pace.


def ask(embedder: Embedder, role: str, done: list[str]) -> None:
    embedder.embed(TEXTS, "query" if role == "query" else "document")
    done.append(role)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [("model.onnx", b"nonsense", "can't be used"), ("tokenizer.json", b"{", "can't be used")],
)
def test_a_broken_model_is_told(
    tiny_model: Path, tmp_path: Path, file: str, content: bytes, reason: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / file).write_bytes(content)
    with open_embedder(str(folder)) as embedder, pytest.raises(SetupError, match=reason):
        embedder.embed(TEXTS, "document")


def test_a_model_by_name_needs_sentence_transformers(tmp_path: Path) -> None:
    with (
        open_embedder(str(tmp_path / "no such model")) as embedder,
        pytest.raises(SetupError, match="needs the Python package sentence_transformers"),
    ):
        embedder.model()
