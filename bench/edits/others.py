"""Other appliers beside Genie's, each on the formats it claims: git, patch, unidiff and aider."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from judging import Case, Outcome, Verdict, judged
from writing import FORMS

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from peers import peers_python  # noqa: E402

_UNIFIED, _SEARCH, _WHOLE, _, _PATCH = FORMS
_CLAIMS = {
    "git apply": (_UNIFIED,),
    "patch": (_UNIFIED,),
    "unidiff": (_UNIFIED,),
    "aider": (_UNIFIED, _SEARCH, _WHOLE, _PATCH),
}
_HEADER = re.compile(r"^\s*(?:diff --git |--- )", re.MULTILINE)
_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,}).*\n((?:.*\n)*?)\1\2\s*$", re.MULTILINE)
_GIT = re.compile(r"^(?:diff --git|index|new file mode|similarity index) .*\n", re.MULTILINE)
_SIDES = re.compile(r"^(---|\+\+\+) [ab]/", re.MULTILINE)
_TITLE = re.compile(r"^(?:### |\*\*|In )?`?([^\n`*]+?)`?(?:\*\*|:)?\n\n?(?=````?$)", re.MULTILINE)


def peer_verdicts(cases: Sequence[Case]) -> dict[str, dict[str, tuple[Verdict, str]]]:
    """By peer and name of a case: what became of it there. Modes aren't asked of them."""
    found: dict[str, dict[str, tuple[Verdict, str]]] = {}
    for name in ("git apply", "patch"):
        some = [case for case in cases if case.form in _CLAIMS[name]]
        found[name] = {case.name: _judged(case, _by_command(name, case)) for case in some}
    python = peers_python()
    for name in ("unidiff", "aider") if python else ():
        found[name] = _by_worker(str(python), name, [case for case in cases if case.form in _CLAIMS[name]])
    return found


def _judged(case: Case, outcome: Outcome) -> tuple[Verdict, str]:
    return judged(case, Outcome(outcome.files, outcome.said, case.modes))


def bare_diff(answer: str) -> str:
    """The diff without prose and fence: these tools take no Markdown."""
    for indent, _, body in _FENCE.findall(answer):
        if _HEADER.search(body):
            return "".join(f"{line.removeprefix(indent)}\n" for line in body.split("\n")[:-1])
    start = _HEADER.search(answer)
    lines = answer[start.start() :].split("\n") if start else [answer]
    while lines and not lines[-1].startswith((" ", "+", "-", "@", "\\", "rename ", "new ", "deleted ")):
        lines.pop()
    return "\n".join(lines) + "\n"


def _by_command(name: str, case: Case) -> Outcome:
    diff = bare_diff(case.answer)
    strip = "-p1" if re.search(r"^(?:---|\+\+\+) [ab]/|^diff --git a/", diff, re.MULTILINE) else "-p0"
    with TemporaryDirectory(prefix="genie-edits-") as folder:
        root = Path(folder, "tree")
        for path, data in case.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        given = Path(folder, "given.diff")
        given.write_bytes(diff.encode("utf-8", "surrogateescape"))
        command = ["git", "apply", "--recount", "--whitespace=nowarn", strip, str(given)]
        if name == "patch":
            command = [
                "patch",
                strip,
                "--force",
                "--silent",
                "--fuzz=2",
                "--no-backup-if-mismatch",
                "-r-",
                "-i",
                str(given),
            ]
        ran = subprocess.run(command, cwd=root, check=False, capture_output=True)
        there = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    said = (ran.stdout + ran.stderr).decode("utf-8", "replace")[:300] if ran.returncode else ""
    files: dict[str, bytes | None] = {
        path: data for path, data in there.items() if data != case.files.get(path)
    }
    return Outcome(files | {path: None for path in case.files if path not in there}, said)


def _by_worker(python: str, name: str, cases: Sequence[Case]) -> dict[str, tuple[Verdict, str]]:
    """One long-lived process of the peers' environment reads all cases as lines."""
    found: dict[str, tuple[Verdict, str]] = {}
    with subprocess.Popen(
        [python, str(HERE / "peer_worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        for case in cases:
            files = {path: base64.b64encode(data).decode() for path, data in case.files.items()}
            request = {"peer": name, "form": case.form, "answer": _given(name, case), "files": files}
            worker.stdin.write(json.dumps(request) + "\n")
            worker.stdin.flush()
            reply = json.loads(worker.stdout.readline())
            found[case.name] = _judged(case, Outcome(_decoded(reply["files"]), reply["said"]))
        worker.stdin.close()
    return found


def _given(name: str, case: Case) -> str:
    """The answer as the applier expects it: aider wants paths right above fences, patches without prose."""
    if case.form == _UNIFIED:
        diff = bare_diff(case.answer)
        if name == "unidiff":
            return diff
        plain = _SIDES.sub(r"\1 ", _GIT.sub("", diff)).rstrip()
        return f"```diff\n{plain}\n```\n"
    if case.form == _PATCH:
        start = case.answer.find("*** Begin Patch")
        end = case.answer.find("*** End Patch")
        return case.answer[max(0, start) : end + len("*** End Patch") if end > 0 else None]
    return _TITLE.sub(r"\1\n", _FENCE.sub(_plain_fence, case.answer))


def _plain_fence(found: re.Match[str]) -> str:
    """The fence that aider looks for: at the margin, of backticks, longer than any inside."""
    indent, _, body = found.groups()
    mark = "````" if "```" in body else "```"
    lines = [line.removeprefix(indent) for line in body.split("\n")[:-1]]
    return "\n".join((mark, *lines, mark))


def _decoded(files: Mapping[str, str | None]) -> dict[str, bytes | None]:
    return {path: None if data is None else base64.b64decode(data) for path, data in files.items()}
