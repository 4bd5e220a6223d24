import pytest

from genie_engineer.errors import UsageError
from genie_engineer.index.bounds import DEFAULT_MB, LEAST_MB, bounds, megabytes


def test_more_memory_allows_more() -> None:
    sizes = [bounds(mb) for mb in (LEAST_MB, 384, DEFAULT_MB, 4096)]
    assert [each.workers for each in sizes] == [0, 1, 2, 2]
    assert [each.vectors for each in sizes] == [False, True, True, True]


def test_too_little_is_refused() -> None:
    with pytest.raises(UsageError, match="300 MB"):
        bounds(LEAST_MB - 1)


@pytest.mark.parametrize(
    ("said", "mb"), [("512MB", 512), ("512", 512), ("1.5 gb", 1500), ("1GiB", 1073), (" 300 M ", 300)]
)
def test_sizes_are_read(said: str, mb: int) -> None:
    assert megabytes(said) == mb


@pytest.mark.parametrize("said", ["", "much", "-5MB", "5TB", "1e3", "512 MB!"])
def test_what_is_no_size_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="amount of memory"):
        megabytes(said)
