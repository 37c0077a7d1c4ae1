"""eBay's APIs over the one transport, without the ORM."""
