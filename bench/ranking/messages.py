"""Which commit messages read like a report of something wrong or missing, and what is left of them then."""

import re

_KEYS = (
    r"cc|change-id|git-svn-id|bug|issue|reviewed-on|differential revision|pr-url|refs?|reviewers|subscribers"
    r"|tags|test plan|pull-request|tests|release[- ]notes?|ticket|backport(?:s|-\w+)?|original-commit[\w-]*"
    r"|see also|cherry[- ]pick\w*|gitorigin-revid|part-of|source-hash|link|piperorigin-revid|topic|type"
    r"|changelog|generated|fixes|closes|resolves"
)
_LINKING = (
    "fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see|related to|part of|addresses|bug|backports?|issue|pr"
)
_TRAILER = re.compile(
    rf"^\s*(?:[A-Z][\w-]*-by|{_KEYS})\s*[:=].*$"
    r"|^\s*\(cherry[- ]picked from.*$|^.{0,30}generated with .{0,60}$|^\s*[*-]{3,}\s*$"
    rf"|^\s*(?:[*-]\s*)?(?:also\s+)?(?:{_LINKING})\b:?(?:\s+(?:issue|pr|bug|and|pull request))*[\s:]*"
    r"(?:(?:#|gh-|\w+/\w+#|https?://)\S+[\s,.;&and]*)+$",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(
    rf"\s*[(\[]\s*(?:(?:{_LINKING}|gh)[\s:-]*)*(?:[\w./-]*#\d+|gh-\d+|https?://\S+)"
    r"(?:[\s,]+(?:[\w./-]*#\d+|gh-\d+))*\s*[)\]]"
    r"|\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?)[\s:]+(?:issue\s+)?(?:[\w./-]*#\d+|https?://\S+)\.?",
    re.IGNORECASE,
)
_CHANGE_LIST = re.compile(
    r"^\s*(?:[*-]\s+)?[\w./+-]*[\w+-]+\.(?:c|cc|cpp|h|py|rb|js|ts|go|rs|java|php|pl|m4|am|ac|in)\b"
    r"\s*(?:\([^)]*\))?\s*:.*$",
    re.MULTILINE,
)
_UPKEEP_LINE = re.compile(
    r"^\s*[*-]\s*(?:lint\w*|format\w*|typos?|clean ?up|nits?|wip|black|isort|merge|rebase|changelog"
    r"|release notes?|address\w*|apply|review"
    r"|fix(?:e[sd]|ing)? (?:the )?(?:tests?|lint\w*|typos?|ci|flake8|mypy|style|docs?|build)"
    r"|(?:add|update|extend|adjust)(?:e?[sd]|ing)? (?:a |an |the |some )?(?:unit |regression )?"
    r"(?:tests?|docs?|docstrings?|changelog|changes|news|type hints?|comments?|\S+\.\w{1,4}$))\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_LEADING_TAG = re.compile(
    r"^(?:\[[^\]]{1,40}\]\s*)+|^(?:fix|feat|bugfix|perf)(?:\([^)]*\))?!?:\s*", re.IGNORECASE
)
_CHORE = re.compile(
    r"^(?:\[[^\]]*\]\s*)*"
    r"(?:(?:docs?|chore|tests?|ci|style|refactor|build|deps|release|examples?|lint|bench\w*)"
    r"\b\s*(?:\([^)]*\))?!?\s*[:/]|revert|bump|merge|release|prepare|typo|upgrade"
    r"|update (?:dep|version|to|the doc|doc|readme|changelog|changes|license|copyright|translation|vendor)"
    r"|back ?port|rename|reformat|format|version|move|split|clean|drop support|docs?\b|document|changelog"
    r"|whitespace|cosmetic|refactor|simplify|modernize|black|ruff|isort|clippy|pre-commit|spelling|start of"
    r"|back to dev|post-release|deprecate|\d+\.\d+)"
    r"|\b(?:typos?|changelog|readme|docstrings?|type (?:hints?|annotations?)|spelling|mypy|flake8|lint(?:er)?"
    r"|pyupgrade|f-strings?|unused (?:imports?|variables?)|copyright|grammar|clean ?up|refactor(?:ing)?|docs?"
    r"|documentation|dependabot|renovate|pep ?8|python 3\.\d+ support|translations?|tests? for|unit tests?"
    r"|code style|no functional change|flaky|reformat|renam(?:e|ing)|benchmarks?|ci)\b",
    re.IGNORECASE,
)
_TELLING = (
    (re.compile(r"```|^(?: {4}|\t)\S|^>>> |^\$ ", re.MULTILINE), 3),
    (
        re.compile(
            r"\bTraceback\b|^\s+at \S+\(|\bpanic(?:ked)?\b|\bstack ?trace\b|\bsegfault|\bSIG[A-Z]{3,}\b", re.M
        ),
        3,
    ),
    (re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Fault)\b"), 2),
    (
        re.compile(
            r"\b(?:bug|fix(?:e[sd])?|crash\w*|broken?|fails?|failed|failing|failure|wrong\w*|incorrect\w*)\b",
            re.I,
        ),
        2,
    ),
    (
        re.compile(
            r"\b(?:regression|leak\w*|hangs?|deadlock|race|corrupt\w*|missing|unexpected\w*|ignored)\b", re.I
        ),
        1,
    ),
    (re.compile(r"\bwhen(?:ever)?\b", re.IGNORECASE), 1),
    (
        re.compile(
            r"\b(?:expected|should|instead|previously|however|problem|issue|reproduce|would|but)\b", re.I
        ),
        1,
    ),
    (re.compile(r"\?(?:\s|$)"), 1),
    (re.compile(r"`[^`\n]+`|\"[^\"\n]{4,}\"|'[^'\n]{4,}'"), 1),
)
LEAST = 60
MOST = 8000


def statement(message: str) -> str:
    """What a message says of the problem; "" when it is too short, too long, or of upkeep only."""
    subject, _, body = message.strip().partition("\n")
    if _CHORE.search(subject):
        return ""
    title = _NUMBER.sub("", _LEADING_TAG.sub("", subject.strip())).strip(" .:-")
    prose = _HIDDEN.sub("", body.replace("\r", ""))
    for unwanted in (_TRAILER, _CHANGE_LIST, _UPKEEP_LINE, _NUMBER):
        prose = unwanted.sub("", prose)
    prose = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", prose, flags=re.MULTILINE)).strip()
    useful = len(title) + sum(map(len, prose.split()))
    return f"{title}\n\n{prose}".strip() if title and LEAST <= useful <= MOST else ""


def likeness(text: str) -> float:
    """How much a statement reads like somebody's report: its signs, and its length up to 1,200 characters."""
    signs = sum(weight for sign, weight in _TELLING if sign.search(text))
    bullets = len(re.findall(r"^\s*[*-] ", text, re.MULTILINE))
    return signs + min(len(text), 1200) / 200 - max(0, bullets - 3) / 2
