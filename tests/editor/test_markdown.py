"""Words of people and models are shown as they are, and do nothing."""

import pytest

from genie_engineer.editor.markdown import block, safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("one\ntwo", "one  \ntwo"),
        ("`a[0] * b`", "`a[0] * b`"),
        ("![x](http://host/y)", "\\!\\[x\\]\\(http\\:\\/\\/host\\/y\\)"),
        ("[do](command:genie.acceptAll)", "\\[do\\]\\(command\\:genie\\.acceptAll\\)"),
        ("<img src=x>", "\\<img src\\=x\\>"),
        ("\\` ![x](y) `", "\\\\` ![x](y) `"),
        ("# no heading", "\\# no heading"),
        ("```py\nx = [1]\n```", "\n```py\nx = [1]\n```\n"),
        ("```\n````\nx\n```", "\n`````\n````\nx\n`````\n"),
        ("a ` b", "a \\` b"),
    ],
)
def test_prose_is_escaped_and_code_is_code(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_a_block_has_a_fence_of_its_own() -> None:
    assert block("-```\n+x\n", "diff") == "\n````diff\n-```\n+x\n````\n"
