"""Pure code: values in, values out. No Odoo, no HTTP, no clock, no randomness."""
