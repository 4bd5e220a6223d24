import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genie_engineer.errors import SetupError, WorkbenchError
from genie_engineer.workbench.copy import fork, make, restore
from genie_engineer.workbench.files import read, write

from .conftest import fingerprint, git, make_repository, write_files


async def test_the_copy_has_the_users_present_state(tmp_path: Path) -> None:
    repo = make_repository(
        tmp_path / "repo",
        {
            "kept.py": "1\n",
            "edited.py": "1\n",
            "deleted.py": "1\n",
            "run.sh": "#!/bin/sh\n",
            ".gitignore": "*.log\n",
        },
    )
    write_files(repo, {"edited.py": "2\n", "new/ünï cödé.py": "3\n", "noise.log": "x"})
    (repo / "deleted.py").unlink()
    (repo / "run.sh").chmod(0o755)
    bench = await make(repo, tmp_path / "bench")
    files = {str(path.relative_to(bench.root)) for path in bench.root.rglob("*") if path.is_file()}
    assert files == {"kept.py", "edited.py", "run.sh", ".gitignore", "new/ünï cödé.py"}
    assert (bench.root / "edited.py").read_text() == "2\n"
    assert (bench.root / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (bench.files, bench.repository) == (5, repo)


async def test_making_a_copy_changes_nothing_of_the_users(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n", "b/c.py": "2\n"})
    (repo / "a.py").write_text("changed\n")
    before = fingerprint(repo)
    await make(repo, tmp_path / "bench")
    assert fingerprint(repo) == before


async def test_a_folder_inside_the_repository_stands_for_all_of_it(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n", "b/c.py": "2\n"})
    bench = await make(repo / "b", tmp_path / "bench")
    assert (bench.repository, bench.files) == (repo, 2)


async def test_symlinks_stay_symlinks(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n"})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s")
    (repo / "out").symlink_to(tmp_path / "outside")
    (repo / "dangling").symlink_to("nowhere")
    bench = await make(repo, tmp_path / "bench")
    assert (bench.root / "out").readlink() == tmp_path / "outside"
    assert (bench.root / "dangling").is_symlink()


async def test_nothing_is_written_through_a_folder_that_became_a_symlink(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"folder/a.py": "1\n"})
    (repo / "folder" / "a.py").unlink()
    (repo / "folder").rmdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").write_text("theirs\n")
    (repo / "folder").symlink_to(tmp_path / "outside")
    bench = await make(repo, tmp_path / "bench")
    assert (bench.root / "folder").is_symlink()
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["a.py"]


async def test_names_need_not_be_text(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {})
    name = os.fsdecode("café.py".encode("latin-1"))
    (repo / name).write_bytes(b"# caf\xe9\n")
    bench = await make(repo, tmp_path / "bench")
    assert read(bench, name) == b"# caf\xe9\n"


async def test_a_submodules_files_are_files(tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"lib.py": "1\n"})
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n"})
    git(repo, "submodule", "add", "-q", str(inner), "deps/inner")
    bench = await make(repo, tmp_path / "bench")
    assert (bench.root / "deps/inner/lib.py").read_text() == "1\n"
    assert not list(bench.root.rglob(".git"))


async def test_large_files_are_copied_and_never_hard_linked(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {})
    with (repo / "big.bin").open("wb") as file:
        for number in range(50):
            file.write(bytes([number]) * 1_000_000)
    bench = await make(repo, tmp_path / "bench")
    copied = bench.root / "big.bin"
    assert copied.read_bytes() == (repo / "big.bin").read_bytes()
    assert copied.stat().st_nlink == 1
    assert copied.stat().st_ino != (repo / "big.bin").stat().st_ino


async def test_a_repository_without_commits_works(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    (repo / "a.py").write_text("1\n")
    assert (await make(repo, tmp_path / "bench")).files == 1


async def test_ignored_folders_are_named_and_not_copied(tmp_path: Path) -> None:
    ignore = "node_modules/\n.venv/\n__pycache__/\ntarget/\n*.so\n"
    repo = make_repository(tmp_path / "repo", {".gitignore": ignore})
    write_files(
        repo,
        {
            "node_modules/x/i.js": "1",
            ".venv/bin/python": "1",
            "__pycache__/a.pyc": "1",
            "target/debug/x": "1",
            "sub/node_modules/y.js": "1",
            "pkg/_ext.so": "1",
            "pkg/a.py": "1",
            "sub/a.py": "1",
            "only/__pycache__/a.pyc": "1",
        },
    )
    bench = await make(repo, tmp_path / "bench")
    assert set(bench.ignored) == {"node_modules", ".venv", "sub/node_modules"}
    assert sorted(path.name for path in bench.root.rglob("*") if path.is_file()) == [
        ".gitignore",
        "_ext.so",
        "a.py",
        "a.py",
    ]


async def test_git_variables_of_a_hook_lead_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_repository(tmp_path / "other", {"x.py": "1\n", "y.py": "1\n"})
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert (await make(repo, tmp_path / "bench")).files == 1


async def test_what_is_no_work_tree_is_refused_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "bare").mkdir()
    git(tmp_path / "bare", "init", "-q", "--bare")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    cases = {"plain": "git init", "bare": "git clone", "missing": "no folder"}
    for name, words in cases.items():
        with pytest.raises(SetupError, match=words):
            await make(tmp_path / name, tmp_path / "bench")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="git is not installed"):
        await make(tmp_path / "plain", tmp_path / "bench")
    assert not (tmp_path / "bench").exists()


async def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a.py": "1\n"})
    write_files(tmp_path / "bench", {"mine": "1"})
    with pytest.raises(WorkbenchError, match="in use"):
        await make(repo, tmp_path / "bench")
    assert (tmp_path / "bench/mine").exists()


FULL_DISK = """
import asyncio, os, sys
from pathlib import Path
from genie_engineer.errors import WorkbenchError
from genie_engineer.workbench.copy import make
try:
    asyncio.run(make(Path(sys.argv[1]), Path(sys.argv[2], "bench")))
except WorkbenchError as error:
    print(error, os.listdir(sys.argv[2]))
"""


def test_a_full_disk_is_said_and_nothing_stays(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"big": b"x" * 1_000_000})
    (tmp_path / "small").mkdir()
    kept_in = ["bwrap", "--dev-bind", "/", "/", "--size", "500000", "--tmpfs", str(tmp_path / "small")]
    ran = subprocess.run(
        [*kept_in, sys.executable, "-c", FULL_DISK, str(repo), str(tmp_path / "small")],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "is full" in ran.stdout
    assert ran.stdout.endswith("[]\n")


async def test_a_copy_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {f"{number}.py": "1\n" for number in range(500)})
    task = asyncio.create_task(make(repo, tmp_path / "bench"))
    while not (tmp_path / "bench").exists() and not task.done():
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "bench").exists()


async def test_restore_undoes_all_that_tests_did_and_keeps_patches(tmp_path: Path) -> None:
    files = {name: f"{name}\n" for name in ("same", "changed", "deleted", "patched", "moded", "d/e/f", "s/t")}
    repo = make_repository(tmp_path / "repo", dict(files))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/t").write_text("theirs")
    bench = await make(repo, tmp_path / "bench")
    write(bench, "patched", b"patch\n")
    write(bench, "added/new", b"new\n")
    write(bench, "same", None)
    state = {path: path.lstat().st_mode for path in bench.root.rglob("*")}
    root = bench.root
    (root / "changed").write_text("CHANGED\n")
    (root / "patched").write_text("other\n")
    (root / "deleted").unlink()
    (root / "moded").chmod(0o000)
    (root / "same").write_text("back\n")
    subprocess.run(
        "rm -r d added; echo > d; mkdir -p x/y; echo > x/y/z; chmod 0 x", shell=True, cwd=root, check=True
    )
    subprocess.run(f"rm -r s; ln -s {tmp_path}/outside s; mkfifo pipe", shell=True, cwd=root, check=True)
    await restore(bench)
    assert {path: path.lstat().st_mode for path in root.rglob("*")} == state
    assert [read(bench, name) for name in ("changed", "patched", "added/new", "d/e/f", "s/t", "same")] == [
        b"changed\n",
        b"patch\n",
        b"new\n",
        b"d/e/f\n",
        b"s/t\n",
        None,
    ]
    assert (tmp_path / "outside/t").read_text() == "theirs"


async def test_restore_sees_a_change_that_keeps_size_and_time(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "one\n"})
    bench = await make(repo, tmp_path / "bench")
    before = (bench.root / "a").stat()
    (bench.root / "a").write_text("two\n")
    os.utime(bench.root / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    await restore(bench)
    assert read(bench, "a") == b"one\n"


async def test_a_fork_starts_from_the_patches_and_goes_its_own_way(tmp_path: Path) -> None:
    repo = make_repository(tmp_path / "repo", {"a": "a\n", "b": "b\n", "c": "c\n"})
    bench = await make(repo, tmp_path / "bench")
    write(bench, "a", b"patched\n")
    write(bench, "b", None)
    (bench.root / "junk").write_text("of a test")
    twin = await fork(bench, tmp_path / "twin")
    assert [read(twin, name) for name in ("a", "b", "c", "junk")] == [b"patched\n", None, b"c\n", None]
    write(twin, "c", b"only here\n")
    await restore(twin)
    assert (read(twin, "c"), read(bench, "c")) == (b"only here\n", b"c\n")
