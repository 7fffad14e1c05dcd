"""Inventions of the recogniser are taken out and kept with their reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.records import Segment
from icp_voice.transcribe.cleanup import clean_segments


def said(text: str, *, log_probability: float = -0.2, no_speech: float = 0.0) -> Segment:
    return Segment(0, 1.0, 2.0, text, "en", log_probability, no_speech)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Thanks for watching!", ""),
        ("We use Excel. Thanks for watching.", "We use Excel."),
        ("Transcribed by https://otter.ai We need a pilot.", "We need a pilot."),
        ("Субтитры сделал DimaTorzok", ""),
        ("У нас всё в таблицах. Продолжение следует...", "У нас всё в таблицах."),
        ("Спасибо за просмотр!", ""),
        ("Дякую за перегляд! Далі про ціну.", "Далі про ціну."),
        ("Napisy stworzone przez społeczność Amara.org", ""),
    ],
)
def test_credits_are_cut_wherever_they_stand(text: str, left: str) -> None:
    """Credits go, glued to speech or alone; the speech stays and the credit is kept apart."""
    cleaned = clean_segments([said(text)])
    assert " ".join(segment.text for segment in cleaned.segments) == left
    assert [drop.reason for drop in cleaned.dropped] == ["credits of a subtitle file"]


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Спасибо.",
        "Thanks for watching the demo with us.",
        "We write the subtitles by hand.",
        "no no no",
        "Дякую, так і зробимо.",
        "Please subscribe me to the newsletter.",
    ],
)
def test_real_speech_stays(text: str) -> None:
    """What people do say is left alone where the figures are good."""
    cleaned = clean_segments([said(text)])
    assert [segment.text for segment in cleaned.segments] == [text]
    assert cleaned.dropped == ()


def test_ordinary_phrase_on_silence_goes() -> None:
    """A lone "thank you" with poor figures is what silence is heard as."""
    cleaned = clean_segments([said("Thank you.", no_speech=0.9)])
    assert cleaned.segments == ()
    assert cleaned.dropped[0].reason == "an ordinary phrase on silence"


def test_loops_inside_and_across_segments() -> None:
    """A phrase again and again is said once; the same segment a third time is dropped."""
    inside = clean_segments([said("and we go and we go and we go and we go and we go home")])
    assert inside.segments[0].text == "and we go home"
    assert inside.dropped[0].reason == "a loop"
    across = clean_segments([said("I see it.")] * 5)
    assert len(across.segments) == 2
    assert {drop.reason for drop in across.dropped} == {"the same words again and again"}


@given(st.lists(st.sampled_from(["we", "use", "Excel", "a", "lot"]), min_size=1, max_size=3))
def test_short_speech_is_never_touched(words: list[str]) -> None:
    """Three ordinary words with good figures come out as they went in."""
    text = " ".join(words)
    assert [s.text for s in clean_segments([said(text)]).segments] == [text]
