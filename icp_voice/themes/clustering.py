"""Find what buyers keep saying: group their lines into themes with stable ids.

The result depends on the lines, the sentence model and the settings only, never on the lines'
order; `previous` themes lend their ids and nothing else.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icp_voice.config import ThemesConfig
from icp_voice.embedding import SentenceEmbedder
from icp_voice.records import BuyerLine, Theme, ThemeMember
from icp_voice.themes.identity import Group, LineKey, name_groups
from icp_voice.themes.labels import label_themes
from icp_voice.themes.linkage import centre_by_language, cluster
from icp_voice.themes.stability import cluster_stability
from icp_voice.themes.words import content_words, introduces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

TextKey = tuple[str, str]  # language, text


def find_themes(
    lines: Sequence[BuyerLine],
    embedder: SentenceEmbedder,
    config: ThemesConfig,
    *,
    previous: Sequence[Theme] = (),
) -> tuple[Theme, ...]:
    """Group buyer lines into themes, the one heard in most deals first.

    Lines of fewer than `config.min_content_words` content words take no part, nor do those in
    which somebody introduces themselves. A theme must be
    heard in `config.min_deals` deals; of those, the `config.max_themes` heard most are returned.

    Args:
        lines: buyer lines in any order; repeats of a line count once a place.
        embedder: the sentence model.
        config: distance threshold and the least size of a theme.
        previous: the themes of the last run, whose ids live on where the theme does.
    """
    space = _embed(lines, embedder, config)
    if not space.texts:
        return ()
    labels = cluster(space.vectors, config.distance_threshold)
    drafts = [
        draft
        for number, rows in enumerate(_rows_by_label(labels))
        if (draft := _draft(number, rows, space)).n_deals >= config.min_deals
    ]
    drafts.sort(key=lambda d: (-d.n_deals, -d.n_calls, -len(d.members), d.group.medoid))
    drafts = drafts[: config.max_themes]
    stability, agreement = cluster_stability(space.vectors, labels, config.distance_threshold)
    ids = name_groups([d.group for d in drafts], _previous_groups(previous, space))
    names = label_themes([[space.texts[row] for row in d.rows] for d in drafts])
    log.info(
        "themes: %d lines in, %d with content, %d groups, %d themes, agreement %.2f",
        *(len(lines), len(space.places), int(labels.max()) + 1, len(drafts), agreement),
    )
    return tuple(
        Theme(
            theme_id=theme_id,
            label=name or d.group.medoid,
            medoid=d.group.medoid,
            members=d.members,
            n_calls=d.n_calls,
            n_deals=d.n_deals,
            stability=round(float(stability[d.number]), 3),
        )
        for d, theme_id, name in zip(drafts, ids, names, strict=True)
    )


@dataclass(frozen=True)
class _Space:
    """Distinct texts with their vectors, and the places where each was said.

    Attributes:
        texts: distinct (language, text), sorted.
        vectors: shape (len(texts), dimension), centred by language, unit rows.
        places: all lines by their text.
    """

    texts: tuple[TextKey, ...]
    vectors: "NDArray[np.float32]"
    lines: Mapping[TextKey, tuple[BuyerLine, ...]]

    @property
    def places(self) -> tuple[BuyerLine, ...]:
        """Every line that takes part."""
        return tuple(line for text in self.texts for line in self.lines[text])


@dataclass(frozen=True)
class _Draft:
    """A cluster on its way to a theme; `rows` are its texts' rows in the space."""

    number: int
    rows: tuple[int, ...]
    group: Group
    members: tuple[ThemeMember, ...]
    n_calls: int
    n_deals: int


def _embed(lines: Sequence[BuyerLine], embedder: SentenceEmbedder, config: ThemesConfig) -> _Space:
    by_text: dict[TextKey, set[BuyerLine]] = defaultdict(set)
    for line in lines:
        n_words = len(content_words(line.text, line.language))
        if n_words >= config.min_content_words and not introduces(line.text):
            by_text[line.language, line.text].add(line)
    texts = tuple(sorted(by_text))
    vectors = embedder.embed([text for _, text in texts])
    return _Space(
        texts,
        centre_by_language(vectors, [language for language, _ in texts]),
        {text: tuple(sorted(said, key=_place)) for text, said in by_text.items()},
    )


def _rows_by_label(labels: "NDArray[np.intp]") -> list[tuple[int, ...]]:
    """Return the rows of each cluster, clusters and rows in order."""
    rows: list[list[int]] = [[] for _ in range(int(labels.max()) + 1)]
    for row, label in enumerate(labels.tolist()):
        rows[label].append(row)
    return [tuple(own) for own in rows]


def _draft(number: int, rows: tuple[int, ...], space: _Space) -> _Draft:
    centroid = _centroid(space.vectors[list(rows)])
    near = [round(float(value), 4) for value in space.vectors[list(rows)] @ centroid]
    ranked = sorted(zip(rows, near, strict=True), key=lambda pair: (-pair[1], pair[0]))
    members = tuple(
        ThemeMember(line, similarity)
        for row, similarity in ranked
        for line in space.lines[space.texts[row]]
    )
    return _Draft(
        number=number,
        rows=tuple(row for row, _ in ranked),
        group=Group(
            centroid, frozenset(_key(m.line) for m in members), space.texts[ranked[0][0]][1]
        ),
        members=members,
        n_calls=len({m.line.call_id for m in members}),
        n_deals=len({m.line.deal_id for m in members if m.line.deal_id is not None}),
    )


def _previous_groups(previous: Sequence[Theme], space: _Space) -> dict[str, Group]:
    """Place the last run's themes in this run's space; those without a line left are gone."""
    import numpy as np

    row_of = {text: row for row, text in enumerate(space.texts)}
    groups = {}
    for theme in previous:
        texts = {(m.line.language, m.line.text) for m in theme.members}
        rows = sorted(row_of[text] for text in texts if text in row_of)
        keys = frozenset(_key(m.line) for m in theme.members)
        dimension = space.vectors.shape[1]
        centroid = _centroid(space.vectors[rows]) if rows else np.zeros(dimension, np.float32)
        groups[theme.theme_id] = Group(centroid, keys, theme.medoid)
    return groups


def _centroid(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    mean = vectors.mean(axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm > 1e-9 else mean, dtype=np.float32)


def _key(line: BuyerLine) -> LineKey:
    return line.call_id, line.turn, line.text


def _place(line: BuyerLine) -> tuple[str, int, float, str]:
    return line.call_id, line.turn, line.start_s, line.deal_id or ""
