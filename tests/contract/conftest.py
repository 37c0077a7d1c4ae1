"""The channel under test: its adapter over the real transport, and a stand-in of its own for each test module."""

import pytest
from channels import CHANNELS, running_sandbox


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as running:
        yield running


@pytest.fixture(params=CHANNELS.values(), ids=CHANNELS)
def channel(request, sandbox):
    sandbox.control(reset="empty")
    return request.param(sandbox)
