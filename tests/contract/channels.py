"""The channels that have a stand-in, each behind the same few verbs, for the promises every channel keeps.

A new channel adds a file with one class, such as ``amazon_channel.py``, and its name to ``CHANNELS``; the tests stay as
they are.
"""

import contextlib
import tempfile
from types import SimpleNamespace

import msgspec
from amazon_channel import AmazonChannel
from ebay_channel import EbayChannel
from file_channel import FileChannel
from magento_channel import MagentoChannel
from moments import LONG_AGO, utc_now
from openmage_channel import OpenMageChannel, OpenMageWsiChannel

from tests.sandbox_process import start_sandbox
from tests.stand_ins.amazon import AmazonStandIn

__all__ = ["CHANNELS", "LONG_AGO", "AmazonChannel", "running_sandbox", "short_limits", "unlimited", "utc_now"]


@contextlib.contextmanager
def running_sandbox():
    """Run the stand-ins for as long as the block takes; give their side door."""
    with tempfile.TemporaryDirectory() as folder:
        process, facts = start_sandbox(folder, "--max-seconds", "900")
        try:
            yield AmazonStandIn(SimpleNamespace(url=facts["url"]))
        finally:
            process.terminate()
            process.wait(10)


CHANNELS = {
    channel.name: channel
    for channel in (AmazonChannel, EbayChannel, FileChannel, MagentoChannel, OpenMageChannel, OpenMageWsiChannel)
}


def short_limits(adapter_class, seconds):
    """Return the limits of a channel with little patience."""
    limits = adapter_class.limits
    return msgspec.structs.replace(limits, connect_seconds=seconds, read_seconds=seconds, total_seconds=seconds)


def unlimited(adapter_class):
    """Return the limits of a channel without its rates, for tests that must not wait for them."""
    return msgspec.structs.replace(adapter_class.limits, rates={})
