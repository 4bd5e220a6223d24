"""bytes2human at the powers of 1024, where the unit changes. Written for Genie's `make try`."""

import pytest
from boltons.strutils import bytes2human


@pytest.mark.parametrize(
    ("size", "shown"), [(1024, "1K"), (1024**2, "1M"), (1024**3, "1G"), (1024**4, "1T"), (-1024, "-1K")]
)
def test_an_exact_power_is_shown_in_its_own_unit(size, shown):
    assert bytes2human(size) == shown


@pytest.mark.parametrize(("size", "shown"), [(0, "0.0B"), (1023, "1023.0B"), (1023.5, "1023.5B")])
def test_below_a_power_the_smaller_unit_stays(size, shown):
    assert bytes2human(size, ndigits=1) == shown


@pytest.mark.parametrize(("size", "shown"), [(1536, "1.5K"), (2048, "2.0K"), (-3 * 1024**2, "-3.0M")])
def test_between_two_powers_the_unit_is_the_lower_power(size, shown):
    assert bytes2human(size, ndigits=1) == shown
