"""Tells a reasoning model's thoughts in its text from its answer."""

import re

_TAGGED = re.compile(r"^[ \t]*<think>.*?(?:</think>|\Z)", re.DOTALL | re.MULTILINE)
_OPENED_BY_THE_TEMPLATE = re.compile(r"\A(?:(?!<think>).)*?^[ \t]*</think>[ \t]*$", re.DOTALL | re.MULTILINE)


def without_thoughts(text: str) -> str:
    """The answer: without what stands between <think> and </think>, or after a <think> that nothing ends.

    Only a tag that begins a line counts: within a line it is something that the answer speaks about.
    Chat templates of some models (DeepSeek R1, QwQ) write the opening tag into the prompt: then all that
    comes before a closing tag on a line of its own is thought.
    """
    if "think>" not in text:
        return text
    answer = _TAGGED.sub("", _OPENED_BY_THE_TEMPLATE.sub("", text, count=1))
    return answer.lstrip("\r\n")
