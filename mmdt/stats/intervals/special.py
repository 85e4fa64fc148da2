"""Distribution functions of scipy, imported when first called: declaring a metric must cost nothing at start-up."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _special() -> Any:
    """An import statement looks its module up each time, which costs more than most of these functions."""
    from scipy import special

    return special


def ndtri(p: Any) -> Any:
    """Quantile of the standard normal distribution."""
    return _special().ndtri(p)


def ndtr(x: Any) -> Any:
    """Standard normal distribution function."""
    return _special().ndtr(x)


def stdtrit(df: Any, p: Any) -> Any:
    """Quantile of Student's t with ``df`` degrees of freedom."""
    return _special().stdtrit(df, p)


def stdtr(df: Any, x: Any) -> Any:
    """Distribution function of Student's t with ``df`` degrees of freedom."""
    return _special().stdtr(df, x)


def bdtr(k: Any, n: Any, p: Any) -> Any:
    """Binomial distribution function: at most ``k`` of ``n``."""
    return _special().bdtr(k, n, p)


def betaln(a: Any, b: Any) -> Any:
    """Logarithm of the beta function."""
    return _special().betaln(a, b)


def betaincinv(a: Any, b: Any, p: Any) -> Any:
    """Quantile of the beta distribution."""
    return _special().betaincinv(a, b, p)
