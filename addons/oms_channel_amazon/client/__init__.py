"""The Selling Partner API over the one transport, without the ORM."""
