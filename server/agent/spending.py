"""What a run took, in words: the same in every face."""

from .state import RunState


def spent(state: RunState) -> str:
    """E.g. "12 turns, 34,567 tokens (20,480 cached), $0.12"; "" before the first answer."""
    if not state.model_turns:
        return ""
    turns = f"{state.model_turns:,} turn{'' if state.model_turns == 1 else 's'}"
    cached = f" ({state.cached:,} cached)" if state.cached else ""
    return ", ".join(part for part in (turns, f"{state.tokens:,} tokens{cached}", dollars(state)) if part)


def dollars(state: RunState) -> str:
    """E.g. "$0.12", "$0.12 and what has no known price"; "" where it costs nothing."""
    if state.unpriced:
        return f"{amount(state.cost)} and what has no known price" if state.cost else "cost unknown"
    return amount(state.cost) if state.cost else ""


def amount(cost: float) -> str:
    """Dollars, with as many digits as say something."""
    return f"${cost:,.2f}" if cost >= 0.1 else f"${cost:.4f}"
