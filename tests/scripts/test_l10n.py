"""What the extension says can be translated, and German has all of it."""

import json
import re
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parent.parent.parent / "extension"
CODE = {path.name: path.read_text("utf-8") for path in sorted((EXTENSION / "src").glob("*.ts"))}
MARKS = re.compile(r"\{\d\}|\$\([\w-]+\)|`[^`]+`|\(command:[^)]*\)|https?://\S+")
"""What a translation keeps: places of values, icons, code, links."""


def table(name: str) -> dict[str, str]:
    words: dict[str, str] = json.loads((EXTENSION / name).read_text("utf-8"))
    return words


def test_the_bundle_has_what_the_code_says_and_nothing_else() -> None:
    said = re.findall(r'l10n\.t\(\s*("(?:[^"\\]|\\.)*")', "\n".join(CODE.values()))
    assert sum(text.count("l10n.t(") for text in CODE.values()) == len(said)  # A literal, each.
    assert table("l10n/bundle.l10n.json") == {json.loads(one): json.loads(one) for one in said}


def test_the_manifest_names_its_words_and_every_name_has_words() -> None:
    manifest = (EXTENSION / "package.json").read_text("utf-8")
    words = table("package.nls.json")
    assert set(re.findall(r'"%([\w.]+)%"', manifest)) == set(words)
    contributes = json.loads(manifest)["contributes"]
    shown = [command["title"] for command in contributes["commands"]]
    shown += [view["name"] for view in contributes["views"]["genie"]]
    shown += [view["contents"] for view in contributes["viewsWelcome"]]
    shown += [one["markdownDescription"] for one in contributes["configuration"]["properties"].values()]
    assert [one for one in shown if not re.fullmatch(r"%[\w.]+%", one)] == []


@pytest.mark.parametrize(
    ("english", "german"),
    [("package.nls.json", "package.nls.de.json"), ("l10n/bundle.l10n.json", "l10n/bundle.l10n.de.json")],
)
def test_german_is_complete_and_keeps_the_marks(english: str, german: str) -> None:
    words, translated = table(english), table(german)
    assert set(words) == set(translated)
    for key, text in words.items():
        assert translated[key].strip()
        assert sorted(MARKS.findall(translated[key])) == sorted(MARKS.findall(text)), key
    same = sum(words[key] == translated[key] for key in words)
    assert same < len(words) / 20


def test_what_is_translated_is_packed() -> None:
    kept = (EXTENSION / ".vscodeignore").read_text("utf-8").splitlines()
    assert {"!package.nls*.json", "!l10n/*.json"} <= set(kept)
    assert json.loads((EXTENSION / "package.json").read_text("utf-8"))["l10n"] == "./l10n"


def test_nothing_is_compared_with_words() -> None:
    """But for a button that was pressed: it is known by the words on it."""
    compared = re.findall(r"(\S+) [!=]== vscode\.l10n", "\n".join(CODE.values()))
    assert set(compared) <= {"(button"}


def test_no_message_is_left_in_the_code() -> None:
    """Of the calls that show words, none is given a literal of its own."""
    shows = r"show(?:Information|Warning|Error)Message|setStatusBarMessage"
    left = [
        (name, found)
        for name, text in CODE.items()
        for found in re.findall(rf"(?:{shows})\(\s*[\"`](?!(?:Genie: )?\$\{{)[^\n]*", text)
        + re.findall(
            r"(?:placeHolder|prompt|title|placeholder)(?: =|:) [\"`](?!(?:Genie: )?\$\{)[A-Z].*", text
        )
    ]
    assert left == []
