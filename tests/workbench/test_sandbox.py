import os
import subprocess
import sys
import venv
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from genie_engineer.config import CommandLimits
from genie_engineer.errors import SetupError
from genie_engineer.workbench.command import run
from genie_engineer.workbench.copy import Workbench, make
from genie_engineer.workbench.environment import scrubbed
from genie_engineer.workbench.files import read, write
from genie_engineer.workbench.sandbox import Sandbox, detect

from .conftest import Contents, fingerprint, make_repository, write_files

Make = Callable[..., Awaitable[Workbench]]
LIMITS = CommandLimits(seconds=60.0)


async def output_of(bench: Workbench, command: str, sandbox: Sandbox) -> str:
    return (await run(bench, command, LIMITS, sandbox)).output


async def test_what_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (await detect("require")).program
    assert "switched off" in (await detect("off")).words
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt install bubblewrap" in (await detect("auto")).words
    with pytest.raises(SetupError, match="apt install bubblewrap"):
        await detect("require")


async def test_a_bubblewrap_that_cannot_run_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bwrap").write_text(
        "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n"
    )
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = await detect("auto")
    assert not found.program
    assert "setting up uid map: Permission denied" in found.words
    with pytest.raises(SetupError, match="user namespaces"):
        await detect("require")


@pytest.mark.parametrize("name", ["repo", "with space", "ünï'cö\"dé", "-dash", "--"])
async def test_the_copy_stands_at_the_repositorys_own_path(
    bench_of: Make, bubblewrap: Sandbox, name: str
) -> None:
    bench = await bench_of({"a": "text\n"}, name)
    place = await output_of(bench, "pwd; cat a; echo changed > a; echo new > b", bubblewrap)
    assert place == f"{bench.repository}\ntext\n"
    assert (read(bench, "a"), read(bench, "b")) == (b"changed\n", b"new\n")
    assert (bench.repository / "a").read_text() == "text\n"


async def test_the_users_repository_is_byte_identical_after_a_vandal(
    bench_of: Make, bubblewrap: Sandbox
) -> None:
    bench = await bench_of({"a": "text\n", "d/b": "text\n"})
    before = fingerprint(bench.repository)
    place = bench.repository
    vandal = f"rm -rf {place}/* {place}/.git; mkdir .git; echo x > .git/HEAD; rm -rf {place.parent}/*"
    await run(bench, f"{vandal}; rm -rf /var/lib/dpkg ~/.*", LIMITS, bubblewrap)
    assert fingerprint(bench.repository) == before


async def test_git_history_is_out_of_reach(bench_of: Make, bubblewrap: Sandbox) -> None:
    bench = await bench_of({"a": "text\n"})
    assert await output_of(bench, f"ls -A {bench.repository}", bubblewrap) == "a\n"


async def test_there_is_no_network(bench_of: Make, bubblewrap: Sandbox) -> None:
    listing = await output_of(await bench_of({}), "cat /proc/net/dev | tail -n +3 | cut -d: -f1", bubblewrap)
    assert [name.strip() for name in listing.splitlines()] in (["lo"], [])


async def test_other_processes_and_folders_are_out_of_sight(bench_of: Make, bubblewrap: Sandbox) -> None:
    bench = await bench_of({})
    seen = await output_of(
        bench, f"ls -d /proc/{os.getpid()} /run/* /var/tmp/* 2>/dev/null; ls /tmp", bubblewrap
    )
    assert all(line in str(bench.repository) for line in seen.splitlines())
    assert await output_of(bench, "touch /etc/x /usr/x 2>&1 | grep -c Read-only", bubblewrap) == "2\n"


HOME_FILES: Contents = {
    ".ssh/id_rsa": "SECRET",
    ".aws/credentials": "SECRET",
    ".netrc": "SECRET",
    ".config/gh/hosts.yml": "SECRET",
    ".cargo/credentials.toml": "SECRET",
    ".cargo/bin/tool": "#!/bin/sh\necho tool runs\n",
    ".m2/settings.xml": "SECRET",
    ".local/share/keyrings/login": "SECRET",
    ".local/bin/mine": "#!/bin/sh\necho mine runs\n",
    "programs/own": "#!/bin/sh\necho own runs\n",
    "programs.txt": "SECRET",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home user"
    write_files(folder, HOME_FILES)
    for program in (".cargo/bin/tool", ".local/bin/mine", "programs/own"):
        (folder / program).chmod(0o755)
    monkeypatch.setenv("HOME", str(folder))
    own = [f"{folder}/.cargo/bin", f"{folder}/programs", str(folder)]
    monkeypatch.setenv("PATH", os.pathsep.join([*own, os.environ["PATH"]]))
    return folder


async def test_secrets_of_the_home_folder_are_unreadable_and_tools_run(
    home: Path, tmp_path: Path, bubblewrap: Sandbox
) -> None:
    bench = await make(make_repository(home / "repo", {"a": "text\n"}), tmp_path / "bench")
    assert await output_of(bench, f"grep -rs SECRET '{home}' ~", bubblewrap) == ""
    runs = await output_of(bench, "tool; own; ~/.local/bin/mine; cat a; pwd", bubblewrap)
    assert runs == f"tool runs\nown runs\nmine runs\ntext\n{home}/repo\n"
    assert await output_of(bench, "touch ~/x && echo x > ~/.cargo/bin/tool; ls ~", bubblewrap) != ""
    assert (home / ".cargo/bin/tool").read_text() == HOME_FILES[".cargo/bin/tool"]
    assert not (home / "x").exists()


async def test_the_environment_below_home_runs_with_its_interpreter(
    home: Path, tmp_path: Path, bubblewrap: Sandbox
) -> None:
    repo = make_repository(home / "repo", {".gitignore": ".venv/\n", "a.py": "print('ran')\n"})
    venv.create(repo / ".venv", symlinks=True)
    venv.create(home / "elsewhere", symlinks=True)
    bench = await make(repo, tmp_path / "bench")
    assert await output_of(bench, ".venv/bin/python a.py", bubblewrap) == "ran\n"
    assert await output_of(bench, f"'{home}/elsewhere/bin/python' a.py", bubblewrap) == "ran\n"
    assert "Read-only" in await output_of(bench, "touch .venv/x", bubblewrap)


async def test_an_interpreter_below_the_hidden_tmp_runs(
    bench_of: Make, bubblewrap: Sandbox, tmp_path: Path
) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    command = f"'{tmp_path}/env/bin/python' -c 'import sys; print(sys.prefix)'"
    assert await output_of(await bench_of({}), command, bubblewrap) == f"{tmp_path}/env\n"


async def test_ignored_folders_are_reached_and_not_patched(
    bench_of: Make, sandbox: Sandbox, tmp_path: Path
) -> None:
    repo = make_repository(tmp_path / "ours", {".gitignore": "node_modules\n", "a.js": "1\n"})
    write_files(repo, {"node_modules/dep/index.js": "dependency\n"})
    bench = await make(repo, tmp_path / "bench")
    assert await output_of(bench, "cat node_modules/dep/index.js", sandbox) == "dependency\n"
    with pytest.raises(Exception, match="ignores"):
        write(bench, "node_modules/dep/index.js", b"patched")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("PATH", "/bin", True),
        ("LANG", "C.UTF-8", True),
        ("JAVA_HOME", "/usr/lib/jvm", True),
        ("OPENAI_API_KEY", "sk-1", False),
        ("github_token", "x", False),
        ("AWS_SECRET_ACCESS", "x", False),
        ("PGPASSWORD", "x", False),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/x", False),
        ("SSH_AUTH_SOCK", "/x", False),
        ("DATABASE_URL", "postgres://me:word@host/db", False),
        ("PIP_INDEX_URL", "https://user:pw@host/simple", False),
        ("HOMEPAGE", "https://host/user:pw", True),
        ("GIT_DIR", "/x", False),
        ("PYTEST_CURRENT_TEST", "x", False),
    ],
)
def test_the_environment_is_scrubbed(name: str, value: str, kept: bool) -> None:
    assert (name in scrubbed({name: value})) is kept


async def test_secrets_of_the_environment_do_not_reach_commands(
    bench_of: Make, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "visible")
    bench = await bench_of({})
    result = await run(bench, "env", LIMITS, sandbox, {"ADDED": "yes"})
    assert "ADDED=yes" in result.output
    assert "visible" not in result.output


def test_the_probe_needs_no_genie() -> None:
    probe = Path(sys.modules["genie_engineer.workbench.sandbox"].__file__ or "").parent / "probe"
    code = "import genie_reaper, genie_serve, genie_lines, genie_probe"
    environment = os.environ | {"PYTHONPATH": str(probe)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
