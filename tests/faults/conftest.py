"""One shop of real processes for all tests of this folder; each test gets a channel of its own in it."""

import pytest

from tests.shop import Shop, filled_database

UNITS = 2000


@pytest.fixture(scope="session")
def running_shop():
    with Shop(filled_database(UNITS)) as shop:
        yield shop


@pytest.fixture
def shop(running_shop):
    """A shop with an empty, live Amazon channel and all processes running."""
    running_shop.begin()
    return running_shop
