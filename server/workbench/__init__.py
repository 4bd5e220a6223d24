"""A private copy of the repository: patched, run in a sandbox, put back. The user's checkout is only read."""
