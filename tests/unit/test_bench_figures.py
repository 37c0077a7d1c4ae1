"""The arithmetic between measured seconds and the figures a benchmark stands or falls by."""

import pytest

from bench.figures import growth_exponent, ratio, table


def test_ratio_is_taken_within_each_round():
    # The machine was four times slower in the second round, for both: the ratio does not notice.
    assert ratio([10.0, 40.0, 12.0], [2.0, 8.0, 2.0]) == 5.0


def test_one_odd_round_does_not_decide():
    assert ratio([10.0, 10.0, 10.0], [2.0, 2.0, 50.0]) == 5.0


def test_rounds_must_match():
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize("power", [0.5, 1.0, 1.3, 2.0])
def test_exponent_is_the_power_of_the_growth(power):
    seconds = {size: 0.02 * size**power for size in (200, 800, 3200)}
    assert growth_exponent(seconds) == pytest.approx(power)


def test_exponent_of_a_fixed_cost_is_below_one():
    assert growth_exponent({size: 5 + 0.01 * size for size in (200, 800, 3200)}) < 1


def test_table_leans_names_left_and_figures_right():
    assert (
        table([("way", "n"), ("a longer one", "7"), ("b", "123")])
        == "way             n\na longer one    7\nb             123"
    )
