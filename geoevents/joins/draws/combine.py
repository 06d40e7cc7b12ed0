"""Combine the estimates of many draws, with their variances, into one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geoevents.errors import ArgumentError

__all__ = ["combine"]


def combine(estimates: Any, variances: Any) -> pd.DataFrame:
    """Combine the estimates of m draws by Rubin's rules.

    With Q the estimates and U their variances (squared standard errors): the estimate is the mean of Q; its variance
    is T = W + (1 + 1/m) B, with W the mean of U and B the variance of Q between the draws (divided by m - 1); the
    degrees of freedom are (m - 1) (1 + W / ((1 + 1/m) B))².

    Parameters
    ----------
    estimates, variances
        m numbers, or m rows of k numbers, one a coefficient; a DataFrame's columns name them.

    Returns
    -------
    pandas.DataFrame
        A row a coefficient: ``estimate``, ``se`` (its standard error, the root of T), ``within`` (W), ``between``
        (B), ``df`` (infinite where all draws agree) and ``missing`` (the share of T that the draws add).

    Raises
    ------
    ArgumentError
        When there are fewer than two draws, the shapes differ, or a variance is negative or not a number.

    Notes
    -----
    Source: D. B. Rubin, Multiple Imputation for Nonresponse in Surveys, Wiley 1987, chapter 3.

    Examples
    --------
    >>> import geoevents as ge
    >>> ge.combine([1.0, 2.0, 3.0], [0.5, 0.5, 0.5]).round(3).iloc[0].tolist()
    [2.0, 1.354, 0.5, 1.0, 3.781, 0.727]
    """
    names = list(estimates.columns) if isinstance(estimates, pd.DataFrame) else None
    try:
        q, u = (np.asarray(values, dtype=np.float64) for values in (estimates, variances))
    except (TypeError, ValueError):
        raise ArgumentError("Combine: expected numbers, a row a draw, got something else.") from None
    if q.shape != u.shape or q.ndim not in (1, 2) or len(q) < 2:
        raise ArgumentError(
            "Combine: expected estimates and variances of the same shape, of 2 draws or more, "
            f"got {q.shape} and {u.shape}."
        )
    if not (np.isfinite(q).all() and np.isfinite(u).all() and (u >= 0).all()):
        raise ArgumentError("Combine: expected finite estimates and variances of 0 or more, got others.")
    q, u = q.reshape(len(q), -1), u.reshape(len(u), -1)
    m = len(q)
    within, between = u.mean(axis=0), q.var(axis=0, ddof=1)
    added = (1 + 1 / m) * between
    total = within + added
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(added > 0, (m - 1) * (1 + within / added) ** 2, np.inf)
        missing = np.where(total > 0, added / total, 0.0)
    columns = {
        "estimate": q.mean(axis=0),
        "se": np.sqrt(total),
        "within": within,
        "between": between,
        "df": df,
        "missing": missing,
    }
    return pd.DataFrame(columns, index=names)
