"""Which lines a grammar can't read."""

import pytest

from genie_engineer.index.syntax import unreadable_lines


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.py", "def f(a):\n    return a\n", ()),
        ("a.py", "def f(a):\n    return (a\n", (2,)),
        ("a.py", "x = 1\ndef f(:\n    pass\n", (2,)),
        ("a.go", "package a\n\nfunc F() {\n\treturn\n", (5,)),
        ("a.js", "const a = 1;\nfunction f() { return [1, 2 }\n", (2,)),
        ("a.md", "# def f(:\n", ()),
        ("a.unknown", "((((", ()),
    ],
)
def test_lines(path: str, text: str, lines: tuple[int, ...]) -> None:
    assert unreadable_lines(path, text.encode()) == lines


def test_every_grammar_reads_the_tests_of_the_others() -> None:
    assert unreadable_lines("a.rs", b"fn f() -> u8 { 1 }") == ()
    assert unreadable_lines("a.rs", b"fn f() -> u8 { 1 ") != ()
