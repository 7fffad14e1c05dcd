"""Records to rows of the store and back: the only place that knows both."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import TYPE_CHECKING, Any

from icp_voice.records import (
    BuyerLine,
    CallQuality,
    Deal,
    DroppedSegment,
    Extraction,
    Participant,
    SourceFile,
    Theme,
    ThemeMember,
    Transcript,
    Turn,
)
from icp_voice.results import Analysis
from icp_voice.store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUALITY_COLUMNS = (
    "speech_s",
    "transcribed_s",
    "coverage",
    "characters_per_minute",
    "mean_log_probability",
    "side_confidence",
    "grade",
)
CALL_COLUMNS = (
    "call_id",
    "sha256",
    "call",
    "path",
    "kind",
    "size_bytes",
    "duration_s",
    "channels",
    "languages",
    "model",
    "partial",
    *QUALITY_COLUMNS,
    "grade_reasons",
    "title",
    "started_at",
)
TURN_COLUMNS = (
    "turn",
    "speaker",
    "side",
    "side_confidence",
    "start_s",
    "end_s",
    "language",
    "text",
)
DROPPED_COLUMNS = ("channel", "start_s", "end_s", "text", "reason")
PARTICIPANT_COLUMNS = ("name", "side", "title", "email")
SIGNAL_COLUMNS = (
    "kind",
    "topic",
    "status",
    "side",
    "speaker",
    "quote",
    "turn",
    "start_s",
    "end_s",
    "language",
    "elicited",
    "confidence",
    "detector",
)
STAKEHOLDER_COLUMNS = ("role", "level", "presence", "function", "name", "quote", "start_s")
LINE_COLUMNS = ("turn", "start_s", "end_s", "language", "text")
DEAL_COLUMNS = (
    "deal_id",
    "outcome",
    "name",
    "account_id",
    "owner",
    "amount",
    "currency",
    "created_on",
    "closed_on",
    "first_call_on",
)
CALL_TABLES = (
    "calls",
    "turns",
    "dropped",
    "participants",
    "signals",
    "stakeholders",
    "buyer_lines",
    "matches",
    "match_candidates",
)


def delete_call(store: Store, call_id: str) -> None:
    """Remove a call and all that was read out of it."""
    for table in CALL_TABLES:
        store.execute(f"DELETE FROM {table} WHERE call_id = ?", [call_id])
    store.execute("DELETE FROM jobs WHERE input_key = ?", [call_id])


def save_transcript(store: Store, source: SourceFile, path: str, transcript: Transcript) -> None:
    """Replace a call's transcript; `path` is relative to the workspace."""
    call_id = transcript.call_id
    for table in ("calls", "turns", "dropped", "participants"):
        store.execute(f"DELETE FROM {table} WHERE call_id = ?", [call_id])
    quality = astuple(transcript.quality)
    row = (
        call_id,
        source.sha256,
        transcript.call,
        path,
        source.kind,
        source.size_bytes,
        transcript.duration_s,
        transcript.channels,
        list(transcript.languages),
        transcript.model,
        transcript.partial,
        *quality[:-1],
        list(quality[-1]),
        transcript.title,
        _without_zone(transcript.started_at),
    )
    store.insert("calls", CALL_COLUMNS, [row])
    _insert_of_call(store, "turns", call_id, TURN_COLUMNS, transcript.turns)
    _insert_of_call(store, "dropped", call_id, DROPPED_COLUMNS, transcript.dropped)
    people = [(call_id, i, *astuple(p)) for i, p in enumerate(transcript.participants)]
    store.insert("participants", ("call_id", "position", *PARTICIPANT_COLUMNS), people)


def load_transcripts(store: Store, call_ids: Sequence[str]) -> list[Transcript]:
    """Return the transcripts of the calls, in the order asked for."""
    ids = list(call_ids)
    columns = ", ".join(CALL_COLUMNS)
    calls = store.rows(f"SELECT {columns} FROM calls WHERE call_id IN (SELECT unnest(?))", [ids])
    turns = _by_call(store, "turns", TURN_COLUMNS, "turn", ids)
    dropped = _by_call(store, "dropped", DROPPED_COLUMNS, "channel, start_s", ids)
    people = _by_call(store, "participants", PARTICIPANT_COLUMNS, "position", ids)
    found = {}
    for row in calls:
        call = dict(zip(CALL_COLUMNS, row, strict=True))
        call_id = call["call_id"]
        quality = {c: call[c] for c in QUALITY_COLUMNS}
        found[call_id] = Transcript(
            call_id=call_id,
            call=call["call"],
            duration_s=call["duration_s"],
            channels=call["channels"],
            languages=tuple(call["languages"]),
            model=call["model"],
            quality=CallQuality(**quality, reasons=tuple(call["grade_reasons"])),
            turns=tuple(Turn(*t) for t in turns.get(call_id, ())),
            participants=tuple(Participant(*p) for p in people.get(call_id, ())),
            dropped=tuple(DroppedSegment(*d) for d in dropped.get(call_id, ())),
            partial=call["partial"],
            title=call["title"],
            started_at=call["started_at"],
        )
    return [found[call_id] for call_id in ids if call_id in found]


def save_extraction(store: Store, extraction: Extraction, lines: Sequence[BuyerLine]) -> None:
    """Replace all that was read out of a call."""
    call_id = extraction.call_id
    for table in ("signals", "stakeholders", "buyer_lines"):
        store.execute(f"DELETE FROM {table} WHERE call_id = ?", [call_id])
    signals = [(call_id, i, *astuple(s)) for i, s in enumerate(extraction.signals)]
    store.insert("signals", ("call_id", "signal", *SIGNAL_COLUMNS), signals)
    people = [(call_id, i, *astuple(s)) for i, s in enumerate(extraction.stakeholders)]
    store.insert("stakeholders", ("call_id", "stakeholder", *STAKEHOLDER_COLUMNS), people)
    said = [
        (call_id, i, line.turn, line.start_s, line.end_s, line.language, line.text)
        for i, line in enumerate(lines)
    ]
    store.insert("buyer_lines", ("call_id", "line", *LINE_COLUMNS), said)


def load_buyer_lines(store: Store) -> list[BuyerLine]:
    """Return the buyer sentences of the calls that count with their deals, in a fixed order."""
    found = store.rows(
        "SELECT l.call_id, m.deal_id, l.turn, l.start_s, l.end_s, l.language, l.text "
        "FROM buyer_lines AS l JOIN evidence_calls USING (call_id) LEFT JOIN call_deals AS m "
        "USING (call_id) ORDER BY l.call_id, l.line"
    )
    return [BuyerLine(*row) for row in found]


def replace_deals(store: Store, deals: Sequence[Deal]) -> None:
    """Make the store's deals those of the CRM file."""
    store.execute("DELETE FROM deals")
    store.execute("DELETE FROM deal_attributes")
    rows = [[getattr(deal, column) for column in DEAL_COLUMNS] for deal in deals]
    store.insert("deals", DEAL_COLUMNS, rows)
    attributes = [
        (deal.deal_id, name, value) for deal in deals for name, value in deal.attributes.items()
    ]
    store.insert("deal_attributes", ("deal_id", "attribute", "value"), attributes)


def load_deals(store: Store) -> tuple[Deal, ...]:
    """Return the deals by id."""
    attributes: dict[str, dict[str, str | None]] = {}
    for deal_id, name, value in store.rows(
        "SELECT deal_id, attribute, value FROM deal_attributes ORDER BY deal_id, attribute"
    ):
        attributes.setdefault(deal_id, {})[name] = value
    columns = ", ".join(DEAL_COLUMNS)
    return tuple(
        Deal(**dict(zip(DEAL_COLUMNS, row, strict=True)), attributes=attributes.get(row[0], {}))
        for row in store.rows(f"SELECT {columns} FROM deals ORDER BY deal_id")
    )


def save_evidence_settings(store: Store, *, include_poor: bool) -> None:
    """Say whether poor calls count as evidence from now on."""
    store.execute("DELETE FROM evidence_settings")
    store.insert("evidence_settings", ("include_poor",), [(include_poor,)])


def save_themes(store: Store, themes: Sequence[Theme]) -> None:
    """Make the store's themes these."""
    store.execute("DELETE FROM themes")
    store.execute("DELETE FROM theme_members")
    columns = ("theme_id", "label", "medoid", "n_calls", "n_deals", "stability")
    store.insert("themes", columns, [[getattr(t, c) for c in columns] for t in themes])
    members = [
        (t.theme_id, m.line.call_id, *(getattr(m.line, c) for c in LINE_COLUMNS), m.similarity)
        for t in themes
        for m in t.members
    ]
    store.insert("theme_members", ("theme_id", "call_id", *LINE_COLUMNS, "similarity"), members)


def load_themes(store: Store) -> tuple[Theme, ...]:
    """Return the themes, largest first."""
    members: dict[str, list[ThemeMember]] = {}
    for theme_id, call_id, deal_id, turn, start_s, end_s, language, text, near in store.rows(
        "SELECT t.theme_id, t.call_id, m.deal_id, t.turn, t.start_s, t.end_s, t.language, t.text, "
        "t.similarity FROM theme_members AS t LEFT JOIN call_deals AS m USING (call_id) "
        "ORDER BY t.theme_id, t.similarity DESC, t.call_id, t.turn, t.text"
    ):
        line = BuyerLine(call_id, deal_id, turn, start_s, end_s, language, text)
        members.setdefault(theme_id, []).append(ThemeMember(line, near))
    return tuple(
        Theme(theme_id, label, medoid, tuple(members.get(theme_id, ())), calls, deals, stability)
        for theme_id, label, medoid, calls, deals, stability in store.rows(
            "SELECT theme_id, label, medoid, n_calls, n_deals, stability FROM themes "
            "ORDER BY n_deals DESC, n_calls DESC, theme_id"
        )
    )


def save_results(store: Store, analysis: Analysis) -> None:
    """Write the latest findings, criteria and scores as tables."""
    for table in ("findings", "icp_criteria", "scores"):
        store.execute(f"DELETE FROM {table}")
    simple = (
        *("trait", "register", "present_won", "present_lost", "absent_won", "absent_lost"),
        *("unknown", "p_value", "p_stratified", "q_value", "p_max_t", "odds_ratio"),
        *("odds_ratio_shrunken", "stability", "verdict"),
    )
    findings = [
        (
            *(getattr(f, column) for column in simple),
            f.interval_90.low if f.interval_90 else None,
            f.interval_90.high if f.interval_90 else None,
            list(f.reasons),
        )
        for f in analysis.measurement.findings
    ]
    store.insert("findings", (*simple, "interval_90_low", "interval_90_high", "reasons"), findings)
    criteria = [
        (i, c.trait, c.kind, c.statement, c.points, list(c.folded_traits), list(c.caveats))
        for i, c in enumerate(analysis.profile.criteria, start=1)
    ]
    columns = ("position", "trait", "kind", "statement", "points", "folded_traits", "caveats")
    store.insert("icp_criteria", columns, criteria)
    scores = [
        (s.deal_id, s.score, s.low, s.high, s.tier, s.n_unknown, list(s.excluded_by))
        for s in analysis.scores
    ]
    columns = ("deal_id", "score", "low", "high", "tier", "n_unknown", "excluded_by")
    store.insert("scores", columns, scores)


class StoredEmbeddings:
    """The store's cache of sentence embeddings of one model; each text is embedded once."""

    def __init__(self, store: Store, model: str) -> None:
        """Cache the vectors of `model`, a name that changes when its weights do."""
        self._store = store
        self._model = model

    def get_many(self, texts: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """Return text -> vector of shape (dim,) for the texts already embedded."""
        import numpy as np

        by_key = {_text_key(text): text for text in texts}
        found = self._store.rows(
            "SELECT text_sha256, vector FROM embeddings "
            "WHERE model = ? AND text_sha256 IN (SELECT unnest(?))",
            [self._model, list(by_key)],
        )
        return {by_key[key]: np.asarray(vector, dtype=np.float32) for key, vector in found}

    def put_many(self, vectors: Mapping[str, "NDArray[np.float32]"]) -> None:
        """Keep the vectors of texts that were not cached yet."""
        rows = [(self._model, _text_key(t), v.tolist()) for t, v in sorted(vectors.items())]
        self._store.insert("embeddings", ("model", "text_sha256", "vector"), rows)


def _without_zone(moment: datetime | None) -> datetime | None:
    """Return the wall clock of a moment: the day of a call is the day its people had."""
    return None if moment is None else moment.replace(tzinfo=None)


def _text_key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _insert_of_call(
    store: Store, table: str, call_id: str, columns: Sequence[str], records: Sequence[Any]
) -> None:
    rows = [(call_id, *astuple(record)) for record in records]
    store.insert(table, ("call_id", *columns), rows)


def _by_call(
    store: Store, table: str, columns: Sequence[str], order: str, call_ids: list[str]
) -> dict[str, list[tuple[Any, ...]]]:
    names = ", ".join(columns)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for call_id, *row in store.rows(
        f"SELECT call_id, {names} FROM {table} WHERE call_id IN (SELECT unnest(?)) "
        f"ORDER BY call_id, {order}",
        [call_ids],
    ):
        found.setdefault(call_id, []).append(tuple(row))
    return found
