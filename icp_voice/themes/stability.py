"""Would the same themes come out of other calls? Cluster half-samples again and compare.

Source: Hennig (2007), "Cluster-wise assessment of cluster stability", Computational Statistics &
Data Analysis 52; subsets without replacement ("subset" scheme). Below .6 a cluster dissolves,
from .75 it is stable; `LOOSE_BELOW` lies between.
"""

from typing import TYPE_CHECKING

from icp_voice.themes.linkage import cluster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOSE_BELOW = 0.7
_REPETITIONS = 10
_SUBSET_SHARE = 0.632  # distinct rows of a bootstrap sample, 1 - 1/e
_MAX_SUBSET = 4_000
_SEED = 20260101


def cluster_stability(
    vectors: "NDArray[np.float32]", labels: "NDArray[np.intp]", distance_threshold: float
) -> tuple["NDArray[np.float64]", float]:
    """Return how well each cluster, and the clustering as a whole, is found again.

    Args:
        vectors: shape (n, dimension), unit rows.
        labels: shape (n,), cluster of each row, from 0.
        distance_threshold: the one `labels` were made with.

    Returns:
        The mean Jaccard index of each cluster with the most similar one of a subset's clustering,
        shape (n_clusters,), and the mean adjusted Rand index; both 1 where they agree, 1 where
        there is nothing to compare.
    """
    import numpy as np
    from sklearn.metrics import adjusted_rand_score

    n_clusters = int(labels.max()) + 1 if len(labels) else 0
    found: list[list[float]] = [[] for _ in range(n_clusters)]
    agreement = []
    random = np.random.default_rng(_SEED)
    size = min(_MAX_SUBSET, round(_SUBSET_SHARE * len(labels)))
    for _ in range(_REPETITIONS if size >= 2 else 0):
        rows = np.sort(random.choice(len(labels), size=size, replace=False))
        again = cluster(vectors[rows], distance_threshold)
        agreement.append(float(adjusted_rand_score(labels[rows], again)))
        for number, jaccard in _best_jaccard(labels[rows], again).items():
            found[number].append(jaccard)
    means = np.array([float(np.mean(values)) if values else 1.0 for values in found])
    return means, float(np.mean(agreement)) if agreement else 1.0


def _best_jaccard(labels: "NDArray[np.intp]", again: "NDArray[np.intp]") -> dict[int, float]:
    """Return of each cluster present its highest Jaccard index with a cluster of the rerun."""
    import numpy as np

    pairs, n_both = np.unique(np.stack([labels, again]), axis=1, return_counts=True)
    size, size_again = np.bincount(labels), np.bincount(again)
    best: dict[int, float] = {}
    for (number, other), both in zip(pairs.T.tolist(), n_both.tolist(), strict=True):
        jaccard = both / (int(size[number]) + int(size_again[other]) - both)
        best[number] = max(best.get(number, 0.0), jaccard)
    return best
