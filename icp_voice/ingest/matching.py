"""Tell which deal a call belongs to, with the reason; what can't be told waits for a person.

In this order, and the first that tells anything decides:

1. the row of calls.csv, or the sidecar beside the file;
2. a deal's id in the path, by `name_patterns`, or as a whole word there or in the title;
3. the mail domains of the attendees and the account's name in the file's name, the meeting's title
   or a folder's name, narrowed by the date rule (`date_rule`).

Two deals that are left are never guessed between: the call is `ambiguous`, with its candidates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from icp_voice.config import IngestConfig
from icp_voice.ingest.accounts import AccountHit, AccountIndex, Likeness
from icp_voice.ingest.date_rule import date_fit, days_away, say_fit
from icp_voice.ingest.deal_ids import DealIdFinder
from icp_voice.ingest.mail_domains import DomainIndex
from icp_voice.ingest.names import NameFacts, NameReader
from icp_voice.records import CallFacts, CallMatch, Deal, MatchCandidate, MatchReason

# How far each reason can be trusted. They rank the reasons and mark what a person should look at:
# below 0.7 a match waits to be confirmed (view call_deals). They are judgements, held against the
# sample workspace with its ids taken out, where every kind of match above 0.7 was right throughout
# (tests/benchmarks/matching_quality.py).
TOLD = 1.0
DEAL_ID = 0.95
LISTED_DOMAIN = 0.95
SPELT_DOMAIN = 0.85
NAME: dict[Likeness, float] = {"same": 0.9, "ending": 0.85, "script": 0.85, "similar": 0.75}
# A deal without its days may have been another deal's time; a day that contradicts an id in the
# name is more often a late entry in the CRM than a wrong id.
DATE_UNKNOWN = 0.8
ID_AGAINST_DATE = 0.85
MOST = 0.98

_MOST_NAMED = 4
_PLACES = {"file": "the file name", "title": "the title", "folder": "the folder"}


@dataclass(frozen=True)
class _Evidence:
    """One thing that points at deals; `said` continues "... says"."""

    reason: MatchReason
    deal_ids: frozenset[str]
    confidence: float
    said: str


def match_calls(
    calls: Iterable[CallFacts], deals: Sequence[Deal], config: IngestConfig
) -> tuple[CallMatch, ...]:
    """Return one match a call, in the calls' order; the order of the deals does not matter.

    Raises:
        ConfigError: `name_patterns` holds what is no regular expression with known groups.
    """
    matcher = _Matcher(deals, config)
    return tuple(matcher.match(call) for call in calls)


class _Matcher:
    """The deals, ready to be looked for."""

    def __init__(self, deals: Sequence[Deal], config: IngestConfig) -> None:
        self._deals = {deal.deal_id: deal for deal in deals}
        self._reader = NameReader(config)
        self._ids = DealIdFinder(self._deals)
        self._accounts = AccountIndex(deals)
        self._domains = DomainIndex(deals, self._accounts, config.seller_domains)

    def match(self, call: CallFacts) -> CallMatch:
        names = tuple(self._reader.read(path) for path in call.names)
        called_on, started = _moment(call, names)
        open_match = CallMatch(
            *(call.call_id, None, called_on, "none", "", 0.0),
            started_at=datetime.combine(called_on, started) if called_on and started else None,
        )
        return (
            self._told(call, open_match)
            or self._named(call, names, open_match)
            or self._inferred(call, names, open_match)
        )

    def _told(self, call: CallFacts, match: CallMatch) -> CallMatch | None:
        """Take what the user wrote down of this file."""
        sources: tuple[MatchReason, ...] = ("calls_file", "sidecar")
        told = [
            (reason, entry.deal_id)
            for reason, entry in zip(sources, (call.entry, call.sidecar), strict=True)
            if entry is not None and entry.deal_id
        ]
        if not told:
            return None
        reason, deal_id = told[0]
        says = {"calls_file": "the calls file says", "sidecar": "the sidecar says"}
        if len({deal_id for _, deal_id in told}) > 1:
            detail = ", ".join(f"{says[reason]} {deal_id}" for reason, deal_id in told)
            return self._ambiguous(match, [d for _, d in told if d in self._deals], detail)
        if deal_id not in self._deals:
            detail = f"{says[reason]} {deal_id}, which is not among the deals"
            return replace(match, detail=detail)
        detail = f"{says[reason]} {deal_id}"
        return replace(match, deal_id=deal_id, reason=reason, detail=detail, confidence=TOLD)

    def _named(
        self, call: CallFacts, names: Sequence[NameFacts], match: CallMatch
    ) -> CallMatch | None:
        """Take a deal's id out of the file's name, else out of the title, else out of a folder."""
        read = frozenset(deal_id for name in names for deal_id in name.deal_ids)
        found, where = read & self._deals.keys(), "file name"
        for place, texts in _by_place(call, names).items():
            if found:
                break
            found = frozenset(deal_id for text in texts for deal_id in self._ids.find(text))
            where = _PLACES[place].removeprefix("the ")
        if len(found) > 1:
            detail = f"the {where} holds {len(found)} deals: {', '.join(sorted(found))}"
            return self._ambiguous(match, sorted(found), detail)
        if found:
            (deal_id,) = found
            deal, confidence = self._deals[deal_id], DEAL_ID
            detail = f"the {where} holds {deal_id}"
            if date_fit(deal, match.called_on) == "contradicts":
                confidence *= ID_AGAINST_DATE
                detail += f", though it was {say_fit(deal, match.called_on)}"
            return replace(
                match,
                deal_id=deal_id,
                reason="file_name",
                detail=detail,
                confidence=round(confidence, 2),
            )
        if read:
            detail = f"the file name holds {_listed(read)}, which is not among the deals"
            return replace(match, detail=detail)
        return None

    def _inferred(self, call: CallFacts, names: Sequence[NameFacts], match: CallMatch) -> CallMatch:
        """Go by mail domains and account names; the date rule narrows what they leave."""
        mail = self._mail_evidence(call)
        evidence = [*mail, *self._name_evidence(call, names, nearly=not mail)]
        if not evidence:
            return self._suggested(call, names, match)
        pool, agreeing = evidence[0].deal_ids, [evidence[0]]
        for other in evidence[1:]:
            if not pool & other.deal_ids:
                said = f"{agreeing[0].said}, but {other.said}"
                both = pool | other.deal_ids
                deal_ids = self._by_date(both, match.called_on) or self._nearest(both, match)
                return self._ambiguous(match, deal_ids, said)
            pool &= other.deal_ids
            agreeing.append(other)
        said = agreeing[0].said
        in_time = self._by_date(pool, match.called_on)
        if len(in_time) == 1:
            return self._settled(match, in_time[0], agreeing)
        if in_time:
            day = "fit the day" if match.called_on else "may fit: the day is not known"
            return self._ambiguous(match, in_time, f"{said}; {len(in_time)} deals {day}")
        detail = f"{said}; none of its deals fits the day"
        candidates = self._candidates(self._nearest(pool, match), match.called_on)
        return replace(match, detail=detail, candidates=candidates)

    def _settled(self, match: CallMatch, deal_id: str, agreeing: Sequence[_Evidence]) -> CallMatch:
        deal = self._deals[deal_id]
        doubt = 1.0
        for piece in agreeing:
            doubt *= 1 - piece.confidence
        confidence = min(1 - doubt, MOST)
        if date_fit(deal, match.called_on) != "fits":
            confidence *= DATE_UNKNOWN
        says = " and ".join(piece.said for piece in agreeing)
        return replace(
            match,
            deal_id=deal_id,
            reason=agreeing[0].reason,
            detail=f"{says}; {say_fit(deal, match.called_on)}",
            confidence=round(confidence, 2),
        )

    def _mail_evidence(self, call: CallFacts) -> list[_Evidence]:
        """Return what all attendees' domains tell together: two customers are two accounts."""
        listed = [entry.participants for entry in (call.entry, call.sidecar) if entry]
        people = [person for group in (*listed, call.participants) for person in group]
        hits = self._domains.find(people)
        hits = tuple(hit for hit in hits if not hit.spelt) or hits
        if not hits:
            return []
        said = f"an attendee's mail is at {_listed(hit.domain for hit in hits)}"
        confidence = min(SPELT_DOMAIN if hit.spelt else LISTED_DOMAIN for hit in hits)
        deal_ids = frozenset(deal_id for hit in hits for deal_id in hit.deal_ids)
        return [_Evidence("mail_domain", deal_ids, confidence, said)]

    def _name_evidence(
        self, call: CallFacts, names: Sequence[NameFacts], *, nearly: bool
    ) -> list[_Evidence]:
        """Return what the file's name, the title and the nearest telling folder say."""
        places = _by_place(call, names)
        for look in (self._accounts.find, *([self._accounts.find_similar] if nearly else [])):
            found = [
                (place, hits)
                for place, texts in places.items()
                if (hits := next((hits for text in texts if (hits := look(text))), ()))
            ]
            if found:
                return [_name_evidence(place, hits) for place, hits in found]
        return []

    def _suggested(
        self, call: CallFacts, names: Sequence[NameFacts], match: CallMatch
    ) -> CallMatch:
        """Leave a call without a deal, with the deals a person may think of first."""
        for place, texts in _by_place(call, names).items():
            hits = [hit for text in texts for hit in self._accounts.suggest(text)]
            pool = {deal_id for hit in hits for deal_id in hit.deal_ids}
            in_time = self._by_date(pool, match.called_on)
            if in_time:
                account = _listed(hit.name for hit in hits)
                detail = f"{_PLACES[place]} holds the first word of {account}, which is not enough"
                candidates = self._candidates(in_time, match.called_on)
                return replace(match, detail=detail, candidates=candidates)
        detail = "no deal in the calls file, and no id, account or mail domain that tells one"
        return replace(match, detail=detail)

    def _by_date(self, deal_ids: Iterable[str], called_on: date | None) -> list[str]:
        """Return the deals whose days allow the call, those that are sure to first."""
        fits = {deal_id: date_fit(self._deals[deal_id], called_on) for deal_id in deal_ids}
        allowed = [deal_id for deal_id, fit in fits.items() if fit != "contradicts"]
        return sorted(allowed, key=lambda deal_id: (fits[deal_id] != "fits", deal_id))

    def _nearest(self, deal_ids: Iterable[str], match: CallMatch) -> list[str]:
        """Return deals none of which fits the day, the nearest to it first."""
        away = {d: days_away(self._deals[d], match.called_on) for d in deal_ids}
        return sorted(away, key=lambda deal_id: (away[deal_id], deal_id))

    def _ambiguous(self, match: CallMatch, deal_ids: Sequence[str], detail: str) -> CallMatch:
        candidates = self._candidates(deal_ids, match.called_on)
        return replace(match, reason="ambiguous", detail=detail, candidates=candidates)

    def _candidates(
        self, deal_ids: Iterable[str], called_on: date | None
    ) -> tuple[MatchCandidate, ...]:
        return tuple(MatchCandidate(d, say_fit(self._deals[d], called_on)) for d in deal_ids)


def _moment(call: CallFacts, names: Sequence[NameFacts]) -> tuple[date | None, time | None]:
    """Return day and time of a call: as written down, by the file's name, by the file itself."""
    told = [(e.called_on, e.started) for e in (call.entry, call.sidecar) if e is not None]
    told += [(name.called_on, name.started) for name in names]
    if call.started_at is not None:
        told.append((call.started_at.date(), call.started_at.time()))
    day = next((day for day, _ in told if day is not None), None)
    clocks = [clock for on, clock in told if on == day and clock is not None]
    return day, clocks[0].replace(microsecond=0) if day is not None and clocks else None


def _by_place(call: CallFacts, names: Sequence[NameFacts]) -> dict[str, list[str]]:
    """Return place -> the texts there that may name a deal or account; both the nearest first."""
    told = (call.entry, call.sidecar, call)
    return {
        "file": [
            *(account for name in names for account in sorted(name.accounts)),
            *(name.rest[-1] for name in names),
        ],
        "title": [entry.title for entry in told if entry is not None and entry.title],
        "folder": [folder for name in names for folder in reversed(name.rest[:-1])],
    }


def _name_evidence(place: str, hits: Sequence[AccountHit]) -> _Evidence:
    # `Acme pilot` names an account and a deal of it; `Acme and Bluth` names two accounts.
    every = [hit.deal_ids for hit in hits]
    deal_ids = frozenset.intersection(*every) or frozenset.union(*every)
    nearly = "nearly " if any(hit.likeness == "similar" for hit in hits) else ""
    said = f"{_PLACES[place]} says {nearly}{_listed(hit.name for hit in hits)}"
    return _Evidence("account_name", deal_ids, min(NAME[hit.likeness] for hit in hits), said)


def _listed(names: Iterable[str]) -> str:
    """Return names in a fixed order, the first few of them.

    >>> _listed(["b", "a"])
    'a, b'
    """
    ordered = sorted(set(names))
    more = f" and {len(ordered) - _MOST_NAMED} more" if len(ordered) > _MOST_NAMED else ""
    return ", ".join(ordered[:_MOST_NAMED]) + more
