"""What a channel should show."""

import pytest
from odoo.addons.oms_core.lib.availability import offered


@pytest.mark.parametrize(
    ("free", "buffer", "shown"),
    [
        (7.0, 0, 7),
        (7.0, 2, 5),
        (1.0, 2, 0),
        (-4.0, 0, 0),
        (2.9999999, 0, 3),
        (2.5, 0, 2),
        (float("nan"), 0, 0),
        (float("inf"), 0, 0),
    ],
)
def test_free_less_buffer_never_below_zero(free, buffer, shown):
    assert offered(free, buffer) == shown
