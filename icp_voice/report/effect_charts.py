"""The figures of effects: what to expect with its interval, and win rates with and without.

Each figure is drawn twice, for wide and for narrow screens; the style sheet shows the one that
fits.
"""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

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
from icp_voice.report.words import rate_with, rate_without, say_number, say_share
from icp_voice.results import Finding

if TYPE_CHECKING:
    import altair as alt

Group = Literal["criterion", "against", "promising"]

GROUP_COLOURS: dict[Group, str] = {
    "criterion": COLOURS["won"],
    "against": COLOURS["lost"],
    "promising": COLOURS["promising"],
}
GROUP_SHAPES: dict[Group, str] = {
    "criterion": "circle",
    "against": "diamond",
    "promising": "square",
}
WIDEST_RATIO = 32.0
TICKS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class EffectRow:
    """One row of the effects figure; the finding has an interval."""

    statement: str
    finding: Finding
    group: Group


@dataclass(frozen=True)
class _Layout:
    """Sizes in pixels of a row chart; with `above` the labels stand over their row."""

    plot: int
    left: int
    right: int
    row: int
    above: bool
    label_chars: int


_FOREST_WIDE = _Layout(plot=362, left=228, right=70, row=42, above=False, label_chars=29)
_RATES_WIDE = _Layout(plot=260, left=14, right=86, row=42, above=False, label_chars=0)
_FOREST_NARROW = _Layout(plot=270, left=12, right=66, row=58, above=True, label_chars=44)
_RATES_NARROW = _Layout(plot=260, left=12, right=76, row=58, above=True, label_chars=44)
_TOP, _BOTTOM = 52, 30


def draw_forest(rows: Sequence[EffectRow]) -> Drawn:
    """Draw the expected odds ratio of each row with its interval, on a log scale.

    Args:
        rows: at least one, in the order shown; each with an interval.
    """
    return Drawn(
        wide=render_svg(_forest(rows, _FOREST_WIDE), name="forest-wide", css_class="wide"),
        narrow=render_svg(_forest(rows, _FOREST_NARROW), name="forest-narrow", css_class="narrow"),
    )


def draw_win_rates(rows: Sequence[EffectRow], base_rate: float) -> Drawn:
    """Draw the win rate with and without each row's trait.

    Args:
        rows: at least one; the wide figure carries no labels, it stands right of the forest plot.
        base_rate: won share of all closed deals, a dashed line.
    """
    wide, narrow = (_win_rates(rows, base_rate, layout) for layout in (_RATES_WIDE, _RATES_NARROW))
    return Drawn(
        wide=render_svg(wide, name="rates-wide", css_class="wide"),
        narrow=render_svg(narrow, name="rates-narrow", css_class="narrow"),
    )


def wrap_label(text: str, width: int, *, lines: int = 2) -> list[str]:
    """Break a label into even lines of at most `width` characters; the rest is cut with a mark.

    >>> wrap_label("They can't see what is going on", 16)
    ["They can't see", 'what is going on']
    """
    wrapped = textwrap.wrap(text, width, max_lines=lines, placeholder="…")
    if len(wrapped) < 2:
        return wrapped or [""]
    for narrower in range(width - 1, width // 2, -1):
        even = textwrap.wrap(text, narrower)
        if len(even) > len(wrapped):
            break
        wrapped = even
    return wrapped


def _forest(rows: Sequence[EffectRow], layout: _Layout) -> "alt.LayerChart":
    import altair as alt

    data = [_forest_datum(i, row, layout) for i, row in enumerate(rows)]
    low = min(min(d["low"] for d in data), 0.5) / 1.08
    high = max(max(d["high"] for d in data), 2.0) * 1.08
    ticks = [tick for tick in TICKS if low <= tick <= high]
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    axis = alt.Axis(
        values=ticks,
        labelExpr="datum.value < 1 ? '1/' + round(1 / datum.value) + '×' : datum.value + '×'",
        **axis_style(),
    )
    x = alt.X("ratio:Q", scale=scale, axis=axis, title=None)
    base = chart_of(data)
    height = layout.row * len(rows)
    one = chart_of([{"ratio": 1}]).mark_rule(color=COLOURS["muted"])
    said = _texts(base, layout.plot + 10, "start", COLOURS["ink"], bold=True)
    layers = [
        one.encode(x=x),
        base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
            x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=_row_y(height), color=_colour()
        ),
        base.mark_point(filled=True, size=95, opacity=1).encode(
            x=x, y=_row_y(height), color=_colour(), shape=_shape()
        ),
        said.encode(y=_row_y(height), text=alt.Text("said:N")),
        *_labels(base, layout, height),
        *_forest_heads(layout.plot * _log_share(1, low, high)),
    ]
    return _finish(layers, layout, height)


def _forest_datum(i: int, row: EffectRow, layout: _Layout) -> dict[str, Any]:
    interval, ratio = row.finding.interval_90, row.finding.odds_ratio_shrunken
    assert interval is not None
    assert ratio is not None
    return {
        "y": _centre(i, layout),
        "ratio": _clamp(ratio),
        "low": _clamp(interval.low),
        "high": _clamp(interval.high),
        "said": f"{say_number(ratio)}×",
        "group": row.group,
        "label": wrap_label(row.statement, layout.label_chars, lines=1 if layout.above else 2),
    }


def _win_rates(rows: Sequence[EffectRow], base_rate: float, layout: _Layout) -> "alt.LayerChart":
    import altair as alt

    data = [_rate_datum(i, row, layout) for i, row in enumerate(rows)]
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%", **axis_style())
    height = layout.row * len(rows)
    base = chart_of(data)
    known = base.transform_filter("isValid(datum.with) && isValid(datum.without)")
    line = chart_of([{"with": base_rate}])
    said = _texts(base, layout.plot + 10, "start", COLOURS["ink"], bold=True)
    y = _row_y(height)
    ring = alt.StrokeWidthValue(2)
    layers = [
        line.mark_rule(color=COLOURS["muted"], strokeDash=[3, 3]).encode(
            x=alt.X("with:Q", scale=scale, axis=axis, title=None)
        ),
        known.mark_rule(strokeWidth=2.5).encode(
            x=alt.X("without:Q", scale=scale), x2=alt.X2("with:Q"), y=y, color=_colour()
        ),
        base.mark_point(filled=True, size=80, opacity=1, fill=COLOURS["paper"]).encode(
            x=alt.X("without:Q", scale=scale), y=y, stroke=_colour("stroke"),
            strokeWidth=ring,
        ),
        base.mark_point(filled=True, size=95, opacity=1).encode(
            x=alt.X("with:Q", scale=scale), y=y, color=_colour(), shape=_shape()
        ),
        said.encode(y=y, text=alt.Text("said:N")),
        *(_labels(base, layout, height) if layout.above else ()),
        *_rate_heads(layout, base_rate),
    ]  # fmt: skip
    return _finish(layers, layout, height)


def _rate_datum(i: int, row: EffectRow, layout: _Layout) -> dict[str, Any]:
    with_it, without = rate_with(row.finding), rate_without(row.finding)
    return {
        "y": _centre(i, layout),
        "with": with_it,
        "without": without,
        "said": " / ".join("–" if r is None else say_share(r) for r in (with_it, without)),
        "group": row.group,
        "label": wrap_label(row.statement, layout.label_chars, lines=1) if layout.above else [""],
    }


def _labels(base: "alt.Chart", layout: _Layout, height: int) -> list["alt.Chart"]:
    """Return the row labels: left of the row, or over it."""
    import altair as alt

    if layout.above:
        halo = _texts(base, 0, "start", COLOURS["paper"])
        halo.mark.stroke, halo.mark.strokeWidth = COLOURS["paper"], 5
        over = [halo, _texts(base, 0, "start", COLOURS["ink"])]
        for text in over:
            text.mark.dy = -22
        return [text.encode(y=_row_y(height), text=alt.Text("label:N")) for text in over]
    one = base.transform_filter("datum.label.length == 1")
    two = base.transform_filter("datum.label.length == 2")
    out = []
    for rows, dy in ((one, 0), (two, -8)):
        text = _texts(rows, -14, "end", COLOURS["ink"]).encode(
            y=_row_y(height), text=alt.Text("label:N")
        )
        text.mark.dy = dy
        out.append(text)
    return out


def _forest_heads(one: float) -> list["alt.Chart"]:
    """Return the heading and what lies on either side of "no difference" at x = `one`."""
    heads = [
        head("Odds of winning with it, against without", 0, -26, "left", bold=True),
        head("won more often ▸", one + 6, -8, "left"),
    ]
    if one > 95:
        heads.append(head("◂ won less often", one - 6, -8, "right"))
    return heads


def _rate_heads(layout: _Layout, base_rate: float) -> list["alt.Chart"]:
    text = f"all deals {say_share(base_rate)}"
    half = len(text) * 3.0
    middle = min(max(layout.plot * base_rate, half), layout.plot + layout.right - half)
    return [
        head("Win rate with it ● and without ○", 0, -26, "left", bold=True),
        head(text, middle, -8, "center"),
    ]


def _texts(
    base: "alt.Chart", x: float, align: Literal["start", "end"], colour: str, *, bold: bool = False
) -> "alt.Chart":
    side: Literal["left", "right"] = "left" if align == "start" else "right"
    mark = base.mark_text(
        align=side,
        baseline="middle",
        fontSize=13,
        lineHeight=16,
        fill=colour,
        fontWeight="bold" if bold else "normal",
    )
    return placed(mark, x=x)


def _row_y(height: int) -> "alt.Y":
    import altair as alt

    return alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)


def _colour(channel: Literal["color", "stroke"] = "color") -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(GROUP_COLOURS), range=list(GROUP_COLOURS.values()))
    cls = alt.Color if channel == "color" else alt.Stroke
    return cls("group:N", scale=scale, legend=None)


def _shape() -> "alt.Shape":
    import altair as alt

    scale = alt.Scale(domain=list(GROUP_SHAPES), range=list(GROUP_SHAPES.values()))
    return alt.Shape("group:N", scale=scale, legend=None)


def _finish(layers: Sequence["alt.Chart"], layout: _Layout, height: int) -> "alt.LayerChart":
    padding = {"left": layout.left, "right": layout.right, "top": _TOP, "bottom": _BOTTOM}
    return layered(layers, width=layout.plot, height=height, padding=padding)


def _centre(i: int, layout: _Layout) -> float:
    return layout.row * i + layout.row * (0.68 if layout.above else 0.5)


def _clamp(ratio: float) -> float:
    return min(max(ratio, 1 / WIDEST_RATIO), WIDEST_RATIO)


def _log_share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)
