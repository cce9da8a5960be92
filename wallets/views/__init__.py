"""Addresses for wallets, and the pages on which their owners let them in."""
