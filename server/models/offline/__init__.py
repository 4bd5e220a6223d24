"""The offline engine: an honest engineer of small means, who needs no language model."""

from .engine import Offline
from .state import Budget

__all__ = ["Budget", "Offline"]
