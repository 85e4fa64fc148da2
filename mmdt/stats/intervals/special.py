"""Distribution functions of scipy, imported when first called: declaring a metric must cost nothing at start-up."""

from __future__ import annotations

from typing import Any


def ndtri(p: Any) -> Any:
    """Quantile of the standard normal distribution."""
    from scipy import special

    return special.ndtri(p)


def ndtr(x: Any) -> Any:
    """Standard normal distribution function."""
    from scipy import special

    return special.ndtr(x)


def stdtrit(df: Any, p: Any) -> Any:
    """Quantile of Student's t with ``df`` degrees of freedom."""
    from scipy import special

    return special.stdtrit(df, p)


def stdtr(df: Any, x: Any) -> Any:
    """Distribution function of Student's t with ``df`` degrees of freedom."""
    from scipy import special

    return special.stdtr(df, x)


def bdtr(k: Any, n: Any, p: Any) -> Any:
    """Binomial distribution function: at most ``k`` of ``n``."""
    from scipy import special

    return special.bdtr(k, n, p)


def betaln(a: Any, b: Any) -> Any:
    """Logarithm of the beta function."""
    from scipy import special

    return special.betaln(a, b)


def betaincinv(a: Any, b: Any, p: Any) -> Any:
    """Quantile of the beta distribution."""
    from scipy import special

    return special.betaincinv(a, b, p)
