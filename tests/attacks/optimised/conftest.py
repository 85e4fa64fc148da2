"""The networks of these tests run in one thread."""

from tests.attacks.one_thread import one_thread

__all__ = ["one_thread"]
