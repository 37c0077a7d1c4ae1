"""Files as a channel: the one place that reads and writes a watched folder, without the ORM."""
