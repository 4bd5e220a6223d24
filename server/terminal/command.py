"""The command line's parser and its verbs."""


def run(arguments: list[str]) -> int:
    """Carries out `arguments` and returns the exit status."""
    raise NotImplementedError(arguments)
