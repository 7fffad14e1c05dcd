"""How criteria and their limits are said."""

from collections.abc import Mapping, Sequence

from icp_voice.records import Deal
from icp_voice.results import Criterion, DealScore, Finding, Measurement, TierRecord

BROAD_SHARE, BROAD_LIFT = 0.60, 1.2
TIER_A_MAX_SHARE, TIER_A_MIN_SHARE = 0.35, 0.10
TIER_A_MIN_WINS, TIER_A_MIN_WIN_SHARE = 8, 0.30


def statement_of(trait: str, statements: Mapping[str, str]) -> str:
    """Return how a sales lead would say a trait.

    >>> statement_of("attribute/industry=retail", {})
    'Industry: retail'
    >>> statement_of("stakeholder/it/present", {})
    'Stakeholder: it, present'
    """
    if trait in statements:
        return statements[trait]
    kind, _, rest = trait.partition("/")
    if not rest:
        kind, rest = "", kind
    if "=" in rest:
        column, _, value = rest.partition("=")
        return f"{_words(column).capitalize()}: {value}"
    said = ", ".join(_words(part) for part in rest.split("/"))
    return f"{kind.capitalize()}: {said}" if kind else said.capitalize()


def _words(code: str) -> str:
    return code.replace("_", " ").strip()


def lift(finding: Finding) -> float | None:
    """Return the win rate with the trait over the one without; None where it has no value."""
    n_with = finding.present_won + finding.present_lost
    n_without = finding.absent_won + finding.absent_lost
    if not n_with or not n_without or not finding.absent_won:
        return None
    return (finding.present_won / n_with) / (finding.absent_won / n_without)


def criterion_caveats(
    finding: Finding, folded: Sequence[str], statements: Mapping[str, str]
) -> tuple[str, ...]:
    """List what must be said beside a criterion."""
    out = []
    n_with = finding.present_won + finding.present_lost
    known = n_with + finding.absent_won + finding.absent_lost
    ratio = lift(finding)
    if known and n_with / known > BROAD_SHARE and ratio is not None and ratio < BROAD_LIFT:
        out.append(
            f"Too broad: {n_with} of {known} deals have it, and they are won only "
            f"{ratio:.1f} times as often."
        )
    if folded:
        names = ", ".join(statement_of(trait, statements) for trait in folded)
        out.append(f"Goes together with: {names}. They count once.")
    # the first sentence carries the verdict, the second the counts; the rest are caveats
    out += finding.reasons[2:]
    return tuple(out)


def reach_notes(
    tiers: Sequence[TierRecord], scores: Sequence[DealScore], deals: Sequence[Deal]
) -> tuple[str, ...]:
    """Say how many deals, wins and accounts tier A holds."""
    if not tiers:
        return ()
    best, closed, won = _tier_a(tiers)
    accounts = {deal.account_id for deal in deals if deal.account_id}
    chosen = {score.deal_id for score in scores if score.tier == "A"}
    matching = {deal.account_id for deal in deals if deal.account_id and deal.deal_id in chosen}
    note = f"Tier A holds {best.n_deals} of {closed} closed deals and {best.n_won} of {won} wins"
    if accounts:
        return (f"{note}; {len(matching)} of {len(accounts)} accounts match.",)
    return (f"{note}; the deals name no accounts.",)


def breadth_warnings(tiers: Sequence[TierRecord]) -> tuple[str, ...]:
    """Say whether the profile as a whole is too broad or too narrow, with counts."""
    if not tiers:
        return ()
    best, closed, won = _tier_a(tiers)
    out = []
    share = best.n_deals / closed if closed else 0.0
    if share > TIER_A_MAX_SHARE:
        out.append(
            f"Too broad: tier A holds {best.n_deals} of {closed} closed deals ({share:.0%}; at "
            f"most {TIER_A_MAX_SHARE:.0%} keep it a choice)."
        )
    narrow = []
    if share < TIER_A_MIN_SHARE:
        narrow.append(f"{best.n_deals} of {closed} closed deals ({share:.0%})")
    if best.n_won < TIER_A_MIN_WINS:
        narrow.append(f"{best.n_won} wins")
    if won and best.n_won / won < TIER_A_MIN_WIN_SHARE:
        narrow.append(f"{best.n_won / won:.0%} of the {won} past wins")
    if narrow:
        out.append(f"Too narrow: tier A holds only {', '.join(narrow)}.")
    return tuple(out)


def _tier_a(tiers: Sequence[TierRecord]) -> tuple[TierRecord, int, int]:
    """Return the record of tier A, all closed deals and all won ones."""
    best = next(record for record in tiers if record.tier == "A")
    return best, sum(r.n_deals for r in tiers), sum(r.n_won for r in tiers)


def nothing_proven(measurement: Measurement, statements: Mapping[str, str]) -> str:
    """Say why there is no criterion, and what came nearest."""
    closed = measurement.n_won + measurement.n_lost
    if measurement.detectable_odds_ratio is None or not any(
        finding.q_value is not None for finding in measurement.findings
    ):
        return (
            f"Not enough data for a profile: {closed} closed deals ({measurement.n_won} won, "
            f"{measurement.n_lost} lost). Read the quotes; add deals and measure again."
        )
    near = [f for f in measurement.findings if f.verdict == "promising"][:3]
    named = ", ".join(statement_of(finding.trait, statements) for finding in near)
    return f"No trait is proven in {closed} closed deals, so no criterion is proposed." + (
        f" Nearest: {named}." if named else ""
    )


def unscored_warning(criteria: Sequence[Criterion]) -> str | None:
    """Say that points need a positive criterion, or that a few make a coarse score."""
    scoring = [criterion for criterion in criteria if criterion.points]
    if not criteria or len(scoring) >= 3:
        return None
    if not scoring:
        return "Nothing proven goes with winning, so deals get no points."
    return (
        f"The score rests on {len(scoring)} criteri{'on' if len(scoring) == 1 else 'a'} only: "
        "tiers are coarse."
    )
