"""Every language is read by its own grammar, with the symbols that a reader would list."""

from pathlib import Path

import pytest

from genie_engineer.index import languages
from genie_engineer.index.chunks import digest

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
