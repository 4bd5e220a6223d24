"""The offline engine: an honest engineer of small means, who needs no language model."""

from .engine import OfflineModel
from .turns import Budget

__all__ = ["Budget", "OfflineModel"]
