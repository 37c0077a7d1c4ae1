"""Pure code of the Amazon channel: bytes and values in, values out."""
