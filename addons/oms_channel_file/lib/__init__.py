"""Pure code of the file channel: bytes and values in, values out."""
