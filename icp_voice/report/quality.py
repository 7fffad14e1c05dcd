"""What the result rests on: calls by grade, language and model, and what could not be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from icp_voice.records import CallSummary
from icp_voice.report.lookup import Lookup
from icp_voice.report.words import (
    LONGEST_NAME,
    cut,
    say_clock,
    say_count,
    say_date,
    say_hours,
    say_language,
)
from icp_voice.results import Analysis

LISTED_ROWS = 200
GRADE_MEANING = {
    "good": "clear, nearly all speech was understood",
    "usable": "gaps, but enough for evidence",
    "poor": "left out of the evidence",
}
POOR_BUT_COUNTED = "counted all the same, as asked for"


@dataclass(frozen=True)
class Part:
    """One part of a whole: a name, its size in words and its share of calls in [0, 1]."""

    name: str
    size: str
    share: float


@dataclass(frozen=True)
class Listing:
    """Rows of a list that is cut at its end; `n_unlisted` says how many are missing."""

    rows: tuple[tuple[str, ...], ...]
    n_unlisted: int

    @property
    def n_rows(self) -> int:
        """How many there are."""
        return len(self.rows) + self.n_unlisted


@dataclass(frozen=True)
class Quality:
    """The data behind the page."""

    grades: tuple[Part, ...]
    languages: tuple[Part, ...]
    models: tuple[Part, ...]
    notes: tuple[str, ...]
    poor_title: str
    poor: Listing
    unmatched: Listing
    failures: Listing
    rejected: Listing


def data_quality(analysis: Analysis, lookup: Lookup) -> Quality:
    """Return what a reader must know of the data before trusting the page."""
    calls = analysis.calls
    meaning = dict(GRADE_MEANING)
    poor = [c for c in calls if c.grade == "poor"]
    counted = any(not c.left_out for c in poor)
    if counted:
        meaning["poor"] = POOR_BUT_COUNTED
    grades = {name: f"{name.capitalize()}: {why}" for name, why in meaning.items()}
    return Quality(
        grades=_parts(calls, lambda c: (grades[c.grade],), order=tuple(grades.values())),
        languages=_parts(calls, lambda c: tuple(say_language(x) for x in c.languages)),
        models=_parts(calls, lambda c: (_model(c),)),
        notes=tuple(_notes(analysis)),
        poor_title="Poor calls that count" if counted else "Calls too poor to count",
        poor=_listing([_poor_row(c, lookup) for c in poor]),
        unmatched=_listing([(lookup.call(m.call_id), cut(m.detail, 200), say_date(m.called_on))
                            for m in analysis.unmatched]),
        failures=_listing([(cut(f.name, LONGEST_NAME), cut(f.reason, 400))
                           for f in analysis.failures]),
        rejected=_listing([(str(r.row), cut(r.reason, 400)) for r in analysis.rejected_rows]),
    )  # fmt: skip


def _notes(analysis: Analysis) -> list[str]:
    """Say in sentences what could and could not be used."""
    heard = {c.deal_id for c in analysis.calls}
    silent = sum(d.deal_id not in heard for d in analysis.deals)
    unmatched, failed = len(analysis.unmatched), len(analysis.failures)
    rejected = len(analysis.rejected_rows)
    weak = sum(c.waits and c.deal_id is not None for c in analysis.calls)
    notes = [
        _calls_per_deal(analysis),
        f"{say_count(silent, 'deal')} without any call: what was said there is not known."
        if silent
        else "",
        f"{say_count(unmatched, 'call')} could not be matched to a deal; none was guessed. They "
        "wait for a decision: icp-voice matches."
        if unmatched
        else "Every call was matched to a deal.",
        f"{say_count(weak, 'call')} were matched for a weak reason; icp-voice matches shows why."
        if weak
        else "",
        _undated(analysis),
        f"{say_count(failed, 'file')} could not be used."
        if failed
        else "Every file could be read.",
        f"{say_count(rejected, 'row')} of the CRM files could not be read."
        if rejected
        else "Every row of the CRM files could be read.",
        f"Sentences were compared with {cut(analysis.sentence_model, LONGEST_NAME)}."
        if analysis.sentence_model
        else "",
    ]
    return [note for note in notes if note]


def _undated(analysis: Analysis) -> str:
    """Say what becomes of calls whose day nobody knows; empty where there are none."""
    undated = [c for c in analysis.calls if c.deal_id is not None and c.called_on is None]
    if not undated:
        return ""
    n_first = sum(c.call_number == 1 for c in undated)
    return (
        f"{say_count(len(undated), 'call')} without a date: {n_first} taken as the first call, "
        f"being the deal's only one, {len(undated) - n_first} as later calls."
    )


def _parts(
    calls: Sequence[CallSummary],
    names_of: Callable[[CallSummary], tuple[str, ...]],
    *,
    order: Sequence[str] = (),
) -> tuple[Part, ...]:
    """Group calls by name, largest first or in a given order; a call may be in several groups."""
    groups: dict[str, list[CallSummary]] = {name: [] for name in order}
    for call in calls:
        for name in names_of(call):
            groups.setdefault(name, []).append(call)
    items = list(groups.items())
    if not order:
        items.sort(key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Part(
            cut(name, LONGEST_NAME),
            f"{say_count(len(group), 'call')}, {say_hours(sum(c.duration_s for c in group))}",
            len(group) / max(1, len(calls)),
        )
        for name, group in items
        if group
    )


def _model(call: CallSummary) -> str:
    if call.kind == "transcript":
        return f"Already transcribed ({call.model})"
    return f"Transcribed here with {call.model}"


def _calls_per_deal(analysis: Analysis) -> str:
    """Say whether won deals simply had more calls; empty without both outcomes."""
    counts: dict[str, list[int]] = {"won": [], "lost": []}
    per_deal: dict[str | None, int] = {}
    for call in analysis.calls:
        per_deal[call.deal_id] = per_deal.get(call.deal_id, 0) + 1
    for deal in analysis.deals:
        if deal.outcome in counts and deal.deal_id in per_deal:
            counts[deal.outcome].append(per_deal[deal.deal_id])
    if not counts["won"] or not counts["lost"]:
        return ""
    won, lost = (sum(n) / len(n) for n in (counts["won"], counts["lost"]))
    return (
        f"Won deals had {won:.1f} calls on average, lost ones {lost:.1f}. More calls mean that "
        "more is said, so only what was known by the first call is compared."
    )


def _poor_row(call: CallSummary, lookup: Lookup) -> tuple[str, ...]:
    what = f"{lookup.deal(call.deal_id)}, {say_date(call.called_on)}"
    why = cut("; ".join(call.grade_reasons), 400)
    return cut(call.call, LONGEST_NAME), what, say_clock(call.duration_s), why


def _listing(rows: Sequence[tuple[str, ...]]) -> Listing:
    return Listing(tuple(sorted(rows)[:LISTED_ROWS]), max(0, len(rows) - LISTED_ROWS))
