"""What people and models wrote, as Markdown that shows just that: code as code, and the rest as its letters.

Images would be fetched from wherever they lie, and links may name commands: neither is made of their words.
"""

import re

from ..agent.transcript import fenced

_CODE = re.compile(r"^```([\w+-]*)\n(.*?)^```[ \t]*$|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
_SIGNS = re.compile(r"[\\`*_{}\[\]()#+\-!~<>|&.:@$/=]")


def safe(text: str) -> str:
    """The text with its fenced blocks and its code spans, everything else escaped and line by line."""
    made, end = [], 0
    for code in _CODE.finditer(text):
        made += [_letters(text[end : code.start()]), _code(code)]
        end = code.end()
    return "".join([*made, _letters(text[end:])])


def block(text: str, language: str = "") -> str:
    """The text as a block of code that stands by itself."""
    return f"\n{fenced(text, language)}\n"


def _code(found: re.Match[str]) -> str:
    return f"`{found[3]}`" if found[3] else block(found[2], found[1])


def _letters(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text).replace("\n", "  \n")
