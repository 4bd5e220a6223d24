"""Genie: an AI software-engineering colleague. ARCHITECTURE.md draws the rooms."""

__version__ = "0.1.0"
