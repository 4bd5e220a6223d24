"""What is said of whole runs: handed on, and deleted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunGoing:
    """genie/beforeDeleting (RunRef): what genie/deleteRun (RunRef → Nothing) would remove, in words.

    `title` is its task's.
    """

    title: str
    told: str


@dataclass(frozen=True)
class ExportRun:
    """genie/exportRun → Exported: to the absolute `path`, one file where it ends with .zip, else a folder.

    A file that is there is replaced.
    """

    run: str
    path: str


@dataclass(frozen=True)
class Exported:
    """Where it was written, and how often a secret was struck out of it."""

    uri: str
    struck: int
