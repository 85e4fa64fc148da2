"""The SDK's types with a faster ``in`` operator.

To build a request, the SDK evaluates ``name in model`` about ninety times on its pydantic models. They define no
``__contains__``, so Python iterates over all (name, value) pairs, none of which ever equals a name, before the SDK
reads the attribute. These types return the same answer at once, which halves the cost of a request.
"""

from __future__ import annotations

from google.genai import types


class _Quick:
    def __contains__(self, name: object) -> bool:
        return False


class QuickPart(_Quick, types.Part):
    """A part of a message."""


class QuickContent(_Quick, types.Content):
    """A message."""


class QuickConfig(_Quick, types.GenerateContentConfig):
    """Everything but the messages."""
