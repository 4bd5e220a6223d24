"""Finds out how a repository's tests are run, from the files that are there, and says why it thinks so."""

from .find import TestsFound, find_tests

__all__ = ["TestsFound", "find_tests"]
