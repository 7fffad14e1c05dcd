"""The result of a run in the terminal: what our wins share, how sure that is, what to do next."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from icp_voice.cli.filters import clock
from icp_voice.pipeline import Run
from icp_voice.records import Quote
from icp_voice.results import Analysis, Criterion, CriterionKind, Finding, Interval, TierRecord

HEADINGS: dict[CriterionKind, str] = {
    "must_have": "Must-have",
    "nice_to_have": "Nice to have",
    "exclude": "Exclude",
    "warning": "Warnings",
}
SHOWN_NOISE = 6
SHOWN_OPEN_DEALS = 5
SHOWN_UNMATCHED = 5
SHOWN_POOR = 5


def print_summary(run: Run, *, quotes: bool = True, console: Console | None = None) -> None:
    """Print a run's result.

    Args:
        run: what was done and what is known.
        quotes: False leaves out what was said.
        console: where to; standard output unless said.
    """
    out = console or Console(highlight=False, soft_wrap=False)
    analysis = run.analysis
    _print_head(out, run)
    _print_criteria(out, analysis, quotes=quotes)
    _print_tiers(out, analysis)
    _print_noise(out, analysis)
    _print_next(out, run)


def _print_head(out: Console, run: Run) -> None:
    analysis = run.analysis
    measured = analysis.measurement
    calls = analysis.calls
    recordings = sum(c.kind == "recording" for c in calls)
    hours = sum(c.duration_s for c in calls) / 3600
    out.print()
    out.rule(f"[bold]What our wins share[/bold] · {escape(analysis.name)}", align="left")
    if analysis.synthetic:
        out.print("Synthetic demo data: invented companies, computed voices.", style="yellow")
    until = f", up to {analysis.data_until:%Y-%m-%d}" if analysis.data_until else ""
    out.print(
        f"{measured.n_deals} deals: {measured.n_won} won, {measured.n_lost} lost, "
        f"{measured.n_open} open · {len(calls)} calls ({recordings} recordings, "
        f"{len(calls) - recordings} transcripts, {hours:.1f} h){until}"
    )
    if not run.measured:
        out.print("Nothing new since the last run.", style="dim")


def _print_criteria(out: Console, analysis: Analysis, *, quotes: bool) -> None:
    criteria = analysis.profile.criteria
    if not criteria:
        out.print("\n[bold]No criteria yet.[/bold] The data does not show what wins share.")
    for kind, heading in HEADINGS.items():
        group = [c for c in criteria if c.kind == kind]
        if not group:
            continue
        out.print(f"\n[bold]{heading}[/bold]")
        for criterion in group:
            _print_criterion(out, criterion, quotes=quotes)
    if analysis.profile.warnings:
        out.print("\n[bold]Mind[/bold]")
    for warning in analysis.profile.warnings:
        out.print(Padding(escape(warning), (0, 0, 0, 2)), style="yellow")


def _print_criterion(out: Console, criterion: Criterion, *, quotes: bool) -> None:
    points = f"{criterion.points:>3} points" if criterion.points else " " * 10
    out.print(f"  [cyan]{points}[/cyan]  [bold]{escape(criterion.statement)}[/bold]")
    details = [f"{_counts(criterion.finding)}; {_effect(criterion.finding)}"]
    details += criterion.caveats
    for line in details:
        out.print(Padding(escape(line), (0, 0, 0, 14)))
    if quotes and criterion.quotes:
        out.print(Padding(_quote(criterion.quotes[0]), (0, 0, 0, 14)), style="italic")


def _print_tiers(out: Console, analysis: Analysis) -> None:
    tiers = analysis.profile.tiers
    if not tiers:
        return
    out.print("\n[bold]Tiers[/bold] (closed deals, scored with this profile)")
    table = Table(box=None, padding=(0, 2), show_header=True, header_style="dim")
    for column in ("", "tier", "score", "won", "win rate", "90 % interval", "open deals"):
        table.add_column(column)
    open_ids = {d.deal_id for d in analysis.deals if d.outcome == "open"}
    for tier in tiers:
        waiting = sum(s.tier == tier.tier and s.deal_id in open_ids for s in analysis.scores)
        table.add_row(*_tier_row(tier), str(waiting))
    out.print(table)
    if not analysis.profile.tiers_separable:
        out.print("  Tiers not separable yet.", style="yellow")


def _tier_row(tier: TierRecord) -> tuple[str, ...]:
    rate = "-" if tier.win_rate is None else f"{tier.win_rate:.0%}"
    interval = "-" if tier.interval is None else _percent_range(tier.interval)
    won = f"{tier.n_won} of {tier.n_deals}"
    return "", tier.tier, f"from {tier.lowest_score}", won, rate, interval


def _print_noise(out: Console, analysis: Analysis) -> None:
    findings = sorted(
        analysis.measurement.findings, key=lambda f: (-(f.present_won + f.present_lost), f.trait)
    )
    for verdict, heading, why in (
        ("promising", "Promising, not proven", True),
        ("biased", "Looks like a pattern and is none", True),
        ("noise", "Only noise", False),
    ):
        group = [f for f in findings if f.verdict == verdict]
        if group:
            _print_group(out, analysis, heading, group, why=why)
    n_aside = sum(f.verdict == "set_aside" for f in findings)
    if n_aside:
        out.print(f"  {n_aside} more traits are too rare or too common to say anything.")
    if analysis.measurement.warnings:
        out.print("\n[bold]How far the data goes[/bold]")
    for warning in analysis.measurement.warnings:
        out.print(Padding(escape(warning), (0, 0, 0, 2)))


def _print_group(
    out: Console, analysis: Analysis, heading: str, findings: Sequence[Finding], *, why: bool
) -> None:
    out.print(f"\n[bold]{heading}[/bold]")
    for finding in findings[:SHOWN_NOISE]:
        reason = f". {finding.reasons[0]}" if why and finding.reasons else ""
        line = f"{_say(analysis, finding.trait)}: {_counts(finding)}{reason}"
        out.print(Padding(escape(line), (0, 0, 0, 2)))
    if len(findings) > SHOWN_NOISE:
        out.print(f"  and {len(findings) - SHOWN_NOISE} more (see the report).")


def _print_next(out: Console, run: Run) -> None:
    out.print("\n[bold]What to do next[/bold]")
    for line in next_steps(run):
        out.print(Padding(escape(line), (0, 0, 0, 2)))
    out.print(f"\nReport:  {escape(str(run.report_path))}")
    out.print(f"Exports: {escape(', '.join(str(p) for p in run.export_paths))}")


def next_steps(run: Run) -> Iterator[str]:
    """Yield what the numbers suggest to do, most useful first."""
    analysis = run.analysis
    deals = {d.deal_id: d for d in analysis.deals}
    hot = sorted(
        (s for s in analysis.scores if s.tier == "A" and deals[s.deal_id].outcome == "open"),
        key=lambda s: (-s.score, s.deal_id),
    )
    if hot:
        named = ", ".join(
            f"{deals[s.deal_id].name or s.deal_id} ({s.score})" for s in hot[:SHOWN_OPEN_DEALS]
        )
        yield f"- Call first: {named}."
    unsure = [s for s in analysis.scores if s.n_unknown and deals[s.deal_id].outcome == "open"]
    if unsure:
        yield f"- {len(unsure)} open deals have unknowns: ask about them on the next call."
    yield from _call_steps(analysis, run.report_path.parent)
    if analysis.rejected_rows:
        yield f"- {len(analysis.rejected_rows)} rows of the CRM files could not be read."
    yield from _poor_calls(analysis)
    yield "- Open the report, play the quotes, and check the criteria on the next deals."


def _poor_calls(analysis: Analysis) -> Iterator[str]:
    """Say how many calls are too poor to count, which, and how to see or count them."""
    poor = [c for c in analysis.calls if c.grade == "poor"]
    left_out = [c.call for c in poor if c.left_out]
    if left_out:
        shown = ", ".join(left_out[:SHOWN_POOR])
        more = " ..." if len(left_out) > SHOWN_POOR else ""
        number = "1 call is" if len(left_out) == 1 else f"{len(left_out)} calls are"
        yield (
            f"- {number} too poor to count and left out: {shown}{more} "
            'The report lists why ("Data quality"); --include-poor counts them.'
        )
    elif poor:
        number = "1 call" if len(poor) == 1 else f"{len(poor)} calls"
        yield f"- {number} of poor quality counted, as asked for; what they lack reads as absent."


def _call_steps(analysis: Analysis, folder: Path) -> Iterator[str]:
    """Yield what is to be said about calls whose deal or day is not certain."""
    names = {c.call_id: c.call for c in analysis.calls}
    waiting = [names.get(m.call_id, m.call_id) for m in analysis.unmatched]
    left_out = f"; without a deal and left out: {len(waiting)}" if waiting else ""
    waiting += [c.call for c in analysis.calls if c.waits and c.deal_id is not None]
    if waiting:
        shown = ", ".join(waiting[:SHOWN_UNMATCHED])
        more = " ..." if len(waiting) > SHOWN_UNMATCHED else ""
        yield (
            f"- {'1 call waits' if len(waiting) == 1 else f'{len(waiting)} calls wait'} for a "
            f"decision: icp-voice matches {folder} ({shown}{more}{left_out})."
        )
    undated = [c for c in analysis.calls if c.deal_id is not None and c.called_on is None]
    if undated:
        n_first = sum(c.call_number == 1 for c in undated)
        yield (
            f"- Calls without a date: {len(undated)}. Taken as the first call, being their deal's "
            f"only one: {n_first}; as later calls: {len(undated) - n_first}. Add the date to "
            "calls.csv."
        )


def _say(analysis: Analysis, trait: str) -> str:
    return analysis.statements.get(trait, trait)


def _counts(finding: Finding) -> str:
    with_n = finding.present_won + finding.present_lost
    without_n = finding.absent_won + finding.absent_lost
    unknown = f", {finding.unknown} unknown" if finding.unknown else ""
    return (
        f"won {finding.present_won} of {with_n} with it, "
        f"{finding.absent_won} of {without_n} without{unknown}"
    )


def _effect(finding: Finding) -> str:
    if finding.odds_ratio_shrunken is None or finding.interval_90 is None:
        return finding.verdict.replace("_", " ")
    low, high = finding.interval_90.low, finding.interval_90.high
    return (
        f"odds x {finding.odds_ratio_shrunken:.1f} (90 % interval {low:.1f} to {high:.1f}); "
        f"{finding.verdict.replace('_', ' ')}"
    )


def _percent_range(interval: Interval) -> str:
    return f"{interval.low:.0%} to {interval.high:.0%}"


def _quote(quote: Quote) -> str:
    where = f"{quote.call} {clock(quote.start_s)}"
    return escape(f"“{quote.text}” {quote.speaker}, {where}")
