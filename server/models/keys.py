"""Keys for models: the environment's, and those that an editor hands over for as long as this process lives.

The latter are held in memory alone: they are written nowhere, and no process that we start inherits them.
"""

import os

_lent: dict[str, str] = {}


def lend(variable: str, key: str) -> None:
    """From now on `key` stands for what the environment has in `variable`; "" takes it back."""
    if key:
        _lent[variable] = key
    else:
        _lent.pop(variable, None)


def key_in(variable: str) -> str:
    """The key that goes by the name of `variable`, "" for none."""
    return (_lent.get(variable) or os.environ.get(variable, "")).strip()
