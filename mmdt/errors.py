"""Errors a user can act on: each says what is wrong, where, and what to do."""

from __future__ import annotations

from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible


class MmdtError(Exception):
    """A problem the user can fix.

    The message is one line, ``what (where): hint``. The three parts are also attributes, so that the command line can
    lay them out. Keys are replaced in them, and control characters shown: they may quote a provider or a file.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        what, where, hint = (visible(redact(str(part))) for part in (what, where, hint))
        self.what = what
        self.where = where
        self.hint = hint
        text = f"{what} ({where})" if where else what
        super().__init__(" ".join(f"{text}: {hint}".split()) if hint else " ".join(text.split()))


class UsageError(MmdtError):
    """The command, one of its options or one of its settings is invalid."""


class DataError(MmdtError):
    """A row, a file or an image of the data is invalid."""


class StoreError(MmdtError):
    """The run folder cannot be read or written."""


class EndpointError(MmdtError):
    """A model cannot be asked: its key, its address or its name is wrong."""


class MissingExtraError(MmdtError):
    """A library that an optional part of mmdt needs is not installed."""

    def __init__(self, feature: str, extra: str, cause: ImportError) -> None:
        super().__init__(
            f"{feature} needs a library that is not installed",
            where=str(cause),
            hint=f"pip install 'mmdt[{extra}]'",
        )
