import re
from pathlib import Path

import pytest

from icp_voice.report.chart_parts import COLOURS

TEXT_PAIRS = [
    ("ink", "page"),
    ("ink", "paper"),
    ("muted", "page"),
    ("muted", "paper"),
    ("won", "page"),
    ("won", "paper"),
    ("won", "won-soft"),
    ("lost", "paper"),
    ("lost", "lost-soft"),
    ("promising", "paper"),
    ("paper", "won"),
    ("notice-ink", "notice"),
]


@pytest.fixture(scope="module")
def style(root: Path) -> str:
    path = root / "icp_voice" / "report" / "templates" / "report.css"
    return path.read_text(encoding="utf-8")


def theme(style: str, name: str) -> dict[str, str]:
    """Return the colours of the light, dark or print theme by name."""
    start = {"light": ":root", "dark": "(prefers-color-scheme: dark)", "print": "@media print"}[
        name
    ]
    block = style[style.index(start) :]
    block = block[: block.index("}")]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["light", "dark", "print"])
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_text_can_be_read_in_every_theme(style: str, name: str, front: str, back: str) -> None:
    """Text has a contrast of at least 4.5 to 1, as WCAG AA asks."""
    colours = theme(style, name)
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_charts_and_style_sheet_agree_on_colours(style: str) -> None:
    """Each colour of a chart is exchanged by the style sheet, and is the light theme's own."""
    light = theme(style, "light")
    for name, colour in COLOURS.items():
        variable = "line" if name == "grid" else name
        assert light[variable] == colour
        if name != "grid":
            assert f'svg [fill="{colour}"] {{ fill: var(--{variable}); }}' in style
        if name != "ink":
            assert f'svg [stroke="{colour}"] {{ stroke: var(--{variable}); }}' in style


def test_the_style_sheet_loads_nothing(style: str) -> None:
    """Fonts are the reader's own; no import, address or file is named."""
    for word in ("@import", "@font-face", "url(", "http"):
        assert word not in style


def test_light_dark_narrow_print_and_motion_are_thought_of(style: str) -> None:
    """The page follows the reader's theme, screen, printer and wish for no motion."""
    for query in (
        "(prefers-color-scheme: dark)",
        "(max-width: 640px)",
        "@media print",
        "(prefers-reduced-motion: reduce)",
        ":focus-visible",
    ):
        assert query in style
