"""A report of an issue tells where Genie runs, and nothing that is a secret or the user's own."""

from pathlib import Path

import pytest

from genie_engineer import __version__
from genie_engineer.agent.doctor import Finding
from genie_engineer.agent.reporting import MOST_LINES, report

KEY = "sk-" + "a1B2" * 8


def test_what_is_secret_or_the_users_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/frieda")
    monkeypatch.setenv("LOGNAME", "frieda")
    monkeypatch.setenv("WORK_TOKEN", "very-secret-value-4711")
    log = f"""
2026-01-01 12:00:00.000 [info] Server from the setting: /home/frieda/.venvs/x/bin/python
[error] key {KEY} and very-secret-value-4711 and https://me:hunter22@example.com/x
[error] /srv/shop/src/salaries.py:12 in pay, /srv/shop, /srv/shop-else/a.py
WARNING genie_engineer.agent.solve: run 20260101-120000-raise-the-salary-of-bob-ab12
FileNotFoundError: '/home/frieda/secret plans/merger.txt' by frieda, frieda-bot
  File "/home/frieda/.local/share/genie/x/genie_engineer/agent/log.py", line 7, in read
"""
    told = report(
        [Finding("data folder", False, "/home/frieda/.local/share/genie")],
        {"VS Code": "1.99"},
        log,
        ["/srv/shop"],
    )
    for theirs in (
        KEY,
        "4711",
        "hunter22",
        "/home/frieda",
        "salaries",
        "salary",
        "bob",
        "merger",
        "'frieda",
        "by frieda",
    ):
        assert theirs not in told, theirs
    for kept in (
        f"- Genie: {__version__}",
        "- VS Code: 1.99",
        "- data folder: NOT OK, ~/.local/share/genie",
        "<workspace>:12 in pay, <workspace>, /srv/shop-else/a.py",
        "run <run>",
        'File "~/.local/share/genie/x/genie_engineer/agent/log.py", line 7',
    ):
        assert kept in told, told


def test_the_log_is_clipped_and_cannot_leave_its_fence() -> None:
    told = report(
        [], {}, "\n".join(f"line {number}" for number in range(MOST_LINES * 2)) + "\n```\n# Not a title", []
    )
    assert "line 1\n" not in told
    assert told.endswith("```\n# Not a title\n````\n")


def test_without_a_log_there_is_no_part_for_it() -> None:
    told = report([], {}, "", [str(Path.cwd())])
    assert "log" not in told.lower().split("## where")[1]
