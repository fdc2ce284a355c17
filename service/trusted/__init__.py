"""Whom the service trusts, as its settings say: addresses, clients and their public keys."""
