"""The figure of scores: won deals upwards, lost ones downwards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from icp_voice.records import Outcome
from icp_voice.report.chart_parts import (
    COLOURS,
    Drawn,
    axis_style,
    chart_of,
    head,
    layered,
    placed,
)
from icp_voice.report.svg import render_svg

if TYPE_CHECKING:
    import altair as alt

SCORE_BIN = 10


def draw_scores(scores: Sequence[tuple[int, Outcome]], tier_starts: Sequence[int]) -> Drawn:
    """Draw how many closed deals got which score: won ones upwards, lost ones downwards.

    Args:
        scores: score in [0, 100] and outcome of each deal; open deals are left out.
        tier_starts: lowest score of each tier, drawn as lines.
    """
    wide, narrow = (_scores(scores, tier_starts, width) for width in (640, 330))
    return Drawn(
        wide=render_svg(wide, name="scores-wide", css_class="wide"),
        narrow=render_svg(narrow, name="scores-narrow", css_class="narrow"),
    )


def _scores(
    scores: Sequence[tuple[int, Outcome]], tier_starts: Sequence[int], width: int
) -> "alt.LayerChart":
    import altair as alt

    counts = _score_counts(scores)
    top = max([abs(c["count"]) for c in counts] + [1])
    height = 190
    x = alt.X("from:Q", scale=alt.Scale(domain=[0, 100], nice=False), title=None,
              axis=alt.Axis(values=list(range(0, 101, 20)), **axis_style()))  # fmt: skip
    scale = alt.Scale(domain=[-top * 1.2, top * 1.2], nice=False)
    y = alt.Y("count:Q", scale=scale, axis=None)
    base = chart_of(counts)
    layers: list[alt.Chart] = []
    middle = alt.Y2Datum(0)
    starts = sorted(s for s in tier_starts if 0 < s < 100)
    if starts:
        rules = chart_of([{"from": s} for s in starts])
        layers.append(rules.mark_rule(color=COLOURS["muted"], strokeDash=[3, 3]).encode(x=x))
    layers += [
        base.mark_bar(stroke=COLOURS["paper"], strokeWidth=1).encode(
            x=x, x2=alt.X2("to:Q"), y=y, y2=middle, color=_outcome_colour()
        ),
        base.mark_text(
            fontSize=11, fill=COLOURS["ink"], dy=alt.expr("datum.count > 0 ? -7 : 8")
        ).encode(x=alt.X("middle:Q"), y=y, text=alt.Text("n:N")),
        chart_of([{"count": 0}]).mark_rule(color=COLOURS["muted"]).encode(y=y),
        _side_text("won", height / 4),
        _side_text("lost", height * 3 / 4),
        *_tier_heads(sorted({0, *starts}), width),
    ]
    padding = {"left": 30, "right": 14, "top": 22, "bottom": 28}
    return layered(layers, width=width, height=height, padding=padding)


def _score_counts(scores: Sequence[tuple[int, Outcome]]) -> list[dict[str, Any]]:
    """Count won deals upwards and lost ones downwards, by steps of ten points."""
    out = []
    for start in range(0, 100, SCORE_BIN):
        last = start + SCORE_BIN + (1 if start + SCORE_BIN == 100 else 0)
        inside = [outcome for score, outcome in scores if start <= score < last]
        sides: tuple[tuple[Outcome, int], ...] = (("won", 1), ("lost", -1))
        for outcome, sign in sides:
            if n := inside.count(outcome):
                out.append(
                    {
                        "from": start,
                        "to": start + SCORE_BIN,
                        "middle": start + SCORE_BIN / 2,
                        "count": sign * n,
                        "n": str(n),
                        "outcome": outcome,
                    }
                )
    return out


def _tier_heads(starts: Sequence[int], width: int) -> list["alt.Chart"]:
    """Name the tiers over their ranges of scores; the highest range is A."""
    ends = [*starts[1:], 100]
    names = "ABC"[: len(starts)][::-1]
    return [
        head(f"tier {name}", width * (start + end) / 200, -6, "center")
        for name, start, end in zip(names, starts, ends, strict=False)
    ]


def _side_text(word: Literal["won", "lost"], y: float) -> "alt.Chart":
    text = chart_of([{}]).mark_text(
        align="center", angle=270, fontSize=12, fontWeight="bold", fill=COLOURS[word], text=word
    )
    return placed(text, x=-16, y=y)


def _outcome_colour() -> "alt.Color":
    import altair as alt

    scale = alt.Scale(domain=["won", "lost"], range=[COLOURS["won"], COLOURS["lost"]])
    return alt.Color("outcome:N", scale=scale, legend=None)
