"""The enriched row of a deal, common to every export: what a rep should see on opening it.

Only what buyers asserted is here, each with who said it and where to hear it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from icp_voice.records import Deal, DealSignals, Level, Quote, Signal, Stakeholder
from icp_voice.results import Analysis, DealScore

KEY_MOMENTS = 5
# Of one call, what comes first: why they look, what hurts, what holds them back, what it is worth.
_MOMENT_KINDS = ("trigger", "pain", "objection", "metric", "competitor", "process", "question")

Place = tuple[Signal, Quote]


@dataclass(frozen=True)
class Said:
    """One topic of a deal.

    Attributes:
        statement: the topic as a sales lead would say it.
        n_times: places where it was said.
        raised_by: who said it, in order of appearance in the newest call first, with their role
            where it is known.
        last: the place in the newest call; `called_on` is that call's day.
    """

    kind: str
    topic: str
    statement: str
    n_times: int
    raised_by: tuple[str, ...]
    last: Quote
    called_on: date | None


@dataclass(frozen=True)
class Role:
    """A role on the buyer's side; `names` of the people known to hold it."""

    role: str
    level: Level
    names: tuple[str, ...]


@dataclass(frozen=True)
class EnrichedDeal:
    """One deal with all that the calls say of it; `score` is None where none was computed."""

    deal: Deal
    score: DealScore | None
    reasons: tuple[str, ...]
    pains: tuple[Said, ...]
    objections: tuple[Said, ...]
    triggers: tuple[Said, ...]
    tools: tuple[Said, ...]
    competitors: tuple[Said, ...]
    roles_present: tuple[Role, ...]
    roles_mentioned: tuple[Role, ...]
    key_moments: tuple[Said, ...]
    next_step: Said | None
    n_calls: int
    last_call_on: date | None


def enrich_deals(analysis: Analysis) -> tuple[EnrichedDeal, ...]:
    """Return the deals that have a score or an analysed call, by id."""
    scores = {score.deal_id: score for score in analysis.scores}
    heard = {found.deal_id: found for found in analysis.deal_signals}
    days = {call.call_id: call.called_on for call in analysis.calls}
    return tuple(
        _enrich(deal, scores.get(deal.deal_id), heard.get(deal.deal_id), analysis.statements, days)
        for deal in sorted(analysis.deals, key=lambda deal: deal.deal_id)
        if deal.deal_id in scores or deal.deal_id in heard
    )


def _enrich(
    deal: Deal,
    score: DealScore | None,
    heard: DealSignals | None,
    statements: Mapping[str, str],
    days: Mapping[str, date | None],
) -> EnrichedDeal:
    heard = heard or DealSignals(deal.deal_id, 0, None, (), ())
    topics = _topics(heard, statements, days)
    of_kind = defaultdict(list)
    for topic in sorted(topics, key=lambda said: (-said.n_times, said.topic)):
        of_kind[topic.kind].append(topic)
    present = _roles(p for p in heard.stakeholders if p.presence == "present")
    here = {role.role for role in present}
    mentioned = _roles(p for p in heard.stakeholders if p.role not in here)
    steps = [said for said in of_kind["process"] if said.topic == "next_step"]
    return EnrichedDeal(
        deal=deal,
        score=score,
        reasons=_reasons(score, statements) if score else (),
        pains=tuple(of_kind["pain"]),
        objections=tuple(of_kind["objection"]),
        triggers=tuple(of_kind["trigger"]),
        tools=tuple(of_kind["tool"]),
        competitors=tuple(of_kind["competitor"]),
        roles_present=present,
        roles_mentioned=mentioned,
        key_moments=_key_moments(topics),
        next_step=steps[0] if steps else None,
        n_calls=heard.n_calls,
        last_call_on=heard.last_call_on,
    )


def _topics(
    heard: DealSignals, statements: Mapping[str, str], days: Mapping[str, date | None]
) -> list[Said]:
    """Return one entry a topic, in the order in which the newest call first raises them."""
    roles = {p.name: p.role for p in reversed(heard.stakeholders) if p.name}
    places: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for signal, quote in heard.signals:
        if signal.side == "buyer" and signal.status == "asserted":
            places[signal.kind, signal.topic].append((signal, quote))
    return [
        Said(
            kind=kind,
            topic=topic,
            statement=statements.get(f"{kind}/{topic}", readable(topic)),
            n_times=len(found),
            raised_by=_speakers(found, roles),
            last=found[0][1],
            called_on=days.get(found[0][1].call_id),
        )
        for (kind, topic), found in places.items()
    ]


def _speakers(places: Sequence[Place], roles: Mapping[str, str]) -> tuple[str, ...]:
    names = dict.fromkeys(signal.speaker for signal, _ in places if signal.speaker)
    return tuple(f"{n} ({readable(roles[n])})" if n in roles else n for n in names)


def _key_moments(topics: Sequence[Said]) -> tuple[Said, ...]:
    """Return the few that matter most of the newest calls, in the order they were said.

    `topics` come newest call first; each topic stands for its latest mention.
    """
    calls = {call: rank for rank, call in enumerate(dict.fromkeys(s.last.call_id for s in topics))}
    eligible = [said for said in topics if said.kind in _MOMENT_KINDS]
    eligible.sort(key=lambda s: (calls[s.last.call_id], _MOMENT_KINDS.index(s.kind), -s.n_times))
    chosen = eligible[:KEY_MOMENTS]
    return tuple(sorted(chosen, key=lambda s: (calls[s.last.call_id], s.last.start_s)))


def _roles(people: Iterable[Stakeholder]) -> tuple[Role, ...]:
    """Return one entry a role, the highest level known of it, roles in alphabetical order."""
    seniority: tuple[Level, ...] = ("c_level", "vp_director", "manager", "specialist", "unknown")
    by_role: dict[str, list[Stakeholder]] = defaultdict(list)
    for person in people:
        by_role[person.role].append(person)
    return tuple(
        Role(
            role,
            min((p.level for p in found), key=seniority.index),
            tuple(sorted({p.name for p in found if p.name})),
        )
        for role, found in sorted(by_role.items())
    )


def _reasons(score: DealScore, statements: Mapping[str, str]) -> tuple[str, ...]:
    """Return why the deal scores as it does: what excludes it, then what it has, by points."""
    has = sorted((p for p in score.parts if p.value), key=lambda p: (-p.points, p.trait))
    against = [f"Excluded: {statements.get(trait, trait)}" for trait in score.excluded_by]
    return (*against, *(f"{part.statement} (+{part.points})" for part in has if part.points > 0))


def readable(code: str) -> str:
    """Return a code of the taxonomy as words.

    >>> readable("slow_process")
    'slow process'
    """
    return code.replace("_", " ")
