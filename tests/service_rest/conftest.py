"""A running service for the tests of its REST interface."""

from hook_client import client

__all__ = ["client"]
