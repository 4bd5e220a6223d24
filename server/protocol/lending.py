"""What other agents in the editor ask of Genie's tools."""

from dataclasses import dataclass

from ..models.contract import Json


@dataclass(frozen=True)
class Look:
    """genie/look → Looked: one of the tools that only look, in the repository around `folder`.

    `tool` is its name, `arguments` are as its schema has them.
    """

    folder: str
    tool: str
    arguments: dict[str, Json]


@dataclass(frozen=True)
class Looked:
    """What the tool says to a model. Not `ok`: it may try again, with what the text says."""

    text: str
    ok: bool
