"""The REST interface of Magento 2 over the one transport, without the ORM."""
