"""The whole report as one record: what the template needs, with nothing left to decide."""

from collections import Counter
from dataclasses import dataclass

from icp_voice import __version__
from icp_voice.report.chart_parts import Drawn
from icp_voice.report.compared import (
    ComparedGroup,
    compared_group,
    count_tested,
    proven_without_place,
)
from icp_voice.report.effect_charts import EffectRow, draw_forest, draw_win_rates
from icp_voice.report.lookup import Lookup
from icp_voice.report.profile import (
    CriterionGroup,
    DescribedTrait,
    criterion_groups,
    described_traits,
    effect_rows,
    strongest,
)
from icp_voice.report.quality import Quality, data_quality
from icp_voice.report.score_chart import draw_scores
from icp_voice.report.scored import (
    ScoredDeals,
    TierRow,
    ranked_open,
    scored_deals,
    tier_confidence,
    tier_rows,
)
from icp_voice.report.theme_list import ThemeView, theme_views
from icp_voice.report.words import (
    LONGEST_NAME,
    cut,
    say_count,
    say_date,
    say_hours,
    say_list,
    say_number,
    say_share,
)
from icp_voice.results import Analysis

NAMED_FIRST = 3


@dataclass(frozen=True)
class Fact:
    """A figure of the page's head."""

    value: str
    name: str


@dataclass(frozen=True)
class Page:
    """Everything on the page, section by section."""

    name: str
    synthetic: bool
    data_until: str
    version: str
    facts: tuple[Fact, ...]
    calls_line: str
    bottom_line: tuple[str, ...]
    next_steps: tuple[str, ...]
    criteria: tuple[CriterionGroup, ...]
    described: tuple[DescribedTrait, ...]
    points_total: int
    profile_warnings: tuple[str, ...]
    effects: tuple[EffectRow, ...]
    forest: Drawn | None
    win_rates: Drawn | None
    tiers: tuple[TierRow, ...]
    tier_confidence: str
    tiers_separable: bool
    scores_figure: Drawn | None
    open_deals: ScoredDeals
    n_tested: int
    n_holding: int
    expected_by_noise: str
    detectable: str
    stratified_by: str
    n_closed: int
    warnings: tuple[str, ...]
    promising: ComparedGroup
    biased: ComparedGroup
    noise: ComparedGroup
    set_aside: ComparedGroup
    also_proven: tuple[str, ...]
    themes: tuple[ThemeView, ...]
    quality: Quality


def build_page(analysis: Analysis) -> Page:
    """Put an analysis into words and figures; equal analyses give equal pages."""
    lookup = Lookup(analysis)
    measured = analysis.measurement
    effects = effect_rows(analysis, lookup)
    n_closed = measured.n_won + measured.n_lost
    n_tested, n_holding = count_tested(analysis)
    noise, detectable = measured.expected_by_noise, measured.detectable_odds_ratio
    return Page(
        name=cut(analysis.name, LONGEST_NAME),
        synthetic=analysis.synthetic,
        data_until=say_date(analysis.data_until) if analysis.data_until else "",
        version=__version__,
        facts=_facts(analysis),
        calls_line=_calls_line(analysis),
        bottom_line=tuple(_bottom_line(analysis, lookup)),
        next_steps=tuple(_next_steps(analysis, lookup)),
        criteria=criterion_groups(analysis, lookup),
        described=() if analysis.profile.criteria else described_traits(analysis, lookup),
        points_total=sum(c.points for c in analysis.profile.criteria),
        profile_warnings=analysis.profile.warnings,
        effects=effects,
        forest=draw_forest(effects) if effects else None,
        win_rates=(
            draw_win_rates(effects, measured.n_won / n_closed) if effects and n_closed else None
        ),
        tiers=tier_rows(analysis),
        tier_confidence=tier_confidence(analysis),
        tiers_separable=analysis.profile.tiers_separable,
        scores_figure=_scores_figure(analysis),
        open_deals=scored_deals(analysis, lookup),
        n_tested=n_tested,
        n_holding=n_holding,
        expected_by_noise="" if noise is None else f"{noise:.1f}",
        detectable="" if detectable is None else say_number(detectable),
        stratified_by=cut(measured.stratified_by or "", LONGEST_NAME),
        n_closed=n_closed,
        warnings=measured.warnings,
        promising=compared_group(analysis, "promising", lookup),
        biased=compared_group(analysis, "biased", lookup),
        noise=compared_group(analysis, "noise", lookup),
        set_aside=compared_group(analysis, "set_aside", lookup),
        also_proven=proven_without_place(analysis, lookup),
        themes=theme_views(analysis, lookup),
        quality=data_quality(analysis, lookup),
    )


def _facts(analysis: Analysis) -> tuple[Fact, ...]:
    measured = analysis.measurement
    seconds = sum(c.duration_s for c in analysis.calls)
    return (
        Fact(f"{measured.n_deals:,}", "deals" if measured.n_deals != 1 else "deal"),
        Fact(f"{measured.n_won:,}", "won"),
        Fact(f"{measured.n_lost:,}", "lost"),
        Fact(f"{measured.n_open:,}", "still open"),
        Fact(f"{len(analysis.calls):,}", "calls" if len(analysis.calls) != 1 else "call"),
        Fact(say_hours(seconds), "of talk"),
    )


def _calls_line(analysis: Analysis) -> str:
    recordings = sum(c.kind == "recording" for c in analysis.calls)
    transcripts = len(analysis.calls) - recordings
    parts = []
    if recordings:
        parts.append(f"{say_count(recordings, 'recording')} transcribed on this machine")
    if transcripts:
        parts.append(f"{say_count(transcripts, 'transcript')} read")
    return say_list(parts) or "no calls"


def _bottom_line(analysis: Analysis, lookup: Lookup) -> list[str]:
    """Say the result in a few sentences, with how sure it is."""
    measured = analysis.measurement
    n_closed = measured.n_won + measured.n_lost
    scored = strongest(analysis.profile.criteria)
    if not scored:
        return [
            f"These {say_count(n_closed, 'closed deal')} do not show what wins share: no trait "
            "holds up against chance and bias. That is a result, not a fault; the counts and "
            "quotes below are a description, not a profile."
        ]
    named = [f"“{cut(c.statement, LONGEST_NAME)}”" for c in scored[:NAMED_FIRST]]
    also = [c for c in analysis.profile.criteria if not c.points]
    sentences = [
        f"Won deals share {say_count(len(scored), 'trait')} that lost ones have less often; the "
        f"strongest: {say_list(named)}."
    ]
    if also:
        against = say_list([f"“{cut(c.statement, LONGEST_NAME)}”" for c in also])
        sentences.append(f"Going with losing: {against}.")
    sentences += _tier_sentences(analysis)
    sentences.append(
        f"This is a hypothesis from {say_count(n_closed, 'closed deal')}. It says what goes with "
        "winning, not what causes it; the next deals will tell whether it holds."
    )
    return sentences


def _tier_sentences(analysis: Analysis) -> list[str]:
    tiers = sorted(analysis.profile.tiers, key=lambda t: t.tier)
    if len(tiers) < 2 or tiers[0].win_rate is None or tiers[-1].win_rate is None:
        return []
    best, last = tiers[0], tiers[-1]
    if not analysis.profile.tiers_separable:
        return ["The tiers are not separable yet: there are too few deals to tell them apart."]
    return [
        f"Of the deals in tier {best.tier}, {best.n_won} of {best.n_deals} were won "
        f"({say_share(best.win_rate or 0.0)}); in tier {last.tier}, {last.n_won} of "
        f"{last.n_deals} ({say_share(last.win_rate or 0.0)})."
    ]


def _next_steps(analysis: Analysis, lookup: Lookup) -> list[str]:
    """Say what the figures suggest to do, most useful first."""
    steps = []
    ranked = ranked_open(analysis)
    hot = [s for s, _ in ranked if s.tier == "A" and not s.excluded_by]
    if hot:
        named = say_list([f"{lookup.deal(s.deal_id)} ({s.score})" for s in hot[:NAMED_FIRST]])
        more = f", and {len(hot) - NAMED_FIRST} more in tier A" * (len(hot) > NAMED_FIRST)
        steps.append(f"Call first: {named}{more}.")
    unknown = Counter(
        lookup.statement(p.trait)
        for s, _ in ranked
        if not s.excluded_by
        for p in s.parts
        if p.value is None and p.points
    )
    if unknown and analysis.profile.criteria:
        trait, n = min(unknown.items(), key=lambda item: (-item[1], item[0]))
        steps.append(
            f"Ask on the next call: “{trait}” is not known for {say_count(n, 'open deal')}."
        )
    if analysis.unmatched:
        steps.append(
            f"{say_count(len(analysis.unmatched), 'call')} could not be matched to a deal: decide "
            "with icp-voice matches and run it again."
        )
    if analysis.profile.criteria:
        steps.append("Listen to the quotes, then try the criteria on deals that close from now on.")
    else:
        steps.append("Add more closed deals with their first calls, and run it again.")
    return steps


def _scores_figure(analysis: Analysis) -> Drawn | None:
    outcomes = {d.deal_id: d.outcome for d in analysis.deals}
    closed = [
        (s.score, outcomes[s.deal_id])
        for s in analysis.scores
        if outcomes.get(s.deal_id, "open") != "open"
    ]
    starts = [t.lowest_score for t in analysis.profile.tiers]
    return draw_scores(closed, starts) if closed and analysis.profile.criteria else None
