"""What ends a hunt, as exceptions that pass through its method."""


class HuntOverError(Exception):
    """The hunt has ended. Methods need not catch it."""


class FellError(HuntOverError):
    """The model did what it should not: nothing more is asked."""


class SpentError(HuntOverError):
    """No query is left."""


class BrokenError(HuntOverError):
    """The model or a judge could not be asked: the hunt goes on when the run is resumed."""
