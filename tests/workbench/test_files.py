import os
from pathlib import Path

import pytest

from genie_engineer.errors import WorkbenchError
from genie_engineer.workbench.copy import fork, make, restore
from genie_engineer.workbench.files import changed, new_mode, read, write

from .conftest import make_repository


async def test_what_was_written_is_told_with_what_was_there(tmp_path: Path) -> None:
    bench = await make(
        make_repository(tmp_path / "repo", {"a": "a\n", "b": "b\n", "c": "c\n"}), tmp_path / "w"
    )
    write(bench, "a", b"new\n")
    write(bench, "b", None)
    write(bench, "deep/er/d", b"")
    write(bench, "c", b"x")
    write(bench, "c", b"c\n")
    write(bench, "never", None)
    assert changed(bench) == {"a": (b"a\n", b"new\n"), "b": (b"b\n", None), "deep/er/d": (None, b"")}
    assert (read(bench, "a"), read(bench, "b"), read(bench, "deep/er/d")) == (b"new\n", None, b"")


async def test_a_write_keeps_the_mode_and_leaves_nothing_beside(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"run": "#!/bin/sh\n"})
    (repo / "run").chmod(0o750)
    bench = await make(repo, tmp_path / "w")
    write(bench, "run", None)
    write(bench, "run", b"#!/bin/bash\n")
    assert (bench.root / "run").stat().st_mode & 0o777 == 0o750
    assert [path.name for path in bench.root.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            ".",
            "/etc/passwd",
            "../outside",
            "a/../../outside",
            "nul\0",
            ".git/config",
            "sub/.git/hooks/x",
        ),
        *(".GIT/config", "out/secret", "absolute/x", "loop", "folder"),
    ],
)
async def test_paths_that_lead_out_are_refused(tmp_path: Path, path: str) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "a\n", "folder/b": "b\n"})
    (tmp_path / "secret").write_text("s")
    (repo / "out").symlink_to("../..")
    (repo / "absolute").symlink_to("/tmp")
    (repo / "loop").symlink_to("loop")
    bench = await make(repo, tmp_path / "w")
    with pytest.raises(WorkbenchError):
        write(bench, path, b"x")
    with pytest.raises(WorkbenchError):
        read(bench, path)
    assert changed(bench) == {}


async def test_a_symlink_inside_leads_to_its_file(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"real/a": "a\n"})
    (repo / "link").symlink_to("real/a")
    bench = await make(repo, tmp_path / "w")
    write(bench, "link", b"new\n")
    assert changed(bench) == {"real/a": (b"a\n", b"new\n")}
    assert (bench.root / "link").is_symlink()


async def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    bench = await make(make_repository(tmp_path / "repo", {"a": "a\n"}), tmp_path / "w")
    os.mkfifo(bench.root / "pipe")
    with pytest.raises(WorkbenchError, match="not a file"):
        read(bench, "pipe")
    assert read(bench, "a/below/a/file") is None


async def test_a_mode_alone_is_a_change_and_a_test_cant_undo_it(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"run": "#!/bin/sh\n", "private": "x\n"})
    (repo / "private").chmod(0o640)
    bench = await make(repo, tmp_path / "w")
    write(bench, "run", b"#!/bin/sh\n", 0o755)
    write(bench, "private", b"x\n", 0o755)
    write(bench, "new", b"y\n", 0o755)
    modes = {"new": 0o755, "private": 0o750, "run": 0o755}
    assert {path: (bench.root / path).stat().st_mode & 0o777 for path in changed(bench)} == modes
    assert [new_mode(bench, path) for path in modes] == [0o755] * 3
    for path in modes:
        (bench.root / path).chmod(0o600)
    await restore(bench)
    twin = await fork(bench, tmp_path / "twin")
    for root in (bench.root, twin.root):
        assert {path: (root / path).stat().st_mode & 0o777 for path in modes} == modes
    write(bench, "private", b"x\n", 0o644)
    assert (bench.root / "private").stat().st_mode & 0o777 == 0o640
    assert list(changed(bench)) == ["new", "run"]
