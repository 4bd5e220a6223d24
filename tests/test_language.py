"""What the server says in the editor: found in the code, complete in German, else English."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from genie_engineer.agent.events import Asked
from genie_engineer.agent.words import DOING, words
from genie_engineer.editor.lenses import FIXES
from genie_engineer.editor.places import REASONS
from genie_engineer.language import speak, tell, tell_number
from genie_engineer.protocol import CLIENT_COMMANDS

SERVER = Path(__file__).parent.parent / "server"
GERMAN: dict[str, str] = json.loads((SERVER / "l10n" / "de.json").read_text("utf-8"))
TITLES = {*CLIENT_COMMANDS.values(), *FIXES.values(), *DOING.values(), *REASONS}
"""Sentences from tables, which the code translates by name."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    speak("en")


def sentences(tree: ast.AST) -> Iterator[str]:
    """The literals given to `tell` and `tell_number`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = {"tell": node.args[:1], "tell_number": node.args[1:3]}.get(node.func.id, [])
            yield from (one.value for one in given if isinstance(one, ast.Constant))


def test_german_has_what_the_code_says_and_nothing_else() -> None:
    texts = [path.read_text("utf-8") for path in SERVER.rglob("*.py") if path.name != "language.py"]
    said = {sentence for text in texts for sentence in sentences(ast.parse(text))}
    assert len(said) > 60
    assert set(GERMAN) == said | TITLES


def test_german_keeps_the_places_of_values() -> None:
    for english, german in GERMAN.items():
        assert german.strip()
        assert sorted(re.findall(r"\{\w+\}", german)) == sorted(re.findall(r"\{\w+\}", english))


def test_words_are_in_the_language_that_is_spoken() -> None:
    speak("de-AT")
    assert words(Asked("q1", "Which?", ())) == "Wartet auf Ihre Antwort"
    assert tell_number(1, "1 file", "{count} files") == "1 Datei"
    assert tell_number(1234, "1 file", "{count} files") == "1234 Dateien"
    speak("../de")
    assert tell("Accept") == "Accept"
    speak("tlh")
    assert words(Asked("q1", "Which?", ())) == "Waiting for your answer"


def test_what_no_bundle_has_is_said_as_it_is() -> None:
    speak("de")
    assert tell("{braces} of somebody's") == "{braces} of somebody's"
    assert tell("read {count}", count=3) == "read 3"
