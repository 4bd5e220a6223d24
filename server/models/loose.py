"""Reads JSON of servers that keep the format more or less: what has another shape counts as absent."""

from .contract import Json


def a_dict(value: Json) -> dict[str, Json]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def a_list(value: Json) -> list[Json]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else []


def a_text(value: Json) -> str:
    """A string, or the text of a list of content parts: pictures and sound among them are passed over."""
    if isinstance(value, list):
        return "".join(a_text(a_dict(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""


def a_count(value: Json) -> int:
    """A whole number from 0 on; 0 for anything else."""
    return max(0, value) if isinstance(value, int) else 0
