"""Matches of calls to deals, and people's decisions on them, as rows of the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from icp_voice.records import CallMatch, MatchCandidate, MatchReason, Participant
from icp_voice.store import Store
from icp_voice.tables import PARTICIPANT_COLUMNS

Choice = Literal["deal", "no_deal", "undo"]

MATCH_COLUMNS = (
    *("call_id", "deal_id", "called_on", "reason", "detail", "confidence", "started_at"),
)


@dataclass(frozen=True)
class CallDeal:
    """One call with the deal it counts for, as people judge it.

    Attributes:
        deal_name: as the CRM has it; None where there is no deal or it has no name.
        waits: somebody should look at it: no deal or several, or a weak reason.
    """

    call_id: str
    path: str
    deal_id: str | None
    deal_name: str | None
    called_on: date | None
    started_at: datetime | None
    reason: MatchReason
    detail: str
    confidence: float
    waits: bool
    candidates: tuple[MatchCandidate, ...]


@dataclass(frozen=True)
class StoredCall:
    """What the store knows of a call that was read: where it lay, and what it tells of itself."""

    call_id: str
    path: str
    title: str | None
    started_at: datetime | None
    participants: tuple[Participant, ...]


def load_stored_calls(store: Store) -> tuple[StoredCall, ...]:
    """Return the calls that were read, by id."""
    people: dict[str, list[Participant]] = {}
    columns = ", ".join(PARTICIPANT_COLUMNS)
    for call_id, *row in store.rows(
        f"SELECT call_id, {columns} FROM participants ORDER BY call_id, position"
    ):
        people.setdefault(call_id, []).append(Participant(*row))
    return tuple(
        StoredCall(call_id, path, title, started_at, tuple(people.get(call_id, ())))
        for call_id, path, title, started_at in store.rows(
            "SELECT call_id, path, title, started_at FROM calls ORDER BY call_id"
        )
    )


def replace_matches(store: Store, matches: Iterable[CallMatch], paths: Mapping[str, str]) -> None:
    """Make the store's matches these; decisions are kept apart and stay.

    Args:
        store: of the workspace.
        matches: one a call.
        paths: call_id -> where its file lies, relative to the workspace.
    """
    matches = tuple(matches)
    store.execute("DELETE FROM matches")
    store.execute("DELETE FROM match_candidates")
    rows = [
        (*(getattr(match, column) for column in MATCH_COLUMNS), paths[match.call_id])
        for match in matches
    ]
    store.insert("matches", (*MATCH_COLUMNS, "path"), rows)
    candidates = [
        (match.call_id, position, candidate.deal_id, candidate.why)
        for match in matches
        for position, candidate in enumerate(match.candidates)
    ]
    store.insert("match_candidates", ("call_id", "position", "deal_id", "why"), candidates)


def load_call_deals(store: Store) -> tuple[CallDeal, ...]:
    """Return every known call with its deal, those that wait first, then by day and path."""
    candidates = load_candidates(store)
    found = store.rows(
        "SELECT m.call_id, m.path, m.deal_id, d.name, m.called_on, m.started_at, m.reason, "
        "m.detail, m.confidence, m.waits FROM call_deals AS m LEFT JOIN deals AS d USING (deal_id) "
        "ORDER BY NOT m.waits, m.called_on NULLS LAST, m.started_at NULLS LAST, m.path, m.call_id"
    )
    return tuple(CallDeal(*(*row, candidates.get(row[0], ()))) for row in found)


def load_unmatched(store: Store) -> tuple[CallMatch, ...]:
    """Return the analysed calls whose deal can't be told, but for those a person set aside."""
    candidates = load_candidates(store)
    found = store.rows(
        "SELECT m.call_id, NULL, m.called_on, m.reason, m.detail, m.confidence, m.started_at "
        "FROM call_deals AS m JOIN calls AS c USING (call_id) "
        "WHERE m.deal_id IS NULL AND m.waits ORDER BY c.call, m.call_id"
    )
    return tuple(CallMatch(*(*row, candidates.get(row[0], ()))) for row in found)


def load_candidates(store: Store) -> dict[str, tuple[MatchCandidate, ...]]:
    """Return call_id -> the deals it may belong to, likeliest first."""
    found: dict[str, list[MatchCandidate]] = {}
    for call_id, deal_id, why in store.rows(
        "SELECT call_id, deal_id, why FROM match_candidates ORDER BY call_id, position"
    ):
        found.setdefault(call_id, []).append(MatchCandidate(deal_id, why))
    return {call_id: tuple(candidates) for call_id, candidates in found.items()}


def load_deal_names(store: Store) -> dict[str, str | None]:
    """Return deal_id -> the deal's name."""
    return dict(store.rows("SELECT deal_id, name FROM deals ORDER BY deal_id"))


def save_decision(
    store: Store, call_id: str, choice: Choice, deal_id: str | None, *, decided_at: datetime
) -> None:
    """Add a decision; the earlier ones of the call stay as its history."""
    number = store.rows("SELECT coalesce(max(decision), 0) + 1 FROM match_decisions")[0][0]
    columns: Sequence[str] = ("decision", "call_id", "choice", "deal_id", "decided_at")
    store.insert("match_decisions", columns, [(number, call_id, choice, deal_id, decided_at)])
