"""Pure code of the eBay channel: bytes and values in, values out."""
