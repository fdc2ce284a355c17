"""One running service for the tests that need no settings of their own."""

from hook_client import client

__all__ = ["client"]
