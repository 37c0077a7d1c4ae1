"""Pure code of the Magento channels: bytes and values in, values out."""
