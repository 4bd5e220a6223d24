"""The language in which the editor's views and lenses speak: English sentences are the keys of a bundle.

A bundle has the form of VS Code's own (`l10n/bundle.l10n.de.json` in the extension): English → the language.
The terminal speaks English.
"""

import json
from pathlib import Path

_BUNDLES = Path(__file__).parent / "l10n"
_said: dict[str, str] = {}


def speak(locale: str) -> None:
    """From now on this process speaks the language of an editor's locale ("de", "de-AT"), or else English."""
    known = {path.stem: path for path in _BUNDLES.glob("*.json")}.get(locale.lower().partition("-")[0])
    _said.clear()
    if known:
        _said.update(json.loads(known.read_text("utf-8")))


def tell(sentence: str, **values: object) -> str:
    """The sentence with its "{name}"s filled in, if values are given; English where no bundle has it."""
    said = _said.get(sentence, sentence)
    return said.format(**values) if values else said


def tell_number(count: int, one: str, many: str, **values: object) -> str:
    """The sentence for one thing or for several; both may have "{count}"."""
    return tell(one if count == 1 else many, count=count, **values)
