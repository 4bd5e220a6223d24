"""A run made into something to hand on: events, plan, change and a transcript, without secrets."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..edits.unified import unified
from ..errors import RunLogError, UsageError
from ..workbench.copy import erase
from .fold import fold
from .log import LOG, read, to_json
from .plan import listed
from .redaction import STRUCK, Redactor
from .transcript import transcript

_NOTE = f"""
---

`{LOG}` has every event of the run as a line of JSON, `plan.md` its plan, `change.diff` its change. What \
looked like a secret reads `{STRUCK}`, and the home folder of who made this `~`.
"""


@dataclass(frozen=True)
class Exported:
    """Where it lies, and how often a secret was struck out."""

    path: Path
    struck: int


def export(run: Path, target: Path, replace: bool = False) -> Exported:
    """Writes the run in the folder `run` to `target`: one file where that ends with .zip, else a folder.

    Candidates come with it. `replace`: a file that is there gives way. Raises UsageError where else something
    is there already, RunLogError for a log that can't be read, or a target that can't be written.
    """
    if target.exists() and not (replace and target.is_file() and target.suffix == ".zip"):
        raise UsageError(f"{target} is there already: name another.")
    redactor = Redactor(os.environ, Path.home())
    files = dict(_files(run, redactor))
    draft = target.with_name(f".{target.name}.draft")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(files, draft, target)
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            erase(draft)
        raise RunLogError(f"The run can't be written to {target}: {error.strerror}.") from error
    return Exported(target, redactor.struck)


def _write(files: dict[str, bytes], draft: Path, target: Path) -> None:
    if target.suffix == ".zip":
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(f"{target.stem}/{name}", data)
        return
    for name, data in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _files(run: Path, redactor: Redactor) -> Iterator[tuple[str, bytes]]:
    """What the export holds, by name."""
    records, _ = read(run / LOG)
    state = fold(records)
    log = [json.dumps(redactor.json(json.loads(to_json(one))), ensure_ascii=False) for one in records]
    texts = {
        "README.md": transcript(run.name, records) + _NOTE,
        "plan.md": listed(state.plan),
        "change.diff": "".join(map(unified, state.changes)),
    }
    yield LOG, "".join(f"{line}\n" for line in log).encode(errors="backslashreplace")
    for name, text in texts.items():
        yield name, redactor.text(text).encode(errors="backslashreplace")
    for folder in sorted((run / "candidates").glob(f"*/{LOG}")):
        for name, data in _files(folder.parent, redactor):
            yield f"candidates/{folder.parent.name}/{name}", data
