"""Group unit vectors whose directions agree: average-linkage agglomerative clustering by cosine.

Chosen over K-means because nobody knows the number of themes, and over UMAP with HDBSCAN because
its reruns differ and most short utterances become outliers.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Average linkage needs all pairwise distances: 8 bytes x n^2 / 2, 1.6 GB at this size.
MAX_EXACT = 20_000
MICRO_CLUSTERS = 2_000
_SEED = 20260101
# A language of few lines has no mean worth the name; this many lines halve its correction.
_MEAN_PRIOR_LINES = 10


def centre_by_language(
    vectors: "NDArray[np.float32]", languages: Sequence[str]
) -> "NDArray[np.float32]":
    """Subtract from each vector the mean of its language, and make the rest unit length.

    Multilingual models leave a language's signature in each vector; without it a theme gathers
    what is said, not the language it is said in. The mean of n lines is shrunk by n / (n + 10).

    Args:
        vectors: shape (n, dimension), unit rows.
        languages: code of each row, length n.

    Returns:
        Shape (n, dimension), float32, unit rows (zeros stay zeros).
    """
    import numpy as np

    centred = np.array(vectors, dtype=np.float64)
    codes = np.asarray(languages)
    for code in sorted(set(languages)):
        own = codes == code
        n_lines = int(own.sum())
        centred[own] -= centred[own].mean(axis=0) * n_lines / (n_lines + _MEAN_PRIOR_LINES)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(norms > 1e-9, norms, 1.0), dtype=np.float32)


def cluster(
    vectors: "NDArray[np.float32]", distance_threshold: float, *, max_exact: int = MAX_EXACT
) -> "NDArray[np.intp]":
    """Return the cluster number of each row, numbered by first appearance.

    Args:
        vectors: shape (n, dimension), unit rows.
        distance_threshold: cosine distance above which two clusters are not merged, in (0, 2).
        max_exact: above this many rows, K-means micro-clusters are clustered in their place.

    Returns:
        Shape (n,), integers from 0.
    """
    import numpy as np

    n_rows = len(vectors)
    if n_rows < 2:
        return np.zeros(n_rows, dtype=np.intp)
    if n_rows <= max_exact:
        return _by_appearance(_average_linkage(vectors, distance_threshold))
    from sklearn.cluster import MiniBatchKMeans

    k_means = MiniBatchKMeans(
        min(MICRO_CLUSTERS, n_rows // 2), random_state=_SEED, n_init=1, batch_size=4096
    )
    micro = k_means.fit_predict(vectors)
    centres = k_means.cluster_centers_
    norms = np.linalg.norm(centres, axis=1, keepdims=True)
    merged = _average_linkage(centres / np.where(norms > 1e-9, norms, 1.0), distance_threshold)
    return _by_appearance(merged[micro])


def _average_linkage(
    vectors: "NDArray[np.float32]", distance_threshold: float
) -> "NDArray[np.intp]":
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None,
        metric="cosine",
        linkage="average",
        distance_threshold=distance_threshold,
    )
    # A row of zeros has no direction, and the cosine distance refuses it: it stays alone.
    labels = np.arange(len(vectors), dtype=np.intp)
    has_direction = np.linalg.norm(vectors, axis=1) > 0
    if has_direction.sum() > 1:
        labels[has_direction] = len(vectors) + model.fit_predict(vectors[has_direction])
    return labels


def _by_appearance(labels: "NDArray[np.intp]") -> "NDArray[np.intp]":
    import numpy as np

    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]
