import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from report_samples import make_finding

from icp_voice.report.chart_parts import COLOURS
from icp_voice.report.effect_charts import EffectRow, draw_forest, draw_win_rates, wrap_label
from icp_voice.report.score_chart import draw_scores
from icp_voice.results import Analysis, Interval


def texts(svg: str) -> list[str]:
    """Return the texts of a figure."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def row(cells: tuple[int, int, int, int] = (30, 10, 20, 60), name: str = "A trait") -> EffectRow:
    return EffectRow(name, make_finding("pain/x", cells, "proven"), "criterion")


def test_the_forest_plot_says_each_trait_and_its_effect() -> None:
    """Label and expected odds ratio are texts, not paths; the interval is drawn to scale."""
    finding = replace(row().finding, odds_ratio_shrunken=4.0, interval_90=Interval(2.0, 8.0, 0.9))
    drawn = draw_forest([EffectRow("Work by hand", finding, "criterion")])
    for svg in (drawn.wide, drawn.narrow):
        said = texts(svg)
        assert "Work by hand" in said
        assert "4.0×" in said
        assert {"1×", "2×", "4×", "8×"} <= set(said)
    ticks = {
        text: float(x)
        for x, text in re.findall(r"translate\(([\d.]+),15\)[^>]*>(\d×)</text>", drawn.wide)
    }
    x, _, length = re.search(
        r'<line transform="translate\(([\d.]+),([\d.]+)\)" x2="([\d.]+)" y2="0" stroke="#0f6b5c"',
        drawn.wide,
    ).groups()
    assert abs(float(x) - ticks["2×"]) < 1.5
    assert abs(float(x) + float(length) - ticks["8×"]) < 1.5


def test_extreme_effects_stay_in_the_figure() -> None:
    """An interval beyond 32 times is drawn to the edge and said as it is."""
    finding = replace(
        row().finding, odds_ratio_shrunken=90.0, interval_90=Interval(0.001, 1e6, 0.9)
    )
    drawn = draw_forest([EffectRow("Rare", finding, "promising")])
    assert "90×" in texts(drawn.wide)
    assert max(float(x) for x in re.findall(r'x2="([\d.]+)"', drawn.wide)) < 400


def test_win_rates_say_both_sides() -> None:
    """With and without stand beside the dots; a side without deals is a dash."""
    drawn = draw_win_rates([row((3, 1, 1, 4)), row((3, 1, 0, 0))], base_rate=0.4)
    assert "75% / 20%" in texts(drawn.wide)
    assert "75% / –" in texts(drawn.wide)
    assert "all deals 40%" in texts(drawn.narrow)


def test_scores_are_counted_by_ten_points_and_outcome() -> None:
    """A score of 100 belongs to the last bar, and tiers are named over their range."""
    drawn = draw_scores([(100, "won"), (95, "won"), (0, "lost"), (39, "lost")], [70, 40, 0])
    said = texts(drawn.wide)
    assert sorted(s for s in said if s in ("1", "2")) == ["1", "1", "2"]
    assert [s for s in said if s.startswith("tier")] == ["tier C", "tier B", "tier A"]


def test_figures_carry_only_colours_the_style_sheet_knows(market: Analysis) -> None:
    """A colour that is not exchanged would be wrong in the dark theme."""
    outcomes = {d.deal_id: d.outcome for d in market.deals}
    scores = [(s.score, outcomes[s.deal_id]) for s in market.scores]
    drawn = (draw_forest([row()]), draw_win_rates([row()], 0.5), draw_scores(scores, [70, 40]))
    for figure in drawn:
        for svg in (figure.wide, figure.narrow):
            used = set(re.findall(r'(?:fill|stroke)="(#[^"]+)"', svg))
            assert used <= set(COLOURS.values())
            assert 'style="' not in svg
            assert "NaN" not in svg


@given(st.text(max_size=200), st.integers(min_value=8, max_value=40))
def test_labels_fit_their_width(text: str, width: int) -> None:
    """A label has one or two lines, none wider than asked for."""
    lines = wrap_label(text, width)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= width for line in lines)
