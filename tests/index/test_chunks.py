"""Chunks follow the syntax, cover what has words, and no bytes make the cutting fail."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.index import languages
from genie_engineer.index.chunks import LONGEST_CHUNK_LINES, PIECE_LINES, WINDOW_LINES, decode, digest
from genie_engineer.index.words import tokens


def ranges(text: str, language: str = "python") -> list[tuple[int, int, str]]:
    return [(chunk.start, chunk.end, chunk.symbol) for chunk in digest(text, language).chunks]


def long_function(name: str, lines: int, indent: str = "") -> str:
    body = "".join(f"{indent}    value_{number} = {number}\n" for number in range(lines - 1))
    return f"{indent}def {name}(self):\n{body}"


def test_functions_small_classes_and_the_rest_are_chunks() -> None:
    text = dedent(
        '''\
        """Module."""
        import os

        # Reads
        # a file.
        @cached
        def read(path):
            with open(path) as file:
                return file.read()


        class Point:
            x: int
            def move(self, by):
                self.x += by
                return self

        LIMIT = 3
        '''
    )
    assert ranges(text) == [(1, 2, ""), (4, 9, "read"), (12, 16, "Point"), (18, 18, "")]


def test_a_long_class_is_its_header_and_its_methods() -> None:
    text = (
        "class Big(Base):\n    x = 1\n\n"
        + long_function("a", 30, "    ")
        + "\n"
        + long_function("b", 30, "    ")
    )
    text += "    def tiny(self): return 1\n"
    assert ranges(text) == [(1, 2, "Big"), (4, 33, "Big.a"), (35, 64, "Big.b"), (65, 65, "Big")]


def test_an_over_long_function_is_cut_into_pieces_that_keep_its_name() -> None:
    found = ranges(long_function("endless", 2 * LONGEST_CHUNK_LINES))
    assert [symbol for *_, symbol in found] == ["endless"] * 4
    assert all(end - start < PIECE_LINES for start, end, _ in found)
    assert [start for start, *_ in found[1:]] == [end + 1 for _, end, _ in found[:-1]]


def test_lone_closing_brackets_belong_to_the_chunk_before() -> None:
    text = (
        "class A {\n"
        + "".join(f"  f{n}() {{\n    a();\n    b();\n    c();\n  }}\n" for n in range(12))
        + "}\n"
    )
    found = ranges(text, "javascript")
    assert found[-1] == (57, 62, "A.f11")


def test_fields_keep_names_docs_and_code_apart() -> None:
    text = 'def load_page(url):\n    """Fetches slowly."""\n    # politely\n    return get(url)\n'
    chunk = digest(text, "python").chunks[0]
    assert chunk.names == "load_page"
    assert {"Fetches", "slowly", "politely"} <= set(tokens(chunk.docs))
    assert {"get", "url", "load_page"} <= set(tokens(chunk.code))
    assert not {"Fetches", "politely"} & set(tokens(chunk.code))


def test_short_members_are_names_of_their_class_chunk() -> None:
    chunk = digest("class Options:\n    strict = True\n    depth = 3\n", "python").chunks[0]
    assert chunk.names.split() == ["Options", "strict", "depth"]


def test_other_files_are_cut_into_windows() -> None:
    text = "".join(f"key{number}: value\n" for number in range(2 * WINDOW_LINES + 1))
    assert ranges(text, "") == [(1, 40, ""), (41, 80, ""), (81, 81, "")]


def test_prose_is_found_by_its_words_as_prose() -> None:
    chunk = digest("# Install\n\nRun the installer.\n", "prose").chunks[0]
    assert "Install" in tokens(chunk.docs)
    assert not chunk.code.strip()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_lines_are_the_editors_lines(ending: str, last: str) -> None:
    text = ending.join(
        ["import os", "", "def f():", "    a = '\u2028\x0b\x0c'", "    b = 1", "    return b", last]
    )
    assert ranges(text)[1][:2] == (3, 6)


@pytest.mark.parametrize("language", languages.names())
def test_broken_code_is_still_found_by_its_words(language: str) -> None:
    text = "def class func { ((( [[[ needleWord = '''\n\\ \t } end <?php \n@@ %% needleWord\n"
    found = digest(text, language)
    assert any("needleWord" in chunk.code + chunk.docs for chunk in found.chunks)


@pytest.mark.parametrize("language", ["python", "javascript", "java", "c", "rust", "ruby"])
def test_very_deep_nesting_is_survived(language: str) -> None:
    text = "x = " + "(" * 50_000 + "needle" + ")" * 50_000 + "\n" + "a(\n" * 20_000 + "needle\n"
    assert digest(text, language).chunks


def test_very_deeply_nested_definitions_are_survived() -> None:
    text = "".join(f"function f{depth}() {{\n" for depth in range(3000)) + "needle();\n" + "}\n" * 3000
    found = digest(text, "javascript")
    assert len(found.symbols) == 3000
    assert any("needle" in tokens(chunk.code) for chunk in found.chunks)


def test_minified_code_has_words_and_no_symbols() -> None:
    found = digest("function needle(){return 1};" * 20_000, "javascript")
    assert found.symbols == ()
    assert "needle" in tokens(found.chunks[0].code)


def test_a_long_line_of_data_does_not_hide_the_code_beside_it() -> None:
    text = "DATA = '" + "x" * 6000 + "'\n\n" + long_function("needle", 600)
    assert [each.name for each in digest(text, "python").symbols] == ["DATA", "needle"]


def test_an_empty_text_has_nothing() -> None:
    assert digest("", "python") == digest("\n \n", "python")
    assert digest("", "python").chunks == ()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("é\n".encode(), "é\n"),
        ("é\n".encode("latin-1"), "é\n"),
        (b"\xef\xbb\xbfa\n", "a\n"),
        ("é\n".encode("utf-16"), "é\n"),
        (b"\x89PNG\r\n\x1a\n\0\0", None),
        (b"a" * 9000 + b"\0", "a" * 9000 + "\0"),
        (b"", ""),
    ],
)
def test_decoding_never_fails(raw: bytes, text: str | None) -> None:
    assert decode(raw) == text


@given(st.binary(max_size=300), st.sampled_from([*languages.names(), "prose", ""]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_cut_into_ordered_chunks_within_the_text(raw: bytes, language: str) -> None:
    text = decode(raw.replace(b"\0", b"")) or ""
    lines = text.count("\n") + 1
    at = 0
    for chunk in digest(text, language).chunks:
        assert at < chunk.start <= chunk.end <= lines
        at = chunk.end


CODE = st.lists(
    st.sampled_from(
        ["def f(a):\n", "  x = 1\n", "class A:\n", "    def g(self):\n", "\n", "# c\n", ")\n", "  '''\n"]
    ),
    max_size=120,
).map("".join)


@given(CODE)
@settings(max_examples=80, deadline=None)
def test_every_line_with_a_word_is_in_exactly_one_chunk(text: str) -> None:
    covered = [line for start, end, _ in ranges(text) for line in range(start, end + 1)]
    assert len(covered) == len(set(covered))
    for number, line in enumerate(text.split("\n"), 1):
        if any(character.isalnum() for character in line):
            assert number in covered
