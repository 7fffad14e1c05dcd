import base64
import hashlib
import itertools
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outline import Outline
from report_samples import HOSTILE

from icp_voice.errors import ExportError
from icp_voice.records import Deal, Quote
from icp_voice.report.report import render_report, write_report
from icp_voice.results import Analysis

HERE = Path(__file__).parent
LOADING_TAGS = {
    *("script", "link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"),
    *("source", "image", "use", "foreignobject", "animate", "set", "input", "button"),
}


def test_the_outline_is_the_agreed_one(market_page: str) -> None:
    """Sections and cards stand in the order a reader needs; a change shows as a diff."""
    outline = "".join(f"{'#' * n} {text}\n" for n, text in Outline(market_page).headings())
    assert outline == (HERE / "golden" / "outline.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["market_page", "edge_page"])
def test_headings_never_skip_a_level(page: str, request: pytest.FixtureRequest) -> None:
    """One h1, and each heading at most one level below the one before it."""
    levels = [level for level, _ in Outline(request.getfixturevalue(page)).headings()]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


@pytest.mark.parametrize("page", ["market_page", "edge_page"])
def test_the_page_asks_for_nothing(page: str, request: pytest.FixtureRequest) -> None:
    """No element, attribute or style that could load or run anything is in the page."""
    text: str = request.getfixturevalue(page)
    parsed = Outline(text)
    assert not {e.tag for e in parsed.elements} & LOADING_TAGS
    for element in parsed.elements:
        for name in element.attributes:
            assert name not in ("src", "srcset", "style", "xlink:href", "ping", "action")
            assert not name.startswith("on"), name
        if (link := element.attributes.get("href")) is not None:
            assert link.startswith("#"), link
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text


def test_the_policy_allows_its_own_style_sheet_and_nothing_else(market_page: str) -> None:
    """The content security policy names the one style sheet by its hash."""
    parsed = Outline(market_page)
    policy = next(
        e.attributes["content"]
        for e in parsed.all("meta")
        if e.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = parsed.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_links_and_labels_lead_somewhere(market_page: str) -> None:
    """Every link inside the page and every label points at an id that is there once."""
    parsed = Outline(market_page)
    ids = Counter(e.attributes["id"] for e in parsed.elements if e.attributes.get("id"))
    assert max(ids.values()) == 1
    for element in parsed.elements:
        target = (element.attributes.get("href") or "").removeprefix("#")
        label = element.attributes.get("aria-labelledby")
        assert not target or target in ids
        assert not label or label in ids


def test_hostile_text_stays_text(edge_page: str) -> None:
    """Markup in company names, speakers, quotes, files and errors is shown and never obeyed."""
    assert "<script" not in edge_page
    assert "&lt;script&gt;" in edge_page
    parsed = Outline(edge_page)
    body = parsed.all("body")[0].text
    assert HOSTILE in body
    assert HOSTILE in parsed.text_of("blockquote")[0]


def test_hostile_statements_stay_text_in_charts(market: Analysis) -> None:
    """A statement with markup is a text of the figure, too."""
    first, *rest = market.profile.criteria
    hostile = replace(first, statement="<script>x</script> & <b>")
    profile = replace(market.profile, criteria=(hostile, *rest))
    page = render_report(replace(market, profile=profile))
    assert "<script" not in page
    assert "<script>x</script> & <b>" in "".join(Outline(page).text_of("text"))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_words_never_change_the_page(edge: Analysis, edge_page: str, said: str) -> None:
    """Whatever is said or named, the elements of the page are the same."""
    quote = replace(edge.quotes["pain/manual_work"][0], text=said, speaker=said)
    page = render_report(
        replace(
            edge,
            name=said,
            deals=(Deal(edge.deals[0].deal_id, "won", name=said), *edge.deals[1:]),
            quotes={"pain/manual_work": (quote,)},
            statements={"pain/manual_work": said},
        )
    )
    assert Counter(e.tag for e in Outline(page).elements) == Counter(
        e.tag for e in Outline(edge_page).elements
    )


def test_equal_input_gives_equal_bytes(market_page: str) -> None:
    """Another process with another hash seed, after other charts, writes the same page."""
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from report_samples import market_analysis\n"
        "from icp_voice.report.report import render_report\n"
        "sys.stdout.buffer.write(render_report(market_analysis()).encode())"
    )
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert again.decode() == market_page


def test_every_quote_says_who_said_it_where_and_when(market_page: str) -> None:
    """Each quote has speaker, deal with outcome, call and a time in minutes and seconds."""
    figures = [
        f for f in Outline(market_page).all("figure") if f.attributes.get("class") == "quote"
    ]
    assert len(figures) >= 3 * 6
    for figure in figures:
        caption = " ".join(next(c for c in figure.children if c.tag == "figcaption").text.split())
        assert re.fullmatch(
            r".+ · .+ \((won|lost|open)\) \S+\.(vtt|ogg), \d+ \w{3} \d{4}, at \d+:\d\d", caption
        ), caption


def test_each_criterion_shows_counts_effect_and_three_quotes(market_page: str) -> None:
    """A card says how deals ended with and without it, what to expect, and in whose words."""
    cards = [e for e in Outline(market_page).all("article") if "card" in str(e.attributes)]
    assert len(cards) == 6
    first = " ".join(cards[0].text.split())
    assert "Won 49 of 80 with it, 5 of 34 without. In 6 deals it is not known." in first
    assert "Expect about 4.2 times the odds of winning (90% interval 2.1 to 8.5)." in first
    assert "Goes along with, and counted once: They work in Excel." in first
    assert first.count("“") == 3


def test_figures_have_names_and_a_table(market_page: str) -> None:
    """Each chart is one image with a name for screen readers; its drawing is hidden from them."""
    parsed = Outline(market_page)
    images = [e for e in parsed.elements if e.attributes.get("role") == "img"]
    assert len(images) == 3 - 1
    assert all(len(e.attributes.get("aria-label") or "") > 40 for e in images)
    assert all(e.attributes.get("aria-hidden") == "true" for e in parsed.all("svg"))
    assert "The same figures as a table" in parsed.text_of("summary")


def test_synthetic_data_is_called_synthetic(market: Analysis, market_page: str) -> None:
    """The banner stands over the page, and only where the data are invented."""
    assert market_page.index("Synthetic demo data.") < market_page.index("<h1>")
    real = render_report(
        replace(market, synthetic=False, profile=replace(market.profile, criteria=()))
    )
    assert "ynthetic" not in real.split("</style>")[1]


def test_never_says_that_something_causes_a_win(market_page: str) -> None:
    """The page says "goes with"; "cause" stands only where it is denied."""
    body = " ".join(Outline(market_page).all("body")[0].text.split())
    assert "Goes with, not causes." in body
    allowed = ("not causes", "not what causes it")
    for phrase in allowed:
        body = body.replace(phrase, "")
    assert "cause" not in body.replace("because", "")


def test_too_few_deals_get_a_description_and_no_ranking(edge_page: str) -> None:
    """Without criteria there are counts and quotes, and no chart, score or tier."""
    body = " ".join(Outline(edge_page).all("body")[0].text.split())
    assert "No criteria yet." in body
    assert "in 3 closed deals: 2 won, 1 lost" in body
    assert "62:05" in body
    assert "there is no score" in body
    assert 'role="img"' not in edge_page


def test_tiers_that_overlap_are_called_so(market: Analysis) -> None:
    """The notice stands where the win rates do not fall from A to C."""
    page = render_report(replace(market, profile=replace(market.profile, tiers_separable=False)))
    assert "Tiers not separable yet." in page


def test_noise_bias_and_limits_are_said_in_words(market_page: str) -> None:
    """What is no pattern stands with its reason, and so does what the data can't show."""
    body = " ".join(Outline(market_page).all("body")[0].text.split())
    assert "Noise alone would give about 0.6 traits this strong" in body
    assert "3.2× is the smallest effect that 120 closed deals can be expected to show" in body
    assert "it mostly stands for the segment." in body
    assert "2 set aside before any outcome was looked at" in body
    assert "lunch-with-somebody.ogg" in body
    assert 'close_date "31/13/2024" is not a date.' in body
    assert "Transcribed here with demo-en (bundled, int8)" in body


def test_many_deals_stay_a_small_file(market: Analysis) -> None:
    """2,000 open deals are cut, said to be cut, and the file stays under a megabyte."""
    score = next(s for s in market.scores if s.deal_id == "D-1121")
    ids = [f"X-{i}" for i in range(2000)]
    page = render_report(
        replace(
            market,
            deals=(*market.deals, *(Deal(i, "open", name="Long name " * 8) for i in ids)),
            scores=(*market.scores, *(replace(score, deal_id=i) for i in ids)),
            unmatched=market.unmatched * 1000,
        )
    )
    assert len(page.encode()) < 1_000_000
    assert "1780 more are in the exports." in page
    assert "and 800 more." in page


def test_the_file_is_replaced_as_a_whole(edge: Analysis, tmp_path: Path) -> None:
    """The folder is made, the old report goes, and no partial file is left."""
    path = tmp_path / "new" / "report.html"
    write_report(edge, path)
    first = path.read_bytes()
    path.write_text("old", encoding="utf-8")
    write_report(edge, path)
    assert path.read_bytes() == first
    assert b"\r" not in first
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_one_sentence(edge: Analysis, tmp_path: Path) -> None:
    """A folder in the way of the file is an error that says what to do."""
    path = tmp_path / "report.html"
    path.mkdir()
    with pytest.raises(ExportError, match=r"report\.html can't be written .*run again\."):
        write_report(edge, path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_names_that_are_no_text_can_be_written(edge: Analysis, tmp_path: Path) -> None:
    """A file name with bytes that are no UTF-8 is shown with marks in their place."""
    broken = Quote("9" * 16, "caf\udce9.wav", None, "\udce9", "\udce9", 1.0, 2.0)
    path = tmp_path / "report.html"
    write_report(
        replace(edge, name="caf\udce9", quotes={"pain/manual_work": (broken,)}, sentence_model=""),
        path,
    )
    assert "caf?" in path.read_text(encoding="utf-8")


def test_a_reason_that_many_traits_share_is_said_once(market: Analysis) -> None:
    """Three traits set apart for one reason stand together under it."""
    reason = "This is about the purchase itself. It is never a criterion."
    findings = tuple(
        replace(f, reasons=(reason,)) if f.verdict == "biased" else f
        for f in market.measurement.findings
    )
    measured = replace(market.measurement, findings=findings)
    body = Outline(render_report(replace(market, measurement=measured))).all("body")[0].text
    assert body.count(reason) == 1
    shared = "They ask about the contract; They ask about integrations; They run SAP."
    assert shared in " ".join(body.split())
