"""The code that would answer a task, as a model writes it that has seen none of the repository's.

Searched for beside the task itself it leads to code that is like it (HyDE: Gao et al., 2022).
"""

import re

from ..models.contract import Message, Model, TextDelta

LONGEST = 1500
_LONGEST_TASK = 6000
_FENCED = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_INSTRUCTIONS = (
    "You are shown a task in a software repository that you can't see. Write the one function or method of "
    "its source, at most 25 lines, that most probably has to be changed, as it may look now. Guess names. "
    "Answer with one block of code and nothing else."
)


async def hypothesis(model: Model, task: str) -> str:
    """The block of code that the model answers with, or all that it says; clipped. Raises ModelError."""
    messages = [Message("system", _INSTRUCTIONS), Message("user", task[:_LONGEST_TASK])]
    text = "".join([chunk.text async for chunk in model.stream(messages, ()) if isinstance(chunk, TextDelta)])
    block = _FENCED.search(text)
    return (block[1] if block else text).strip()[:LONGEST]
