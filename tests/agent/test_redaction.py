"""What looks like a secret is struck out; code that only speaks of one stays."""

from pathlib import Path

import pytest

from genie_engineer.agent.redaction import Redactor

ENVIRONMENT = {"DB_PASSWORD": "open sesame", "SSH_AUTH_SOCK": "/run/agent.socket", "MY_TOKEN": "short"}


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("the word is open sesame.", "the word is [redacted]."),
        ("/run/agent.socket and short", "/run/agent.socket and short"),
        ("key ghp_abcdefghijklmnopqrstuvwxyz0123456789!", "key [redacted]!"),
        ("AKIAIOSFODNN7EXAMPLE", "[redacted]"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", "a [redacted] b"),
        ("postgres://joe:pa55@db/x and http://host:80/", "postgres://[redacted]@db/x and http://host:80/"),
        ('password = "correct-horse"', 'password = "[redacted]"'),
        ('{"api_key": "0123456789"}', '{"api_key": "[redacted]"}'),
        ("export GITHUB_TOKEN=abcdefgh123", "export GITHUB_TOKEN=[redacted]"),
        ("token = next_token(secret_name)", "token = next_token(secret_name)"),
        ("call(token=self.tokens[position])", "call(token=self.tokens[position])"),
        ('token = "("', 'token = "("'),
        ("/home/joe/x and /home/joey/x, /home/joe", "~/x and /home/joey/x, ~"),
    ],
)
def test_text(text: str, struck: str) -> None:
    redactor = Redactor(ENVIRONMENT, Path("/home/joe"))
    assert redactor.text(text) == struck
    assert redactor.struck == struck.count("[redacted]")


def test_json_keeps_its_shape() -> None:
    redactor = Redactor(ENVIRONMENT, Path("/"))
    value = {"a": ["open sesame", 1, None, {"b/open sesame": True}]}
    assert redactor.json(value) == {"a": ["[redacted]", 1, None, {"b/[redacted]": True}]}
