"""What a tool is: a specification for the model, made from its arguments' dataclass, and a function."""

import json
import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import cattrs

from ...models.contract import Json, ToolSpec
from ..codebase import Codebase
from ..desk import Desk

On = TypeVar("On")


@dataclass(frozen=True)
class Observation:
    """A tool's answer: `text` for the model to read, `data` the same as JSON. Not `ok`: try again."""

    text: str
    data: Json = None
    ok: bool = True


@dataclass(frozen=True)
class Tool(Generic[On]):
    """A tool that a model may call: `arguments` is a dataclass that `run` gets an instance of.

    It works on a run's desk, or, where it only looks, on any codebase.
    """

    name: str
    description: str
    arguments: type
    run: Callable[[On, Any], Awaitable[Observation]]

    @property
    def spec(self) -> ToolSpec:
        """What the model is told."""
        return ToolSpec(self.name, self.description, schema(self.arguments))


def at_desk(
    tool: Tool[Codebase], run: Callable[[Desk, Any], Awaitable[Observation]] | None = None
) -> Tool[Desk]:
    """A tool that only looks, as the engineer has it: by `run`, or else as it is, at the private copy."""

    def look(desk: Desk, wish: Any) -> Awaitable[Observation]:
        return tool.run(desk.codebase, wish)

    return Tool(tool.name, tool.description, tool.arguments, run or look)


def about(text: str, **options: Any) -> Any:
    """A dataclass field with a description for the model; `options` as for `dataclasses.field`."""
    return field(metadata={"about": text}, **options)


def schema(kind: Any) -> dict[str, Json]:
    """The JSON Schema of a dataclass or a plain type (draft 2020-12, the part that tool calls need)."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        properties = {one.name: schema(hints[one.name]) | _about(one.metadata) for one in fields(kind)}
        required = [
            one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING
        ]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": schema(arguments[0])}
    if origin in (Union, types.UnionType):
        return schema(next(one for one in arguments if one is not type(None)))
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean"}[kind]}


def read_arguments(tool: Tool[Any], text: str) -> Any:
    """The call's arguments, as JSON, as the tool's dataclass. Raises ValueError with words for the model."""
    try:
        table = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The arguments of {tool.name} are not JSON ({error}). Call it again.") from error
    if not isinstance(table, dict):
        raise ValueError(f"The arguments of {tool.name} must be a JSON object.")
    return take_arguments(tool, table)


def take_arguments(tool: Tool[Any], table: Mapping[str, Json]) -> Any:
    """The same, of a table."""
    try:
        return _converter.structure(table, tool.arguments)
    except cattrs.BaseValidationError as error:
        wrong = "; ".join(cattrs.transform_error(error, path="arguments"))
        raise ValueError(
            f"Wrong arguments for {tool.name}: {wrong}. It takes {json.dumps(schema(tool.arguments))}"
        ) from error


def _about(metadata: Any) -> dict[str, Json]:
    return {"description": metadata["about"]} if "about" in metadata else {}


def _text(value: Any, _: type) -> str:
    if not isinstance(value, str):
        raise TypeError("must be a string")
    return value


_converter = cattrs.Converter(forbid_extra_keys=True)
_converter.register_structure_hook(str, _text)
