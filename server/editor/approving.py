"""Commands that may always run without a sandbox, for the editor: listed, and revoked."""

from ..agent.approvals import approved, revoke
from ..protocol.approvals import Approvals
from ..protocol.runs import Nothing


async def list_approvals(_: Nothing) -> Approvals:
    """All of them."""
    return Approvals(tuple(approved()))


async def revoke_approvals(wish: Approvals) -> Nothing:
    """Raises SetupError where one can't be taken back."""
    revoke(wish.approved)
    return Nothing()
