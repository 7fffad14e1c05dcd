"""Analyses built by hand for the report's tests: an invented market, and a hostile, empty one."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from icp_voice.records import (
    BuyerLine,
    CallMatch,
    CallSummary,
    Deal,
    FailedInput,
    Outcome,
    Quote,
    RejectedRow,
    Theme,
    ThemeMember,
)
from icp_voice.results import (
    Analysis,
    Criterion,
    CriterionKind,
    DealScore,
    Finding,
    Interval,
    Measurement,
    Profile,
    ScorePart,
    Tier,
    TierRecord,
    Verdict,
)

TRAITS: dict[str, tuple[str, float, float]] = {
    "pain/manual_work": ("Work is done by hand in spreadsheets", 0.88, 0.40),
    "pain/no_visibility": ("They can't see what is going on until the month is over", 0.55, 0.20),
    "stakeholder/it/c_level/present": ("The CTO or CIO is on the first call", 0.56, 0.20),
    "trigger/new_leader": ("A new leader has just started", 0.48, 0.12),
    "pain/does_not_scale": ("What they do today does not scale", 0.52, 0.17),
    "objection/budget": ("No budget is set aside this year", 0.02, 0.40),
    "metric/payback": ("They work out the payback on the call", 0.36, 0.20),
    "trigger/failed_audit": ("An audit went wrong", 0.22, 0.10),
    "tool/sap": ("They run SAP", 0.44, 0.24),
    "question/contract": ("They ask about the contract", 0.40, 0.08),
    "question/integration": ("They ask about integrations", 0.50, 0.30),
    "pain/slow_process": ("Things take too long", 0.42, 0.42),
    "pain/people_capacity": ("There are too few people", 0.30, 0.30),
    "question/price": ("They ask about the price", 0.61, 0.62),
    "tool/1c": ("They run 1C", 0.18, 0.17),
    "stakeholder/legal/mentioned": ("Legal is mentioned", 0.27, 0.29),
    "competitor/do_nothing": ("Doing nothing is an option for them", 0.24, 0.26),
    "attribute/region=north": ("Region is north", 0.33, 0.31),
    "trigger/merger": ("They have just merged", 0.02, 0.01),
    "objection/no_proof": ("They want proof", 0.03, 0.04),
}
KINDS: dict[str, CriterionKind] = {
    "pain/manual_work": "must_have",
    "stakeholder/it/c_level/present": "nice_to_have",
    "trigger/new_leader": "nice_to_have",
    "pain/no_visibility": "nice_to_have",
    "pain/does_not_scale": "nice_to_have",
    "objection/budget": "warning",
}
POINTS = {
    "pain/manual_work": 30,
    "stakeholder/it/c_level/present": 20,
    "trigger/new_leader": 19,
    "pain/no_visibility": 16,
    "pain/does_not_scale": 15,
}
VERDICTS: dict[str, Verdict] = {
    "metric/payback": "promising",
    "trigger/failed_audit": "promising",
    "tool/sap": "biased",
    "question/contract": "biased",
    "question/integration": "biased",
    "trigger/merger": "set_aside",
    "objection/no_proof": "set_aside",
}
REASONS = {
    "tool/sap": "Inside each segment the difference falls from 2.5 times to 1.1 times the odds: "
    "it mostly stands for the segment.",
    "question/contract": "In 82% of its deals it first came up after the proposal or in the last "
    "14 days before the decision: it may follow from buying, not lead to it.",
    "question/integration": "Won deals had 3.1 calls, lost ones 1.6: more was said in them. Over "
    "all calls the odds are 3.4 times, on first calls only 1.3 times. We compare first calls.",
    "trigger/merger": "Only 2 deals have it; fewer than 5 tell nothing.",
    "objection/no_proof": "Only 4 deals have it; fewer than 5 tell nothing.",
}
LINES = {
    "pain/manual_work": (
        "Honestly, everything sits in Excel and we can't cope with it any more.",
        "Two people copy numbers from one sheet into another the whole Friday.",
        "If the sheet breaks, nobody knows which version was the right one.",
        "We retype every order by hand, and then somebody checks it by hand.",
    ),
    "pain/no_visibility": (
        "I only see how the month went when the month is over.",
        "Nobody can tell me today which site is losing money.",
        "I ask three people and I get three different answers.",
    ),
    "stakeholder/it/c_level/present": (
        "I am the CTO here, so the integration question lands on my desk.",
        "I run technology for the group, I joined last spring.",
        "As the CIO I would like to see the interface first.",
    ),
    "trigger/new_leader": (
        "Our new operations director started in March and wants this settled.",
        "Since the new chief executive came, every process is on the table.",
        "The new finance director asked for a plan by the end of the quarter.",
    ),
    "pain/does_not_scale": (
        "It worked with two warehouses, with seven it does not.",
        "We doubled the volume and the way we work stayed the same.",
        "Each new site means one more person who does nothing but reports.",
    ),
    "objection/budget": (
        "To be frank, there is no budget for this before next year.",
        "The money for this year is spent, I can't promise anything.",
        "We would have to find the budget first, and I don't see where.",
    ),
}
COMPANIES = (
    "Alder Foods", "Brightwater Logistics", "Cormorant Retail", "Dunmore Castings", "Eastgate Labs",
    "Fernhill Clinics", "Granite Freight", "Harrow Textiles", "Ironbridge Tools", "Juniper Homes",
    "Kestrel Energy", "Lowland Dairy", "Marlow Print", "Northway Parts", "Oakfield Schools",
    "Piper Marine", "Quarry Lane", "Redwood Pumps", "Stonebrook Media", "Tallis Packaging",
)  # fmt: skip
PEOPLE = ("Anna Bell", "Owen Park", "Maria Lind", "Tom Reyes", "Ines Costa", "Paul Novak")
N_WON, N_LOST, N_OPEN = 54, 66, 30
FIRST_DAY = date(2025, 1, 13)


def shrink(a: int, b: int, c: int, d: int) -> tuple[float, float, Interval]:
    """Return the raw and the shrunken odds ratio with its 90 % interval; prior N(0, .75^2)."""
    raw = math.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    variance = sum(1 / (cell + 0.5) for cell in (a, b, c, d))
    weight = 0.5625 / (0.5625 + variance)
    mean, spread = raw * weight, 1.645 * math.sqrt(weight * variance)
    interval = Interval(math.exp(mean - spread), math.exp(mean + spread), 0.9)
    return math.exp(raw), math.exp(mean), interval


def wilson(won: int, n: int) -> Interval:
    """Return the 90 % Wilson interval of a win rate."""
    z, share = 1.645, won / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(max(0.0, middle - half), min(1.0, middle + half), 0.9)


def make_finding(
    trait: str, cells: tuple[int, int, int, int], verdict: Verdict, *, reasons: Sequence[str] = ()
) -> Finding:
    """Return the row of the evidence table for four counted cells."""
    a, b, c, d = cells
    tested = verdict != "set_aside"
    raw, expected, interval = shrink(a, b, c, d)
    return Finding(
        trait=trait,
        register="hypothesis" if trait == "pain/manual_work" else "discovery",
        present_won=a,
        present_lost=b,
        absent_won=c,
        absent_lost=d,
        unknown=N_WON + N_LOST - sum(cells),
        p_value=0.01 if tested else None,
        p_stratified=0.012 if tested else None,
        q_value=0.04 if tested else None,
        p_max_t=0.06 if tested else None,
        odds_ratio=raw if tested else None,
        odds_ratio_shrunken=expected if tested else None,
        interval_90=interval if tested else None,
        stability=0.82 if tested else None,
        win_rate_with=wilson(a, a + b) if a + b else None,
        win_rate_without=wilson(c, c + d) if c + d else None,
        verdict=verdict,
        reasons=tuple(reasons),
        odds_ratio_stratified=raw * 0.95 if tested else None,
        sign_agreement=1.0 if tested else None,
    )


class Market:
    """The invented market and what one run would say of it; equal for equal seeds."""

    def __init__(self, seed: int = 7) -> None:
        """Draw deals, calls and who said what."""
        self.rng = random.Random(seed)
        self.deals = [self._deal(i) for i in range(N_WON + N_LOST + N_OPEN)]
        self.calls = [call for deal in self.deals for call in self._calls(deal)]
        self.first_call = {c.deal_id: c for c in reversed(self.calls)}
        self.truth = {
            trait: {d.deal_id: self._holds(d, won, lost) for d in self.deals}
            for trait, (_, won, lost) in TRAITS.items()
        }
        self.quotes = {trait: self._quotes(trait) for trait in LINES}
        self.findings = {trait: self._finding(trait) for trait in TRAITS}

    def _deal(self, i: int) -> Deal:
        outcome: Outcome = "won" if i < N_WON else "lost" if i < N_WON + N_LOST else "open"
        name = COMPANIES[i % len(COMPANIES)] + ("" if i < 20 else f" {i // 20 + 1}")
        first = FIRST_DAY + timedelta(days=self.rng.randrange(480))
        closed = first + timedelta(days=self.rng.randrange(20, 90)) if outcome != "open" else None
        return Deal(
            deal_id=f"D-{1001 + i}",
            outcome=outcome,
            name=name,
            account_id=f"A-{i}",
            owner=PEOPLE[i % 5],
            amount=float(self.rng.randrange(8, 90) * 1000),
            currency="EUR",
            closed_on=closed,
            first_call_on=first,
            attributes={"segment": ("small", "mid", "enterprise")[i % 3]},
        )

    def _calls(self, deal: Deal) -> list[CallSummary]:
        n_calls = 1 + self.rng.randrange(4 if deal.outcome == "won" else 2)
        number = int(deal.deal_id[2:])
        first = deal.first_call_on or FIRST_DAY
        spoken = number % 6 == 0
        return [
            CallSummary(
                call_id=f"{number:08x}{k:08x}",
                call=f"{deal.deal_id}_{k + 1}.{'ogg' if spoken else 'vtt'}",
                kind="recording" if spoken else "transcript",
                deal_id=deal.deal_id,
                called_on=first + timedelta(days=12 * k),
                call_number=k + 1,
                duration_s=60.0 + self.rng.randrange(1400),
                languages=("pl",) if number % 11 == 0 else ("en",),
                model="demo-en (bundled, int8)" if spoken else "vtt",
                grade="poor" if number % 37 == 0 else "usable" if number % 9 == 0 else "good",
                match_detail="calls.csv",
                n_signals=self.rng.randrange(2, 14),
                grade_reasons=("41% of the speech became text",) if number % 37 == 0 else (),
                left_out=number % 37 == 0,
            )
            for k in range(n_calls)
        ]

    def _holds(self, deal: Deal, won: float, lost: float) -> bool | None:
        if self.rng.random() < 0.06:
            return None
        rate = (
            (won + lost) / 2 if deal.outcome == "open" else won if deal.outcome == "won" else lost
        )
        return self.rng.random() < rate

    def quote(self, deal_id: str, text: str) -> Quote:
        """Return the line as said on the deal's first call."""
        call = self.first_call[deal_id]
        start = round(self.rng.uniform(4, call.duration_s - 8), 2)
        outcome = next(d.outcome for d in self.deals if d.deal_id == deal_id)
        speaker = self.rng.choice(PEOPLE)
        return Quote(call.call_id, call.call, deal_id, speaker, text, start, start + 6.5, outcome)

    def _quotes(self, trait: str) -> tuple[Quote, ...]:
        having = [d for d in self.deals if self.truth[trait][d.deal_id]]
        having.sort(key=lambda d: (d.outcome != "won", d.deal_id))
        return tuple(
            self.quote(deal.deal_id, text) for deal, text in zip(having, LINES[trait], strict=False)
        )

    def _finding(self, trait: str) -> Finding:
        values = [(self.truth[trait][d.deal_id], d.outcome) for d in self.deals]
        a, b, c, d = (
            values.count((held, outcome)) for held in (True, False) for outcome in ("won", "lost")
        )
        verdict = VERDICTS.get(trait, "proven" if trait in KINDS else "noise")
        reason = {
            "promising": "Not proven: it is picked in 41% of random halves of the accounts (60% "
            "needed).",
            "noise": "No difference that noise would not make.",
            "proven": "It holds in random halves of the accounts and in every segment.",
        }.get(verdict, "")
        return make_finding(trait, (a, b, c, d), verdict, reasons=(REASONS.get(trait, reason),))

    def criteria(self) -> tuple[Criterion, ...]:
        """Return the proposed criteria, must-haves first."""
        return tuple(
            Criterion(
                trait=trait,
                kind=kind,
                statement=TRAITS[trait][0],
                points=POINTS.get(trait, 0),
                finding=self.findings[trait],
                quotes=self.quotes[trait][:3],
                folded_traits=("tool/excel",) if trait == "pain/manual_work" else (),
                caveats=(
                    ("23 deals have it and their win rate is low, but excluding needs a person's "
                     "approval.",)
                    if kind == "warning"
                    else ()
                ),
            )
            for trait, kind in KINDS.items()
        )  # fmt: skip

    def scores(self) -> tuple[DealScore, ...]:
        """Score every deal."""
        return tuple(self._score(deal) for deal in self.deals)

    def _score(self, deal: Deal) -> DealScore:
        parts = tuple(
            ScorePart(
                trait=trait,
                statement=TRAITS[trait][0],
                points=points,
                value=(held := self.truth[trait][deal.deal_id]),
                quote=self.quote(deal.deal_id, LINES[trait][0]) if held else None,
            )
            for trait, points in POINTS.items()
        )
        low = sum(p.points for p in parts if p.value)
        high = low + sum(p.points for p in parts if p.value is None)
        excluded = ("objection/budget",) if self.truth["objection/budget"][deal.deal_id] else ()
        score = (low + high) // 2
        tier: Tier = "C" if excluded or score < 40 else "B" if score < 70 else "A"
        n_unknown = sum(p.value is None for p in parts)
        return DealScore(deal.deal_id, score, low, high, tier, n_unknown, excluded, parts)

    def tiers(self, scores: Sequence[DealScore]) -> tuple[TierRecord, ...]:
        """Return how the closed deals of each tier ended."""
        outcomes = {d.deal_id: d.outcome for d in self.deals}
        records = []
        for tier, lowest in (("A", 70), ("B", 40), ("C", 0)):
            ended = [outcomes[s.deal_id] for s in scores if s.tier == tier]
            n, won = len(ended) - ended.count("open"), ended.count("won")
            records.append(TierRecord(tier, lowest, n, won, won / n, wilson(won, n)))
        return tuple(records)

    def themes(self) -> tuple[Theme, ...]:
        """Return one theme for each trait with quotes, and a loose one."""
        out = []
        for i, (trait, quotes) in enumerate(sorted(self.quotes.items())):
            members = tuple(
                ThemeMember(
                    BuyerLine(q.call_id, q.deal_id, k, q.start_s, q.end_s, "en", q.text),
                    0.95 - 0.03 * k,
                )
                for k, q in enumerate(quotes)
            )
            label = trait.split("/")[1].replace("_", ", ")
            n_deals = 40 - 5 * i
            out.append(
                Theme(
                    f"t{i:08x}", label, quotes[0].text, members, n_deals + 6, n_deals, 0.9 - i / 10
                )
            )
        return tuple(out)


def market_analysis(seed: int = 7) -> Analysis:
    """Return a full analysis of 150 invented deals."""
    market = Market(seed)
    scores = market.scores()
    lost_call = CallSummary(
        "f" * 16, "lunch-with-somebody.ogg", "recording", None, date(2026, 5, 4), None, 712.0,
        ("en",), "demo-en (bundled, int8)", "usable", "no deal id in the file name", 3,
    )  # fmt: skip
    calls = (*market.calls, lost_call)
    return Analysis(
        name="Sample market",
        synthetic=True,
        data_until=max(c.called_on for c in calls if c.called_on),
        deals=tuple(market.deals),
        calls=calls,
        measurement=Measurement(
            n_deals=len(market.deals),
            n_won=N_WON,
            n_lost=N_LOST,
            n_open=N_OPEN,
            findings=tuple(market.findings.values()),
            warnings=(
                f"{N_OPEN} deals are still open and too young to judge; they are left out, never "
                "counted as lost.",
                "6 of 18 traits stand out; noise alone would give about 0.6 this strong.",
            ),
            expected_by_noise=0.6,
            detectable_odds_ratio=3.2,
            stratified_by="segment",
        ),
        profile=Profile(
            criteria=market.criteria(),
            tiers=market.tiers(scores),
            tiers_separable=True,
            warnings=("Tier A holds 17% of the deals.",),
        ),
        scores=scores,
        themes=market.themes(),
        deal_signals=(),
        statements={trait: text for trait, (text, _, _) in TRAITS.items()}
        | {"tool/excel": "They work in Excel"},
        quotes=market.quotes,
        unmatched=(
            CallMatch("f" * 16, None, date(2026, 5, 4), "none", "no deal id in the file name", 0.0),
        ),
        failures=(
            FailedInput("notes.mp3", "transcribe", "notes.mp3 holds no audio: it is a text file."),
        ),
        rejected_rows=(
            RejectedRow(41, 'close_date "31/13/2024" is not a date.', {"deal_id": "D-77"}),
        ),
        sentence_model="all-MiniLM-L6-v2",
    )


HOSTILE = '<script>alert("1")</script>'


def edge_analysis() -> Analysis:
    """Return too few deals, no criteria and no themes, with hostile, long and foreign names."""
    names = (
        HOSTILE,
        "Zażółć gęślą jaźń sp. z o.o.",
        "ООО «Северный лес и партнёры»",
        "Very" * 60,
        "'; DROP TABLE deals; -- & \" ' {{ 7 * 7 }} {% raw %}",
        None,
    )
    outcomes: tuple[Outcome, ...] = ("won", "lost", "won", "lost", "open", "open")
    deals = tuple(
        Deal(deal_id=f"{HOSTILE}-{i}" if i == 0 else f"D{i}", outcome=o, name=n)
        for i, (o, n) in enumerate(zip(outcomes, names, strict=True))
    )
    quote = Quote(
        "0" * 16, f"{HOSTILE}.wav", deals[0].deal_id, HOSTILE,
        f"У нас всё в экселе {HOSTILE} i nikt nie wie, co się dzieje", 3725.4, 3730.0, "won",
    )  # fmt: skip
    finding = replace(
        make_finding("pain/manual_work", (2, 1, 0, 1), "set_aside"),
        reasons=(f"Not enough data: 2 won and 2 lost deals. {HOSTILE}",),
        win_rate_without=None,
        unknown=0,
    )
    call = CallSummary(
        "0" * 16, f"{HOSTILE}.wav", "recording", deals[0].deal_id, None, None, 0.0,
        ("ru", "pl"), HOSTILE, "poor", HOSTILE, 0, grade_reasons=(HOSTILE,), left_out=True,
    )  # fmt: skip
    unknown_score = DealScore(
        "D5", 0, 0, 100, "C", 1, (),
        (ScorePart("pain/manual_work", "", 100, None),),
    )  # fmt: skip
    return Analysis(
        name=HOSTILE,
        synthetic=False,
        data_until=None,
        deals=deals,
        calls=(call,),
        measurement=Measurement(
            6, 2, 2, 2, (finding,), (f"Too few deals. {HOSTILE}",), None, None, None
        ),
        profile=Profile((), (), False, (HOSTILE,)),
        scores=(unknown_score,),
        themes=(),
        deal_signals=(),
        statements={"pain/manual_work": f"Всё вручную {HOSTILE}"},
        quotes={"pain/manual_work": (quote,)},
        unmatched=(CallMatch("0" * 16, None, None, "none", HOSTILE, 0.0),),
        failures=(FailedInput(HOSTILE, "ingest", HOSTILE),),
        rejected_rows=(RejectedRow(2, HOSTILE, {"name": HOSTILE}),),
        sentence_model=HOSTILE,
    )
