"""`genie evaluate retrieval` as a process, on small real repositories: figures known by construction."""

import json
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Genie, git
from tests.doubles.chat_server import ChatServer

CART = '"""Carts."""\n\n\ndef merge_carts(one, other):\n    joined = one + other\n    return joined\n'
REST = "def unrelated(x):\n    return x\n"


def bare(repos: Path, place: str, *states: dict[str, str]) -> list[str]:
    """A bare repository with one commit for each state of its files; returns their hashes."""
    work = repos.parent / "work"
    work.mkdir()
    git(work, "init", "-q")
    commits = []
    for files in states:
        for old in work.glob("[!.]*"):
            old.unlink()
        for name, text in files.items():
            (work / name).write_text(text)
        git(work, "add", "-A")
        git(work, "commit", "-qm", "a state")
        commits.append(git(work, "rev-parse", "HEAD").strip())
    git(repos.parent, "clone", "-q", "--bare", str(work), str(repos / place))
    shutil.rmtree(work)
    return commits


def task(name: str, repo: str, commit: str, statement: str, *gold: dict[str, Any]) -> dict[str, Any]:
    return {
        "instance_id": name,
        "repo": repo,
        "base_commit": commit,
        "problem_statement": statement,
        "created_at": f"2020-01-01T00:00:{len(name):02}Z",
        "gold": list(gold),
    }


def gold(file: str, lines: list[int], functions: list[str], is_test: bool = False) -> dict[str, Any]:
    return {"file": file, "is_test": is_test, "score_lines": lines, "functions": functions}


class Bench:
    """The tasks' file, the repositories, and the command on them."""

    def __init__(self, genie: Genie, folder: Path) -> None:
        self.genie = genie
        self.repos = folder / "repos"
        self.repos.mkdir()
        self.tasks = folder / "tasks.jsonl"
        self.record = folder / "record.jsonl"
        first, second = bare(
            self.repos,
            "acme+shop",
            {"cart.py": CART, "rest.py": REST, "empty.py": ""},
            {"merging.py": CART, "rest.py": REST, "README.md": "How to merge_carts.\n"},
        )
        (only,) = bare(
            self.repos, "acme/text.git", {"words.rb": "def split_words(text)\n  text.split\nend\n"}
        )
        words = "merge_carts loses what is in the other cart"
        self.rows = [
            task("moved-one", "acme/shop", first, words, gold("cart.py", [5], ["merge_carts"])),
            task(
                "moved-three",
                "acme/shop",
                second,
                words,
                gold("merging.py", [5, 900], ["merge_carts"]),
                gold("README.md", [1], []),
                gold("test_cart.py", [1], ["test_it"], is_test=True),
            ),
            task("unfound", "acme/shop", first, "merge_carts", gold("empty.py", [1], ["nowhere"])),
            task(
                "ruby",
                "acme/text",
                only,
                "split_words is slow",
                {**gold("words.rb", [2], []), "functions": []},
            ),
        ]
        self.write(self.rows)

    def write(self, rows: list[dict[str, Any]]) -> None:
        self.tasks.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def command(self, *words: str) -> tuple[str, ...]:
        places = ("--tasks", str(self.tasks), "--repos", str(self.repos), "--per-task", str(self.record))
        return ("evaluate", "retrieval", *places, *words)

    def json(self, *words: str) -> dict[str, Any]:
        done = self.genie(*self.command("--json", *words))
        assert done.status == 0, done.err
        table: dict[str, Any] = json.loads(done.out)
        return table


@pytest.fixture
def bench(genie: Genie, tmp_path: Path) -> Bench:
    return Bench(genie, tmp_path)


def test_the_figures_are_those_of_the_construction(bench: Bench) -> None:
    told = bench.json()
    assert set(told) == {
        *("n", "file_accuracy", "file_recall", "function_accuracy", "line_recall"),
        *("latency_ms", "peak_rss_mb", "intervals", "skipped", "by_files_fixed", "by_repository"),
    }
    assert (told["n"], told["skipped"]) == (4, 0)
    # One file first and alone; one first and a document behind it; one that can't be found; one first.
    assert told["file_accuracy"]["1"] == 0.5
    assert told["file_recall"]["1"] == 0.625
    assert told["file_accuracy"]["10"] == 0.75
    assert told["function_accuracy"] == {"5": 0.6667, "10": 0.6667}
    # Line 900 is nowhere, the document's and the test's lines don't count: 1, 1/2, 0, 1.
    assert told["line_recall"] == dict.fromkeys(("4000", "8000", "16000", "32000"), 0.625)
    assert told["by_repository"]["acme/text"]["function_accuracy"] == {"5": None, "10": None}
    assert told["by_repository"]["acme/text"]["line_recall"]["4000"] == 1.0
    assert 0 < told["latency_ms"]["p50"] <= told["latency_ms"]["p95"]
    assert told["peak_rss_mb"] > 10


def test_a_cut_record_is_gone_on_from(bench: Bench) -> None:
    whole = bench.json()
    lines = bench.record.read_bytes().splitlines(keepends=True)
    bench.record.write_bytes(b"".join(lines[:3]) + lines[3][:20])
    done = bench.genie(*bench.command("--json"))
    told = json.loads(done.out)
    measured = [line.split()[1].rstrip(":") for line in done.err.splitlines()]
    assert measured == [json.loads(line)["instance_id"] for line in lines[3:]]
    for changing in ("latency_ms", "peak_rss_mb"):
        del told[changing], whole[changing]
    assert told == whole
    assert bench.genie(*bench.command("--json")).err == ""


def test_without_a_file_of_its_own_a_run_is_kept_in_the_cache(bench: Bench) -> None:
    words = ("evaluate", "retrieval", "--tasks", str(bench.tasks), "--repos", str(bench.repos))
    first, second, fresh = bench.genie(*words), bench.genie(*words), bench.genie(*words, "--fresh")
    assert len(first.err.splitlines()) == len(fresh.err.splitlines()) == 4
    assert second.err == ""
    assert second.out == first.out
    assert "file accuracy @1" in first.out
    assert "acme/text" in first.out


def test_figures_of_another_code_are_not_mixed_in(bench: Bench) -> None:
    bench.json("--only", "acme/text")
    header, _, rest = bench.record.read_text().partition("\n")
    bench.record.write_text(json.dumps(json.loads(header) | {"code": "old"}) + "\n" + rest)
    done = bench.genie(*bench.command())
    assert done.status == 2
    assert "another code of Genie" in done.err
    assert bench.json("--only", "acme/text", "--fresh")["n"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_goes_on(bench: Bench, number: signal.Signals) -> None:
    one = bench.rows[0]
    bench.write([one | {"instance_id": f"again-{each:02}"} for each in range(60)])
    command = bench.genie.command(*bench.command())
    environment = bench.genie.environment
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("1/60 again-00")
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    assert ("The same command goes on from" in rest) is (number == signal.SIGINT)
    kept = bench.record.read_bytes().count(b"\n") - 1
    assert 1 <= kept < 60
    done = bench.genie(*bench.command("--json"))
    assert json.loads(done.out)["n"] == 60
    assert len(done.err.splitlines()) == 60 - kept


def test_what_cannot_be_measured_is_skipped_and_said(bench: Bench) -> None:
    good, moved = bench.rows[0], bench.rows[1]
    rows = [
        good,
        good | {"instance_id": "no-repo", "repo": "acme/gone"},
        good | {"instance_id": "no-commit", "base_commit": "0" * 40},
        moved | {"instance_id": "no-file", "gold": [gold("cart.py", [1], [])]},
    ]
    bench.write(rows)
    done = bench.genie(*bench.command("--json"))
    assert done.status == 0
    told = json.loads(done.out)
    assert (told["n"], told["skipped"]) == (1, 3)
    assert told["file_accuracy"]["1"] == 1.0
    for name, why in (
        ("no-repo", "repo: "),
        ("no-commit", "base_commit: git can't read"),
        ("no-file", "gold[0].file: "),
    ):
        assert f"skipped {name} ({bench.tasks}): {why}" in done.err
    assert "3 of 4 tasks were skipped." in done.err
    bench.write(rows[1:])
    nothing = bench.genie(*bench.command("--json", "--fresh"))
    assert (nothing.status, nothing.out) == (2, "")
    assert "Nothing could be measured: all 3 tasks were skipped." in nothing.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--limit", "0"), "--limit must be at least 1"),
        (("--only", "acme/other"), "There are tasks of acme/shop, acme/text"),
        (("--repos", "nowhere"), "There is no folder nowhere"),
        (("--tasks", "nowhere.jsonl"), "nowhere.jsonl can't be read"),
        (("--per-task", "calc.py"), "isn't a file of `genie evaluate retrieval`"),
        (("--per-task", "tests"), "can't be written"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(bench: Bench, words: tuple[str, ...], told: str) -> None:
    done = bench.genie(*bench.command(*words))
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_broken_line_of_the_tasks_is_named(bench: Bench) -> None:
    bench.tasks.write_text(bench.tasks.read_text() + '{"instance_id": "cu')
    done = bench.genie(*bench.command())
    assert done.status == 2
    assert "tasks.jsonl, line 5: not a line of JSON" in done.err
    assert not bench.record.exists()


def test_contents_that_a_repository_lacks_are_said(bench: Bench) -> None:
    place = bench.repos / "acme+shop"
    lost = git(place, "rev-parse", f"{bench.rows[0]['base_commit']}:rest.py").strip()
    (place / "objects" / lost[:2] / lost[2:]).unlink()
    done = bench.genie(*bench.command("--json"))
    assert json.loads(done.out)["file_accuracy"]["1"] == 0.5
    assert "3 tasks were measured without some contents" in done.err


def test_repositories_are_only_read(bench: Bench, fingerprint: Any) -> None:
    before = fingerprint(bench.repos)
    bench.json()
    assert fingerprint(bench.repos) == before


def test_figures_with_vectors_are_kept_apart(bench: Bench, tiny_model: Path) -> None:
    plain = bench.json()
    refused = bench.genie(*bench.command("--vectors", str(tiny_model)))
    assert refused.status == 2
    assert "a search with no vectors" in refused.err
    bench.record.unlink()
    close = bench.json("--vectors", str(tiny_model))
    assert close["n"] == plain["n"]
    assert close["peak_rss_mb"] > plain["peak_rss_mb"] + 20, "the model's process counts"


def test_a_model_that_cannot_be_loaded_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    done = bench.genie(*bench.command("--vectors", str(tmp_path)))
    assert done.status == 2
    assert "can't be used" in done.err


def test_code_that_a_model_expects_leads_to_code_like_it(bench: Bench) -> None:
    row = bench.rows[0] | {"problem_statement": "Second basket vanishes"}
    bench.write([row])
    lost = bench.json()
    assert lost["file_accuracy"]["1"] == 0
    bench.record.unlink()
    code = "def join(one, other):\n    joined = one + other\n    return joined\n"
    guess = f"Sure:\n```python\n{code}```\nI hope that helps."
    with ChatServer([{"text": guess}]) as server:
        told = ("--model", "double-large", "--base-url", server.base_url)
        found = bench.genie(*bench.command("--json", *told), OPENAI_API_KEY="none")
        assert found.status == 0, found.err
        assert json.loads(found.out)["file_accuracy"]["1"] == 1
        (request,) = server.requests
    assert row["problem_statement"] in request["body"]["messages"][-1]["content"]
    refused = bench.genie(*bench.command())
    assert "a search with double-large model" in refused.err


def test_a_model_that_fails_ends_the_measurement_with_its_reason(bench: Bench) -> None:
    with ChatServer([{"status": 401, "body": {"error": {"message": "no such key"}}}]) as server:
        told = ("--model", "double-large", "--base-url", server.base_url)
        done = bench.genie(*bench.command(*told), OPENAI_API_KEY="none")
    assert done.status == 2
    assert "no such key" in done.err
