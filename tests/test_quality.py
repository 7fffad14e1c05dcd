"""The grade of a call and its reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.quality import Heard, assess_quality
from icp_voice.records import CallQuality, Side, Turn

GOOD = Heard(duration_s=120.0, speech_s=100.0, mean_log_probability=-0.3)


def talk(
    n_characters: int = 1200,
    *,
    seconds: float = 100.0,
    buyer_share: float = 0.5,
    confidence: float = 0.95,
    unknown: bool = False,
) -> tuple[Turn, ...]:
    """Return two turns, the seller's and the buyer's, of that much text and time in all."""
    n_buyer = round(n_characters * buyer_share)
    parts: list[tuple[Side, int]] = [("seller", n_characters - n_buyer), ("buyer", n_buyer)]
    turns = []
    start_s = 0.0
    for index, (side, length) in enumerate(parts):
        if not length:
            continue
        end_s = start_s + seconds * length / n_characters
        said: Side = "unknown" if unknown else side
        turns.append(Turn(index, side, said, confidence, start_s, end_s, "en", "w" * length))
        start_s = end_s
    return tuple(turns)


def test_call_without_a_fault_is_good() -> None:
    """Speech that became text, at a human pace, with known sides: no reason at all."""
    found = assess_quality(talk(), GOOD)
    assert (found.grade, found.reasons) == ("good", ())
    assert (found.coverage, found.characters_per_minute) == (1.0, 720.0)


@pytest.mark.parametrize(
    ("turns", "heard", "grade", "reason"),
    [
        ((), GOOD, "poor", "nothing was said that could be understood"),
        (talk(seconds=40), GOOD, "poor", "40% of the speech became text"),
        (talk(seconds=70), GOOD, "usable", "70% of the speech became text"),
        (talk(200), GOOD, "poor", "120 characters a minute of speech: words are missing"),
        (talk(2700), GOOD, "usable", "1620 characters a minute of speech: more than anybody can"),
        (talk(4000), GOOD, "poor", "2400 characters a minute of speech: more than anybody can"),
        (talk(), Heard(120, 100, -1.2), "poor", "the recogniser was unsure (mean log-prob"),
        (talk(), Heard(120, 100, -0.8), "usable", "the recogniser was unsure (mean log-prob"),
        (talk(), Heard(120, 100, -0.3, 400), "usable", "25% of the recognised text was invented"),
        (talk(), Heard(120, 100, -0.3, 1300), "poor", "52% of the recognised text was invented"),
        (
            talk(),
            Heard(120, 100, -0.3, damage="the recording breaks off"),
            "usable",
            "the recording breaks off",
        ),
        (talk(confidence=0.7), GOOD, "usable", "who sells and who buys is uncertain (70%)"),
        (talk(buyer_share=0.03), GOOD, "poor", "only 3% of the words are known to be said by"),
        (talk(buyer_share=0), GOOD, "poor", "nothing is known to be said by the buyer"),
        (talk(unknown=True), GOOD, "poor", "nothing is known to be said by the buyer"),
        (talk(), Heard(120, estimated_times=True), "usable", "the transcript has no times"),
        (talk(), Heard(1200), "poor", "only 60 characters a minute: words or minutes are missing"),
        (talk(), Heard(400), "usable", "only 180 characters a minute: words or minutes are"),
        (talk(), Heard(30), "usable", "2400 characters a minute: its times are wrong"),
    ],
)
def test_each_fault_has_its_grade_and_reason(
    turns: tuple[Turn, ...], heard: Heard, grade: str, reason: str
) -> None:
    """One fault, one reason in plain words, one grade."""
    found = assess_quality(turns, heard)
    assert found.grade == grade
    assert len(found.reasons) == 1
    assert found.reasons[0].startswith(reason)


def test_reasons_that_make_it_poor_come_first() -> None:
    """All reasons are told, the heavy ones before the doubts."""
    found = assess_quality(
        talk(confidence=0.7), Heard(120, 100, -1.5, damage="the recording breaks off")
    )
    assert found.grade == "poor"
    assert [reason.split(" (")[0] for reason in found.reasons] == [
        "the recogniser was unsure",
        "who sells and who buys is uncertain",
        "the recording breaks off",
    ]


def test_short_snippet_is_not_judged_by_its_pace() -> None:
    """A few words in a few seconds say nothing about a minute."""
    few = talk(20, seconds=2.0)
    assert assess_quality(few, Heard(30, 2.5, -0.3)).grade == "good"
    assert assess_quality(few, Heard(30)).grade == "good"


@given(
    st.floats(0, 5000),
    st.none() | st.floats(0, 5000),
    st.none() | st.floats(-5, 0),
    st.integers(0, 5000),
    st.integers(1, 5000),
)
def test_grade_follows_from_reasons_whatever_the_figures(
    duration_s: float,
    speech_s: float | None,
    log_probability: float | None,
    n_dropped: int,
    n_characters: int,
) -> None:
    """No figures make it fail; a call is good exactly where nothing is to be said against it."""
    heard = Heard(duration_s, speech_s, log_probability, n_dropped)
    found: CallQuality = assess_quality(talk(n_characters), heard)
    assert (found.grade == "good") == (not found.reasons)
    assert found.coverage is None or 0.0 <= found.coverage <= 1.0
