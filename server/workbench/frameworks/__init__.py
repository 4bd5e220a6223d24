"""Test frameworks: how each is recognised in a command, asked for results per test, narrowed, and read.

A report may have been written by the tests themselves: what is read is bounded and nothing of it is believed
further than that. All that reads is pure; `../testing.py` runs.
"""
