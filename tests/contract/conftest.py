"""The channel under test: its adapter over the real transport, and a stand-in of its own for each test module."""

import pytest
from channels import CHANNELS, running_sandbox
from odoo.addons.oms_core.lib.channel import Capability


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*what): capabilities, or words that are not among a channel's `cannot`")


def pytest_collection_modifyitems(config, items):
    """Leave out promises about what a channel has not: a channel without logins has none that ends."""
    without = [item for item in items if _lacks(item)]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


def _lacks(item):
    channel = getattr(item, "callspec", None) and item.callspec.params.get("channel")
    if channel is None:
        return False
    wanted = {need for mark in item.iter_markers("needs") for need in mark.args}
    capabilities = {need for need in wanted if isinstance(need, Capability)}
    if wanted & getattr(channel, "cannot", frozenset()):
        return True
    return bool(capabilities) and not capabilities <= channel.adapter_class.capabilities


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as running:
        yield running


@pytest.fixture(params=CHANNELS.values(), ids=CHANNELS)
def channel(request, sandbox):
    sandbox.control(reset="empty")
    channel = request.param(sandbox)
    if channel.can("take_long"):
        channel.take_long(0)  # each decides at once, until a test lets it take its time
    return channel
