"""The traits together: what each adds when the others are in the model.

`LogisticRegression(C=0.5625)` on 0/1 traits is the prior N(0, .75^2) on each log odds ratio: as
if four imaginary wins and four imaginary losses were added to each trait.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Int8Array = NDArray[np.int8]
FloatArray = NDArray[np.float64]

PRIOR_VARIANCE = 0.5625


def joint_log_odds(
    values: Int8Array, won: NDArray[np.bool_], strata: NDArray[np.integer]
) -> FloatArray:
    """Return the shrunken joint log odds ratio of each trait, float64 (n_traits,).

    Args:
        values: int8 (n_deals, n_traits); an unknown counts as the share of deals with the trait.
        won: bool (n_deals,); both outcomes must occur.
        strata: int (n_deals,); each stratum has its own shrunken intercept.
    """
    from sklearn.linear_model import LogisticRegression

    known = values >= 0
    share = (values == 1).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, (values == 1).astype(np.float64), share)
    dummies = (strata[:, None] == np.unique(strata)[None, :]).astype(np.float64)
    model = LogisticRegression(C=PRIOR_VARIANCE, tol=1e-8, max_iter=2000)
    model.fit(np.hstack([filled, dummies[:, 1:]]), won.astype(np.int64))
    return np.asarray(model.coef_[0, : values.shape[1]], dtype=np.float64)


def correlation(values: Int8Array, columns: Sequence[int]) -> FloatArray:
    """Return phi of every two traits over the deals in which both are known.

    Args:
        values: int8 (n_deals, n_traits).
        columns: which traits, k of them.

    Returns:
        float64 (k, k); 0 where one of the two does not vary.
    """
    block = values[:, list(columns)]
    known = (block >= 0).astype(np.float64)
    present = (block == 1).astype(np.float64)
    n = known.T @ known
    both, first = present.T @ present, present.T @ known
    second = first.T
    variance = first * (n - first) * second * (n - second)
    out = np.zeros(n.shape)
    np.divide(n * both - first * second, np.sqrt(variance), out=out, where=variance > 0)
    return out
