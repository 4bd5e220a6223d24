"""What the server asks of the editor: its models, and where its language extensions see a name."""

from dataclasses import dataclass
from typing import Literal

from ..models.contract import Message, ToolSpec


@dataclass(frozen=True)
class AskModel:
    """genie/askModel (server → extension) → Nothing when the answer is complete.

    The answer itself comes before that in genie/modelChunk notifications with the same `id`. Refusals are
    JSON-RPC errors whose `data` is a ModelProblem. genie/cancelModel (notification) ends it from our side.
    `model` is an EditorModel's `id`. The messages' `data` stays at home (null): it is no model's business.
    """

    id: str
    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]


@dataclass(frozen=True)
class AskModelRef:
    """genie/cancelModel (server → extension notification)."""

    id: str


@dataclass(frozen=True)
class ModelChunk:
    """genie/modelChunk (extension → server notification): text, or one whole call (`call_name` not empty)."""

    id: str
    text: str
    call_id: str
    call_name: str
    call_arguments: str


@dataclass(frozen=True)
class ModelProblem:
    """Why the editor's model gave no answer."""

    kind: Literal["no_permission", "not_found", "blocked", "quota", "other"]
    text: str


@dataclass(frozen=True)
class EditorModel:
    """One of the models that the editor offers; `genie.model` names it "editor:" + `id` ("vendor/model")."""

    id: str
    name: str
    max_input_tokens: int


@dataclass(frozen=True)
class EditorModels:
    """Result of genie/editorModels (server → extension, params Nothing)."""

    models: tuple[EditorModel, ...]


@dataclass(frozen=True)
class Navigate:
    """genie/navigate (server → extension) → Locations: what the editor's own providers say of a position.

    `line` and `column` are 0-based, the column in UTF-16 code units.
    """

    uri: str
    line: int
    column: int
    wish: Literal["definition", "references"]


@dataclass(frozen=True)
class FoundAt:
    """Where a name is defined or used; `line` and `column` as in Navigate."""

    uri: str
    line: int
    column: int


@dataclass(frozen=True)
class Locations:
    """None in a workspace that the user doesn't trust, or where no provider knows."""

    locations: tuple[FoundAt, ...]
