import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from icp_voice.themes.linkage import centre_by_language, cluster
from icp_voice.themes.stability import cluster_stability


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _planted(n_groups: int, per_group: int, noise: float) -> NDArray[np.float32]:
    random = np.random.default_rng(7)
    centres = np.eye(n_groups, 24)
    rows = np.repeat(centres, per_group, axis=0)
    return _unit(rows + noise * random.normal(size=rows.shape))


def test_planted_groups_are_found() -> None:
    """Rows around five directions come out as five clusters, numbered by first appearance."""
    labels = cluster(_planted(5, 8, 0.08), 0.6)
    assert labels.tolist() == [group for group in range(5) for _ in range(8)]


def test_a_large_archive_goes_through_micro_clusters() -> None:
    """Above the exact limit K-means comes first, and planted groups are still found."""
    labels = cluster(_planted(5, 40, 0.08), 0.6, max_exact=100)
    assert labels.tolist() == [group for group in range(5) for _ in range(40)]


def test_few_rows_and_rows_without_direction_are_kept_apart() -> None:
    """No rows, one row and rows of zeros are clusters of their own, not errors."""
    zeros = np.zeros((2, 3), dtype=np.float32)
    one = np.array([[1, 0, 0]], dtype=np.float32)
    assert cluster(zeros[:0], 0.7).tolist() == []
    assert cluster(one, 0.7).tolist() == [0]
    assert cluster(np.vstack([zeros, one, one]), 0.7).tolist() == [0, 1, 2, 2]


def test_centring_takes_the_language_out() -> None:
    """A shared offset of a language no longer makes its lines alike."""
    random = np.random.default_rng(3)
    topics = np.repeat(np.eye(2, 12), 60, axis=0)
    languages = ["en", "pl"] * 60
    offset = np.zeros((120, 12))
    offset[::2, 10], offset[1::2, 11] = 3, 3
    rows = _unit(topics + offset + 0.1 * random.normal(size=topics.shape))
    centred = centre_by_language(rows, languages)
    same_topic_other_language = float(centred[0] @ centred[1])
    other_topic_same_language = float(centred[0] @ centred[60])
    assert rows[0] @ rows[1] < rows[0] @ rows[60]
    assert same_topic_other_language > 0.7 > other_topic_same_language


def test_a_single_line_of_a_language_keeps_its_direction() -> None:
    """One Polish line among English ones is not wiped out by its own mean."""
    rows = _unit(np.eye(4))
    centred = centre_by_language(rows, ["en", "en", "en", "pl"])
    assert np.allclose(centred[3], rows[3], atol=1e-6)


@given(st.permutations(range(24)))
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_change_who_is_together(order: list[int]) -> None:
    """Shuffled rows give the same partition."""
    rows = _planted(4, 6, 0.15)
    plain, shuffled = cluster(rows, 0.7), cluster(rows[order], 0.7)
    together = plain[order][:, None] == plain[order][None, :]
    assert np.array_equal(together, shuffled[:, None] == shuffled[None, :])


def test_clear_groups_are_stable_and_noise_is_loose() -> None:
    """Planted groups come back in every half-sample; a cut through noise does not."""
    clear = _planted(4, 15, 0.05)
    per_cluster, agreement = cluster_stability(clear, cluster(clear, 0.6), 0.6)
    assert per_cluster.min() > 0.95
    assert agreement > 0.95
    noise = _unit(np.random.default_rng(5).normal(size=(120, 6)))
    per_cluster, agreement = cluster_stability(noise, cluster(noise, 0.6), 0.6)
    assert per_cluster.mean() < 0.7
    assert agreement < 0.7


def test_stability_of_nothing_is_nothing() -> None:
    """No rows and one row give no disagreement."""
    rows = np.zeros((0, 3), dtype=np.float32)
    per_cluster, agreement = cluster_stability(rows, np.zeros(0, dtype=np.intp), 0.7)
    assert per_cluster.tolist() == []
    assert agreement == 1.0
