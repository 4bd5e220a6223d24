"""Every language is read by its own grammar, with the symbols that a reader would list."""

from pathlib import Path

import pytest

from genie_engineer.index import languages
from genie_engineer.index.chunks import digest
from genie_engineer.index.outline import outline

CASES = Path(__file__).parent / "symbols"


@pytest.mark.parametrize("language", languages.names())
def test_symbols_of(language: str) -> None:
    text, _, expected = (CASES / f"{language}.case").read_text("utf-8").partition("\n---\n")
    found = digest(text + "\n", language).symbols
    assert [
        f"{each.kind} {each.qualified} {each.start}-{each.end}" for each in found
    ] == expected.splitlines()


@pytest.mark.parametrize(
    ("path", "content", "language"),
    [
        ("a/b.py", b"", "python"),
        ("a/B.PY", b"", "python"),
        ("a.d.ts", b"", "typescript"),
        ("a.tsx", b"", "tsx"),
        ("a.h", b"int f(void);\n", "c"),
        ("a.h", b"namespace x {}\n", "cpp"),
        ("Rakefile", b"", "ruby"),
        ("bin/tool", b"#!/usr/bin/env python3\n", "python"),
        ("bin/tool", b"#!/bin/sh\n", "shell"),
        ("bin/tool", b"plain", ""),
        ("README.md", b"", "prose"),
        ("data.json", b"{}", ""),
    ],
)
def test_the_language_is_told_by_name_or_content(path: str, content: bytes, language: str) -> None:
    assert languages.language_of(path, content) == language


def test_a_signature_is_the_whole_head_on_one_line() -> None:
    text = b"def parse(\n    source: str,\n    *,\n    strict: bool = True,\n) -> Tree:\n    return Tree()\n"
    found = outline(text, "python")
    assert found is not None
    assert found.definitions[0].signature == "def parse( source: str, *, strict: bool = True, ) -> Tree"


def test_a_class_knows_what_its_head_mentions() -> None:
    text = "class Cart(Basket, metaclass=Meta):\n    pass\n"
    assert digest(text, "python").symbols[0].bases == ("Basket", "Meta")
    text = "public final class Cart extends Basket<Item> implements Priced {}\n"
    assert digest(text, "java").symbols[0].bases == ("Basket", "Item", "Priced")
