"""A change takes a file apart into hunks, and any of them put it together again; git agrees."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genie_engineer.edits.changes import EXECUTABLE, PLAIN, FileChange, diff, mode_by, patched, place
from genie_engineer.edits.text import content, decode_as
from genie_engineer.edits.unified import unified
from genie_engineer.errors import EditError

from .texts import files


def change_of(old: bytes | None, new: bytes | None, path: str = "a.py") -> FileChange:
    change = diff(path, old, new)
    assert change is not None
    return change


@given(files())
def test_all_hunks_give_the_new_file(pair: tuple[bytes, bytes]) -> None:
    old, new = pair
    change = diff("a.py", old, new)
    assert (change is None) == (old == new)
    if change:
        assert patched(old, change, {hunk.id for hunk in change.hunks}) == new
        assert patched(old, change, ()) == old


@given(files())
def test_creation_and_deletion_are_one_hunk(pair: tuple[bytes, bytes]) -> None:
    data, _ = pair
    for old, new in ((None, data), (data, None)):
        change = change_of(old, new)
        (hunk,) = change.hunks
        assert patched(old, change, {hunk.id}) == new
        assert patched(old, change, ()) == old


@given(files(), st.data())
def test_any_subset_of_hunks_changes_just_its_lines(pair: tuple[bytes, bytes], data: st.DataObject) -> None:
    old, new = pair
    change = diff("a.py", old, new)
    if not change:
        return
    keep = data.draw(st.sets(st.sampled_from([hunk.id for hunk in change.hunks])))
    result = patched(old, change, keep)
    assert result is not None
    lines = list(decode_as(old, change.encoding).lines)
    for hunk in reversed(change.hunks):
        assert tuple(lines[hunk.start - 1 : hunk.start - 1 + len(hunk.before)]) == hunk.before
        if hunk.id in keep:
            lines[hunk.start - 1 : hunk.start - 1 + len(hunk.before)] = hunk.after
    assert list(decode_as(result, change.encoding).lines) == lines


@given(files(), st.data())
def test_a_hunk_is_placed_where_it_belongs_or_not_at_all(
    pair: tuple[bytes, bytes], data: st.DataObject
) -> None:
    """Whatever other hunks were accepted before, and wherever else lines were added."""
    old, new = pair
    change = diff("a.py", old, new)
    if not change:
        return
    target = data.draw(st.sampled_from(change.hunks))
    others = [hunk for hunk in change.hunks if hunk is not target]
    keep = data.draw(st.sets(st.sampled_from(others))) if others else set()
    buffer = list(decode_as(patched(old, change, {hunk.id for hunk in keep}) or b"", change.encoding).lines)
    shift = sum(len(hunk.after) - len(hunk.before) for hunk in keep if hunk.start < target.start)
    where = target.start - 1 + shift
    end = where + len(target.before)
    for number in range(data.draw(st.integers(0, 3))):
        spots = [*range(where + bool(target.before)), *range(end + (not target.before), len(buffer) + 1)]
        if spots:
            spot = data.draw(st.sampled_from(spots))
            buffer.insert(spot, f"// note {number}\n")
            where, end = (where + (spot <= where), end + (spot <= where))
    try:
        at = place(target, buffer)
    except EditError:
        return
    assert at == where


def test_ids_are_stable_and_differ_by_place() -> None:
    old, new = b"a\nx\nb\nx\n", b"a\ny\nb\ny\n"
    ids = [hunk.id for hunk in change_of(old, new).hunks]
    assert ids == [hunk.id for hunk in change_of(old, new).hunks]
    assert len(set(ids)) == 2
    assert all(len(one) == 10 for one in ids)


@pytest.mark.parametrize("new", [b"a\nb\n", b"a\nc\n"])
@pytest.mark.parametrize("mode", [EXECUTABLE, PLAIN])
def test_git_takes_a_change_with_its_mode(tmp_path: Path, new: bytes, mode: int) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a\nb\n")
    file.chmod(EXECUTABLE + PLAIN - mode)
    change = diff("a.py", b"a\nb\n", new, mode)
    assert change is not None
    assert change.hunks[0].is_mode
    assert (change.mode, mode_by(change, ()), len(change.text_hunks)) == (mode, None, new != b"a\nb\n")
    subprocess.run(["git", "apply"], cwd=tmp_path, input=unified(change).encode(), check=True)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (new, mode)
    assert patched(b"a\nb\n", change, {hunk.id for hunk in change.hunks}) == new
    assert patched(b"a\nb\n", change, {change.hunks[0].id}) == b"a\nb\n"


def test_an_executable_file_is_created_by_one_hunk(tmp_path: Path) -> None:
    change = diff("run", None, b"#!/bin/sh\n", EXECUTABLE)
    assert change is not None
    assert (len(change.hunks), change.mode) == (1, EXECUTABLE)
    subprocess.run(["git", "apply"], cwd=tmp_path, input=unified(change).encode(), check=True)
    assert (tmp_path / "run").stat().st_mode & 0o777 == EXECUTABLE


def test_another_pre_image_is_refused() -> None:
    change = change_of(b"a\n", b"b\n")
    with pytest.raises(EditError, match=r"a\.py has changed"):
        patched(b"c\n", change, [change.hunks[0].id])
    with pytest.raises(EditError):
        patched(None, change, [change.hunks[0].id])
    with pytest.raises(EditError):
        patched(b"", change_of(None, b"a\n"), ())


def test_many_equal_lines_are_compared_in_time() -> None:
    old = b"}\n" * 20_000 + b"a\n" + b"}\n" * 20_000
    new = b"x\n" + b"}\n" * 20_001 + b"b\n" + b"}\n" * 19_999 + b"y\n"
    change = change_of(old, new)
    assert patched(old, change, {hunk.id for hunk in change.hunks}) == new


LINES = [f"line {number}\n" for number in range(20)]


def spot(new: list[str], buffer: list[str]) -> int:
    change = change_of("".join(LINES).encode(), "".join(new).encode())
    (hunk,) = change.hunks
    return place(hunk, buffer)


def test_a_replacement_is_found_though_its_neighbours_were_edited() -> None:
    new = [*LINES[:10], "new\n", *LINES[11:]]
    assert spot(new, LINES) == 10
    assert spot(new, ["top\n", *LINES[:9], "edited\n", *LINES[10:]]) == 11
    assert spot(new, [content(line) for line in LINES]) == 10
    assert spot(new, [content(line) + "\r\n" for line in LINES]) == 10


def test_an_insertion_is_found_by_its_context() -> None:
    new = [*LINES[:10], "new\n", *LINES[10:]]
    assert spot(new, LINES) == 10
    assert spot(new, LINES[3:]) == 7


@pytest.mark.parametrize(
    "buffer",
    [
        [],
        LINES[:8] + LINES[12:],
        [*LINES[:10], "edited\n", *LINES[11:]],
        LINES + LINES,
        LINES[:7] + ["x\n"] * 3 + LINES[10:11] + ["x\n"] * 3 + LINES[14:],
    ],
)
def test_a_replacement_that_is_gone_or_doubled_is_a_conflict(buffer: list[str]) -> None:
    with pytest.raises(EditError):
        spot([*LINES[:10], "new\n", *LINES[11:]], buffer)


def test_an_insertion_beside_edited_lines_is_a_conflict() -> None:
    with pytest.raises(EditError):
        spot([*LINES[:10], "new\n", *LINES[10:]], [*LINES[:9], "edited\n", *LINES[10:]])


def test_one_of_two_twins_is_no_substitute_for_the_other() -> None:
    block = [f"    entry {number}\n" for number in range(100)]
    old = [*block, *block]
    new = [*old[:150], "    new\n", *old[150:]]
    (hunk,) = change_of("".join(old).encode(), "".join(new).encode()).hunks
    assert place(hunk, old) == 150
    with pytest.raises(EditError):
        place(hunk, ["top\n", *old])
    with pytest.raises(EditError):
        place(hunk, block)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        yield Path(folder)


def git_applies(repository: Path, change: FileChange, old: bytes | None) -> bytes | None:
    file = repository / change.path
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if old is not None:
        file.write_bytes(old)
    patch = unified(change).encode("latin-1" if change.encoding == "latin-1" else "utf-8")
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, cwd=repository, input=patch, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, patch)
    return file.read_bytes() if file.exists() else None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files())
def test_git_applies_a_modification(repository: Path, pair: tuple[bytes, bytes]) -> None:
    old, new = pair
    change = diff("a.py", old, new)
    if change:
        assert git_applies(repository, change, old) == new


@settings(max_examples=15)
@given(files())
def test_git_applies_creation_and_deletion(repository: Path, pair: tuple[bytes, bytes]) -> None:
    data, _ = pair
    assert git_applies(repository, change_of(None, data), None) == data
    assert git_applies(repository, change_of(data, None), data) is None


@pytest.mark.parametrize("path", ["a b.py", 'q"uote.py', "tab\there.py", "sub/café ü.py", "back\\slash"])
def test_git_understands_odd_names(repository: Path, path: str) -> None:
    for old, new in ((b"a\n", b"b\n"), (None, b"gr\xfcn\n"), (b"", None)):
        assert git_applies(repository, change_of(old, new, path), old) == new


def test_a_change_reads_as_git_writes_it() -> None:
    new = [*LINES[:4], "new\n", *LINES[5:9], *LINES[10:18], "more\n", *LINES[18:]]
    change = change_of("".join(LINES).encode(), "".join(new).encode())
    assert unified(change).splitlines()[:6] == [
        "diff --git a/a.py b/a.py",
        "--- a/a.py",
        "+++ b/a.py",
        "@@ -2,12 +2,11 @@",
        " line 1",
        " line 2",
    ]
    assert unified(change).count("@@ -") == 2
