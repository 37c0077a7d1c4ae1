"""Magento's own words and numbers, as data. Every table names its source; all were seen on 2026-11-26."""

USER_AGENT = "OMS/1.0 (Language=Python)"
(REST,) = FAMILIES = ("rest",)
SECRETS = CONSUMER_SECRET, ACCESS_TOKEN, ACCESS_TOKEN_SECRET = (
    "magento_consumer_secret",
    "magento_access_token",
    "magento_access_token_secret",
)
