"""Keep a theme's id while its lines come and go.

A theme of the last run hands its id on to the new theme that lies where it lay and holds what it
held. An id that nobody inherits is retired; a new theme's id is made of its medoid, so it can
come back only for a theme about the very same sentence.
"""

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

LineKey = tuple[str, int, str]  # call_id, turn, text

MIN_COSINE = 0.85
MIN_JACCARD = 0.5


@dataclass(frozen=True)
class Group:
    """A theme before it has a name.

    Attributes:
        centroid: shape (dimension,), unit length.
        lines: the lines it holds.
        medoid: the text nearest to the centroid.
    """

    centroid: "NDArray[np.float32]"
    lines: frozenset[LineKey]
    medoid: str


def name_groups(groups: Sequence[Group], previous: Mapping[str, Group]) -> tuple[str, ...]:
    """Return an id for each group, inherited where a previous theme lives on in it.

    Inheritance needs a cosine of the centroids of at least .85 and a Jaccard index of the lines
    of at least .5. Only lines that both runs grouped are compared, so that an archive that
    doubles does not end every theme. One theme hands its id on to one group: the assignment
    with the highest total similarity.

    Args:
        groups: the themes of this run.
        previous: theme_id -> theme of the last run, its centroid in the space of this run.
    """
    inherited = _assign(groups, previous)
    used = {*inherited.values(), *previous}
    ids: list[str] = []
    for index, group in enumerate(groups):
        if index not in inherited:
            inherited[index] = _new_id(group.medoid, used)
            used.add(inherited[index])
        ids.append(inherited[index])
    n_kept = sum(theme_id in previous for theme_id in ids)
    log.info(
        "themes: %d kept their id, %d new, %d ended",
        *(n_kept, len(ids) - n_kept, len(previous) - n_kept),
    )
    return tuple(ids)


def _assign(groups: Sequence[Group], previous: Mapping[str, Group]) -> dict[int, str]:
    """Return group index -> inherited id."""
    if not groups or not previous:
        return {}
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    old_ids = sorted(previous)
    known = frozenset().union(*(previous[i].lines for i in old_ids))
    current = frozenset().union(*(group.lines for group in groups))
    both = known & current
    old = [previous[theme_id].lines & both for theme_id in old_ids]
    new = [group.lines & both for group in groups]
    cosine = np.stack([group.centroid for group in groups]) @ np.stack(
        [previous[theme_id].centroid for theme_id in old_ids]
    ).T.astype(np.float64)
    jaccard = np.array([[_jaccard(mine, theirs) for theirs in old] for mine in new])
    fits = (cosine >= MIN_COSINE) & (jaccard >= MIN_JACCARD)
    rows, columns = linear_sum_assignment(np.where(fits, cosine + jaccard, 0.0), maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: old_ids[column] for row, column in pairs if fits[row, column]}


def _jaccard(one: frozenset[LineKey], other: frozenset[LineKey]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def _new_id(medoid: str, used: Collection[str]) -> str:
    """Return `t` and eight hex digits of the medoid's hash, the first that is not taken."""
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{medoid}\0{attempt}".encode()).hexdigest()
        theme_id = f"t{digest[:8]}"
        if theme_id not in used:
            return theme_id
        attempt += 1
