"""What all charts share: colours, axes, small heads, and how rows and fixed places are given.

Colours are the light theme's; the style sheet exchanges them by value in the dark theme (see
`templates/report.css`), so it must stay in step with `COLOURS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import altair as alt

COLOURS = {
    "ink": "#20262b",
    "muted": "#5a646d",
    "grid": "#e4dfd4",
    "won": "#0f6b5c",
    "lost": "#a9471f",
    "promising": "#6a7686",
    "paper": "#fffefb",
}
FONT = "sans-serif"


@dataclass(frozen=True)
class Drawn:
    """One figure in both sizes, as SVG."""

    wide: str
    narrow: str


def chart_of(values: Sequence[dict[str, Any]]) -> "alt.Chart":
    """Return a chart of inline rows."""
    import altair as alt

    data: Any = alt.Data
    return alt.Chart(data(values=list(values)))


def placed(mark: "alt.Chart", *, x: float | None = None, y: float | None = None) -> "alt.Chart":
    """Put a mark at fixed pixels of the plot."""
    import altair as alt

    # Channel classes instead of alt.value: those would be checked against the whole schema.
    x_value: Any = alt.XValue
    y_value: Any = alt.YValue
    if x is not None:
        mark = mark.encode(x=x_value(x))
    return mark if y is None else mark.encode(y=y_value(y))


def head(
    text: str,
    x: float,
    y: float,
    align: Literal["left", "center", "right"],
    *,
    bold: bool = False,
) -> "alt.Chart":
    """Return a small text over the plot."""
    mark = chart_of([{}]).mark_text(
        text=text,
        fontSize=12 if bold else 11,
        fontWeight="bold" if bold else "normal",
        fill=COLOURS["ink"] if bold else COLOURS["muted"],
        baseline="bottom",
        align=align,
    )
    return placed(mark, x=x, y=y)


def axis_style() -> dict[str, Any]:
    """Return the options of a quiet axis: grid lines and small labels."""
    return {
        "labelFontSize": 11,
        "labelColor": COLOURS["muted"],
        "labelOverlap": False,
        "labelBound": False,
        "labelFlush": False,
        "labelPadding": 6,
        "gridColor": COLOURS["grid"],
        "domain": False,
        "ticks": False,
    }


def layered(
    layers: "Sequence[alt.Chart]", *, width: int, height: int, padding: dict[str, int]
) -> "alt.LayerChart":
    """Lay marks over each other in a plot of fixed size, in the report's style."""
    import altair as alt

    chart: Any = alt.layer(*layers).properties(width=width, height=height, padding=padding)
    styled = chart.configure(font=FONT, background="transparent", aria=False)
    layer_chart: alt.LayerChart = styled.configure_view(stroke=None)
    return layer_chart
