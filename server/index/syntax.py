"""Whether a text is code at all: the places that its grammar can't read."""

from collections.abc import Iterator

from tree_sitter import Node

from .languages import grammar, language_of

_LARGEST = 1_000_000


def unreadable_lines(path: str, content: bytes) -> tuple[int, ...]:
    """The lines (1-based, ascending) on which something can't be parsed or is missing.

    Nothing where the language has no grammar here, or the content is too large to wait for.
    """
    known = grammar(language_of(path, content))
    if known is None or len(content) > _LARGEST:
        return ()
    return tuple(sorted({_line(node) for node in _wrong(known.parser().parse(content).root_node)}))


def _wrong(root: Node) -> Iterator[Node]:
    """The innermost nodes that are errors or missing, by a walk into those that have any."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        inner = [child for child in node.children if child.has_error or child.is_missing]
        waiting += inner
        if node.is_missing or (node.is_error and not inner):
            yield node


def _line(node: Node) -> int:
    return node.start_point.row + 1
