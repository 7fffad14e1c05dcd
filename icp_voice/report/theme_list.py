"""What buyers talk about: themes with their size and quotes."""

from dataclasses import dataclass

from icp_voice.records import Quote, Theme, ThemeMember
from icp_voice.report.lookup import Lookup, QuoteView
from icp_voice.report.variety import pick_varied
from icp_voice.report.words import LONGEST_NAME, cut, say_count
from icp_voice.results import Analysis

STABLE_FROM = 0.7
SHOWN_THEMES = 12
SHOWN_QUOTES = 3


@dataclass(frozen=True)
class ThemeView:
    """One theme; `share` is its deals over those of the largest theme, for the bar."""

    label: str
    size: str
    share: float
    loose: bool
    quotes: tuple[QuoteView, ...]


def theme_views(analysis: Analysis, lookup: Lookup) -> tuple[ThemeView, ...]:
    """Return the themes heard in most deals first."""
    themes = sorted(analysis.themes, key=lambda t: (-t.n_deals, -len(t.members), t.theme_id))
    largest = max((t.n_deals for t in themes), default=1) or 1
    return tuple(_view(theme, largest, lookup) for theme in themes)


def _view(theme: Theme, largest: int, lookup: Lookup) -> ThemeView:
    size = ", ".join(
        (
            say_count(theme.n_deals, "deal"),
            say_count(theme.n_calls, "call"),
            say_count(len(theme.members), "line"),
        )
    )
    return ThemeView(
        label=cut(theme.label, LONGEST_NAME) or theme.theme_id,
        size=size,
        share=theme.n_deals / largest,
        loose=theme.stability < STABLE_FROM,
        quotes=tuple(_quote(member, lookup) for member in _typical(theme)),
    )


def _typical(theme: Theme) -> tuple[ThemeMember, ...]:
    """Pick lines near the centre, of different deals and in different words."""
    members = sorted(
        theme.members,
        key=lambda m: (m.line.text != theme.medoid, -m.similarity, m.line.call_id, m.line.start_s),
    )
    return pick_varied(
        members,
        SHOWN_QUOTES,
        text=lambda m: m.line.text,
        source=lambda m: m.line.deal_id or m.line.call_id,
    )


def _quote(member: ThemeMember, lookup: Lookup) -> QuoteView:
    line = member.line
    quote = Quote(
        call_id=line.call_id,
        call=lookup.call(line.call_id),
        deal_id=line.deal_id,
        speaker="buyer",
        text=line.text,
        start_s=line.start_s,
        end_s=line.end_s,
        outcome=lookup.outcome(line.deal_id),
    )
    return lookup.quote(quote)
