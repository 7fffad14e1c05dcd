import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.export.text import CUT_MARK, clean, clock, cut, defuse


@given(st.text(max_size=80), st.integers(1, 80))
def test_cut_text_fits_and_is_marked(text: str, max_chars: int) -> None:
    """Never longer than allowed; whole where it fits, marked where it does not."""
    short = cut(text, max_chars)
    assert len(short) <= max_chars
    assert short == text if len(text) <= max_chars else short.endswith(CUT_MARK)


@given(st.lists(st.text("abcdef", min_size=1, max_size=6), min_size=1, max_size=15))
def test_cut_keeps_whole_words(words: list[str]) -> None:
    """What is left before the mark is a run of whole words, unless the first one is too long."""
    text = " ".join(words)
    kept = cut(text, 10).removesuffix(CUT_MARK)
    assert text.startswith(kept)
    assert not kept or kept.split() == words[: len(kept.split())]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x";"y")',
        "+1+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "  =1+1",
        "＝1+1",
    ],
)
def test_formulas_are_defused(text: str) -> None:
    """Every OWASP start of a formula gets an apostrophe, also behind white space."""
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.5 %".replace(" ", ""), "-1 200,50", "+48 600 100 200"])
def test_numbers_and_phone_numbers_stay(text: str) -> None:
    """A sign before digits alone is no formula."""
    assert defuse(text) == text


@given(st.text(max_size=40))
def test_no_defused_text_starts_a_formula(text: str) -> None:
    """Whatever was said, the cell starts harmlessly or is a plain number."""
    safe = defuse(clean(text))
    assert not re.match(r"\s*[=@＝＠]", safe)
    if re.match(r"\s*[+\-＋－]", safe):
        assert re.fullmatch(r"[+-][\d .,%()\u00a0-]+", safe)


@given(st.text(max_size=40))
def test_clean_text_has_no_control_characters(text: str) -> None:
    """Only line breaks are left, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", cleaned)
    assert clean(cleaned) == cleaned


def test_times_read_as_players_show_them() -> None:
    """Minutes and seconds, with hours only where there are some."""
    assert [clock(s) for s in (0, 59.9, 60, 3725)] == ["0:00", "0:59", "1:00", "1:02:05"]
