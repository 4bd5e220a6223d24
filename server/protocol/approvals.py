"""What is said of commands that may always run without a sandbox."""

from dataclasses import dataclass

from ..agent.approvals import Approved


@dataclass(frozen=True)
class Approvals:
    """Result of genie/approvals: all of them. genie/revokeApprovals → Nothing: those that are revoked."""

    approved: tuple[Approved, ...]
