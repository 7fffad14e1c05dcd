"""Vega-Lite specifications to inline SVG: offline, the same bytes on every run and machine.

Altair and vl-convert are loaded on first use. Layout does not depend on the machine's fonts: the
charts fix their own width, height and padding (`autosize: none`) and place their own labels.
"""

import re
from typing import Any, Protocol

_ID = re.compile(r'\bid="([^"]+)"')
_EMPTY_GROUP = re.compile(r'<path class="(?:foreground|background)"[^>]*/>')
_ROLES = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events|version|xmlns|xmlns:xlink)="[^"]*"')
_OPAQUE = re.compile(r' opacity="1"')
_TAG = re.compile(r"<[^>]*>")


class VegaLiteChart(Protocol):
    """What is needed of an Altair chart."""

    def to_dict(self, validate: bool = True) -> dict[str, Any]:
        """Return the Vega-Lite specification."""
        ...


def render_svg(chart: VegaLiteChart, *, name: str, css_class: str = "chart") -> str:
    """Return a chart as an `<svg>` element that stands alone in a page.

    Colours stay as attributes, so that the page's style sheet can exchange them for the dark
    theme; texts stay texts. Roles are taken out: the figure around the chart carries its name.

    Args:
        chart: an Altair chart with fixed size and inline data.
        name: unique in the page; prefix of all ids, which otherwise count up in the process.
        css_class: of the `<svg>` element.
    """
    import vl_convert

    spec = chart.to_dict(validate=False)  # checking against the schema takes longer than drawing
    spec["autosize"] = {"type": "none"}
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return _tidy(svg, name, css_class)


def _tidy(svg: str, name: str, css_class: str) -> str:
    """Drop what the page does not need and make ids independent of what was rendered before."""
    svg = _TAG.sub(lambda tag: _OPAQUE.sub("", _ROLES.sub("", tag[0])), _EMPTY_GROUP.sub("", svg))
    for number, old in enumerate(dict.fromkeys(_ID.findall(svg)), start=1):
        new = f"{name}-{number}"
        svg = svg.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
    opening = f'<svg class="{css_class}" aria-hidden="true" focusable="false"'
    return svg.replace("<svg", opening, 1)
