"""What is said of reports of issues."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportIssue:
    """genie/report → IssueReport. `about` are versions by name, `log` the extension's own log.

    `folders` are absolute paths whose contents are nobody else's business.
    """

    about: dict[str, str]
    log: str
    folders: tuple[str, ...]


@dataclass(frozen=True)
class IssueReport:
    """Markdown for the user to read, without secrets and what is theirs."""

    text: str
