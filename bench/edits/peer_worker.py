"""Runs in the peers' environment: aider's appliers, and unidiff with naive placing, one case a line.

Takes {"peer", "form", "answer", "files": path → base64} and gives {"files": path → base64 or null, "said"}.
Of aider only the modules that apply edits are loaded; what they import beyond that is stood in for.
"""

import base64
import json
import signal
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Run = Callable[[Path, str, Sequence[str]], str]
SECONDS = 20
_MODULES = {
    "unified diff": ("udiff_coder", "UnifiedDiffCoder"),
    "search/replace": ("editblock_coder", "EditBlockCoder"),
    "whole file": ("wholefile_coder", "WholeFileCoder"),
    "apply-patch": ("patch_coder", "PatchCoder"),
}


class Files:
    """aider's way to read and write files: as UTF-8, with the endings of the platform."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read_text(self, path: str | Path, **_: object) -> str | None:
        try:
            return Path(path).read_text("utf-8")
        except (OSError, UnicodeError):
            return None

    def write_text(self, path: str | Path, text: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, "utf-8")

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args, **_more: None


class Coder:
    """As much of aider's Coder as its appliers use."""

    def __init__(self, root: Path, answer: str, paths: Sequence[str]) -> None:
        self.root, self.partial_response_content = root, answer
        self.io, self.fence = Files(root), ("```", "```")
        self.shell_commands: list[str] = []
        self.paths = paths
        self.abs_fnames = [str(root / path) for path in paths]
        if "````" in answer:
            self.fence = ("````", "````")

    def abs_root_path(self, path: str) -> str:
        return str((self.root / path).resolve())

    def get_rel_fname(self, path: str) -> str:
        return str(Path(path).relative_to(self.root))

    def get_inchat_relative_files(self) -> list[str]:
        return list(self.paths)

    def get_multi_response_content_in_progress(self) -> str:
        return self.partial_response_content


def main() -> None:
    """Answers line by line until there are no more."""
    appliers = load_aider()
    signal.signal(signal.SIGALRM, _too_long)
    for line in sys.stdin:
        case = json.loads(line)
        files = {path: base64.b64decode(data) for path, data in case["files"].items()}
        with TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for path, data in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(data)
            said = ""
            signal.alarm(SECONDS)
            try:
                run = unidiff_applied if case["peer"] == "unidiff" else appliers[case["form"]]
                said = run(root, case["answer"], list(files))
            except Exception as error:  # noqa: BLE001 - whatever a peer raises is its way to refuse
                said = f"{type(error).__name__}: {error}"[:300]
            signal.alarm(0)
            print(json.dumps({"files": changes(root, files), "said": said}), flush=True)


def changes(root: Path, files: Mapping[str, bytes]) -> dict[str, str | None]:
    """What differs in the folder, coded for JSON."""
    there = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    different: dict[str, str | None] = {
        path: base64.b64encode(data).decode() for path, data in there.items() if files.get(path) != data
    }
    return different | {path: None for path in files if path not in there}


def load_aider() -> dict[str, Run]:
    """By format: a function that applies an answer in a folder and tells what it left out."""
    spec = find_spec("aider")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    package = types.ModuleType("aider.coders")
    package.__path__ = [str(folder / "coders")]
    sys.modules["aider.coders"] = package
    base = types.ModuleType("aider.coders.base_coder")
    setattr(base, "Coder", Coder)  # noqa: B010 - a module that has no such name yet
    sys.modules["aider.coders.base_coder"] = base
    for name, member in (("tqdm", "tqdm"), ("oslex", "join")):
        stand_in = types.ModuleType(name)
        setattr(stand_in, member, lambda some, *_args, **_more: some)
        sys.modules.setdefault(name, stand_in)
    found: dict[str, Run] = {}
    for form, (module, name) in _MODULES.items():
        coder = getattr(import_module(f"aider.coders.{module}"), name)
        found[form] = _runner(coder)
    return found


def _runner(coder: Any) -> Run:
    def run(root: Path, answer: str, paths: Sequence[str]) -> str:
        one = coder(root, answer, paths)
        edits = one.get_edits()
        if not edits:
            return "no edits were found"
        for path, *texts in edits:
            place = root / str(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            # aider asks its user, and then makes the new file.
            if len(texts) == 2 and texts[0] == "" and not place.exists():
                place.touch()
        one.apply_edits(edits)
        return ""

    return run


def unidiff_applied(root: Path, diff: str, _paths: Sequence[str]) -> str:
    """Each hunk goes to its line number, if what it shows stands there; moved by what was inserted above."""
    left: list[str] = []
    patch = import_module("unidiff").PatchSet(diff)
    if not patch:
        return "no hunks were found"
    for part in patch:
        path = root / part.path
        text = path.read_bytes().decode("utf-8").split("\n") if part.source_file != "/dev/null" else []
        shift = 0
        for hunk in part:
            old = [line.value.rstrip("\n") for line in hunk if line.is_context or line.is_removed]
            new = [line.value.rstrip("\n") for line in hunk if line.is_context or line.is_added]
            start = max(0, hunk.source_start - 1) + shift
            if text[start : start + len(old)] != old:
                left.append(f"{part.path}: a hunk isn't at line {hunk.source_start}")
                continue
            text[start : start + len(old)] = new
            shift += len(new) - len(old)
        if part.target_file == "/dev/null" and not any(text):
            path.unlink()
        elif part.source_file == "/dev/null":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(text) + "\n", "utf-8", newline="")
        else:
            path.write_bytes("\n".join(text).encode())
    return " | ".join(left)


def _too_long(*_: object) -> None:
    raise TimeoutError(f"It took more than {SECONDS} s")


main()
