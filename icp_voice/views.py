"""Questions to the joined tables of the store: calls by deal, quotes by trait, deals by signal."""

from dataclasses import fields

from icp_voice.records import CallSummary, DealSignals, Quote, Signal, Stakeholder
from icp_voice.store import Store
from icp_voice.tables import SIGNAL_COLUMNS, STAKEHOLDER_COLUMNS

QUOTE_COLUMNS = "call_id, call, deal_id, speaker, quote, start_s, end_s, outcome"


def load_call_summaries(store: Store) -> tuple[CallSummary, ...]:
    """Return every analysed call with its deal, by deal and number."""
    found = store.rows(
        "SELECT c.call_id, c.call, c.kind, n.deal_id, m.called_on, n.call_number, c.duration_s, "
        "c.languages, c.model, c.grade, coalesce(m.detail, ''), "
        "(SELECT count(*) FROM signals AS s WHERE s.call_id = c.call_id AND s.side = 'buyer' "
        "AND s.status = 'asserted'), coalesce(m.waits, false), c.grade_reasons, "
        "c.call_id NOT IN (SELECT call_id FROM evidence_calls) FROM calls AS c "
        "LEFT JOIN call_deals AS m USING (call_id) LEFT JOIN numbered_calls AS n USING (call_id) "
        "ORDER BY n.deal_id NULLS LAST, n.position, c.call, c.call_id"
    )
    columns = [f.name for f in fields(CallSummary)]
    summaries = (dict(zip(columns, row, strict=True)) for row in found)
    lists = ("languages", "grade_reasons")
    return tuple(CallSummary(**s | {name: tuple(s[name]) for name in lists}) for s in summaries)


def load_trait_quotes(store: Store, *, per_trait: int) -> dict[str, tuple[Quote, ...]]:
    """Return trait -> the best places where it was heard in first calls, won deals first."""
    quotes: dict[str, list[Quote]] = {}
    for trait, *quote in store.rows(
        f"SELECT trait, {QUOTE_COLUMNS} FROM trait_quotes WHERE rank <= ? ORDER BY trait, rank",
        [per_trait],
    ):
        quotes.setdefault(trait, []).append(Quote(*quote))
    return {trait: tuple(found) for trait, found in quotes.items()}


def load_deal_signals(store: Store) -> tuple[DealSignals, ...]:
    """Return what the buyers said over all calls of each deal that count, newest first."""
    signals: dict[str, list[tuple[Signal, Quote]]] = {}
    columns = ", ".join(f's."{c}"' for c in SIGNAL_COLUMNS)
    for deal_id, call_id, call, outcome, *row in store.rows(
        f"SELECT n.deal_id, n.call_id, n.call, d.outcome, {columns} FROM signals AS s "
        "JOIN numbered_calls AS n USING (call_id) JOIN evidence_calls USING (call_id) "
        "JOIN deals AS d USING (deal_id) WHERE s.side = 'buyer' AND s.status = 'asserted' "
        "ORDER BY n.deal_id, n.call_number DESC NULLS LAST, n.position, s.start_s, s.signal"
    ):
        signal = Signal(*row)
        where = (signal.speaker, signal.quote, signal.start_s, signal.end_s)
        quote = Quote(call_id, call, deal_id, *where, outcome)
        signals.setdefault(deal_id, []).append((signal, quote))
    people: dict[str, list[Stakeholder]] = {}
    columns = ", ".join(f's."{c}"' for c in STAKEHOLDER_COLUMNS)
    for deal_id, *row in store.rows(
        f"SELECT n.deal_id, {columns} FROM stakeholders AS s "
        "JOIN numbered_calls AS n USING (call_id) JOIN evidence_calls USING (call_id) "
        "ORDER BY n.deal_id, n.call_number DESC NULLS LAST, n.position, s.stakeholder"
    ):
        people.setdefault(deal_id, []).append(Stakeholder(*row))
    return tuple(
        DealSignals(
            deal_id, n_calls, last, tuple(signals.get(deal_id, ())), tuple(people.get(deal_id, ()))
        )
        for deal_id, n_calls, last in store.rows(
            "SELECT deal_id, count(*), max(called_on) FROM numbered_calls "
            "GROUP BY deal_id ORDER BY deal_id"
        )
    )
