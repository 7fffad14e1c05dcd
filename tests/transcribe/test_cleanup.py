"""Inventions of the recogniser are taken out and kept with their reason."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.records import Segment
from icp_voice.transcribe.cleanup import clean_segments
from icp_voice.transcribe.credits import CREDITS

CREDIT = "credits of a subtitle file"
AGAIN = "the same words again and again"


def said(
    text: str,
    *,
    start_s: float = 1.0,
    seconds: float = 2.0,
    log_probability: float = -0.2,
    no_speech: float = 0.0,
    compression: float = 1.2,
) -> Segment:
    end_s = start_s + seconds
    return Segment(0, start_s, end_s, text, "en", log_probability, no_speech, compression)


def talk(*texts: str, gap_s: float = 0.5) -> list[Segment]:
    """Return segments of two seconds each, one after the other."""
    return [said(text, start_s=i * (2.0 + gap_s)) for i, text in enumerate(texts)]


def left_of(segments: list[Segment]) -> str:
    return " ".join(segment.text for segment in clean_segments(segments).segments)


@pytest.mark.parametrize(
    "credit",
    [
        "Thanks for watching!",
        "Thank you so much for watching this video.",
        "Please subscribe to my channel.",
        "Don't forget to like and subscribe!",
        "I'll see you in the next video.",
        "Subtitles by the Amara.org community",
        "Transcribed by https://otter.ai",
        "Transcription by CastingWords",
        "Transcription by ESO. Translation by —",
        "www.mooji.org",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Untertitel der Amara.org-Community",
        "Субтитры сделал DimaTorzok",
        "Субтитры создавал DimaTorzok",
        "Субтитры подогнал «Симон»!",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Корректор А.Кулакова",
        "Продолжение следует...",
        "Смотрите продолжение в следующей части видео",
        "Спасибо за просмотр!",
        "Спасибо за субтитры Алексею Дубровскому!",
        "Подписывайтесь на канал и ставьте лайки!",
        "С вами был Игорь Негода.",
        "Дякую за перегляд!",
        "Субтитрувальниця Оля Шор",
        "Редактор субтитрів О.Голубкіна Коректор А.Єгорова",
        "Підписуйтесь на канал!",
        "Далі буде...",
        "Napisy stworzone przez społeczność Amara.org",
        "Dziękuje za oglądanie i do zobaczenia w kolejnych odcinkach!",
        "Zapraszam na kolejny odcinek!",
        "Nie zapomnijcie zasubskrybować oraz zafollowować mnie na Facebooku!",
        "Zdjęcia i montaż",
        "Transkrypcja Magdalena Świerczek-Gryboś © PTA – TVP",
    ],
)
def test_credits_are_cut_wherever_they_stand(credit: str) -> None:
    """Alone, before, behind and inside real speech: the credit goes and is kept apart."""
    alone = clean_segments([said(credit)])
    assert alone.segments == ()
    assert {drop.reason for drop in alone.dropped} == {CREDIT}
    stop = "" if credit[-1] in ".!" else "."
    assert left_of([said(f"We use Excel. {credit}")]) == "We use Excel."
    assert left_of([said(f"{credit}{stop} We need a pilot.")]) == "We need a pilot."
    glued = clean_segments([said(f"We use Excel. {credit}{stop} We need a pilot.")])
    assert [s.text for s in glued.segments] == ["We use Excel. We need a pilot."]
    assert {drop.reason for drop in glued.dropped} == {CREDIT}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Transcribed by https://otter.ai We need a pilot.", "We need a pilot."),
        ("Субтитры сделал DimaTorzok У нас всё в таблицах.", "У нас всё в таблицах."),
        ("Покажіть нам Дякую за перегляд!", "Покажіть нам"),
        ("Thanks for watching. Thanks for watching. So, the price.", "So, the price."),
    ],
)
def test_credits_glued_without_a_full_stop_are_cut(text: str, left: str) -> None:
    """A capital in the middle shows where a credit was glued on."""
    assert left_of([said(text)]) == left


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Спасибо.",
        "Thanks for watching the demo with us.",
        "Okay, thanks for watching it so carefully.",
        "Please subscribe me to the newsletter.",
        "Please subscribe to the plan by Friday.",
        "You can subscribe to the channel partner programme.",
        "We'll see you in the next meeting.",
        "We write the subtitles by hand.",
        "Transcription by Rev.com costs us a dollar a minute.",
        "The contract says all rights reserved on page four.",
        "We use Amara.org for our training videos.",
        "Спасибо за просмотр демо, что скажете?",
        "Продолжение следует в договоре, в третьем пункте.",
        "Субтитры сделал Иван из нашего отдела.",
        "Редактор субтитров у нас один на всю студию.",
        "Подписывайтесь на наш канал в телеграме, там обновления.",
        "С вами был Андрей, до свидания.",
        "Спасибо за внимание, есть вопросы?",
        "Дякую за перегляд пропозиції, чекаю на відповідь.",
        "Далі буде дорожче.",
        "Дякую за підписку!",
        "Дякую, так і зробимо.",
        "Dziękuję za uwagę.",
        "Dziękuję za obejrzenie naszej prezentacji w Excelu.",
        "Zdjęcia i montaż robimy sami w firmie.",
        "Zapraszam na kolejny etap, czyli pilotaż.",
        "No, no, no, no, that's not it.",
        "Да, да, да, да, понял.",
        "five five five five zero zero zero one",
        "Hello, can you hear me? Hello, can you hear me? Hello, can you hear me?",
        "It is 1000000000000 records.",
        "We play music in the shop, and there was applause.",
    ],
)
def test_real_speech_stays(text: str) -> None:
    """What people do say is left alone, to the letter, where the figures are good."""
    segment = said(text)
    cleaned = clean_segments([segment])
    assert cleaned.segments == (segment,)
    assert cleaned.dropped == ()


@pytest.mark.parametrize(
    "text",
    ["Thank you.", "Спасибо за внимание!", "Дякую за увагу.", "Dziękuję za uwagę.", "you", "Пока."],
)
def test_ordinary_phrase_goes_only_with_poor_figures(text: str) -> None:
    """A lone "thank you" with poor figures is what silence is heard as; with good ones it stays."""
    for poor in (
        said(text, no_speech=0.9),
        said(text, log_probability=-0.9),
        said(text, compression=2.6),
    ):
        cleaned = clean_segments([poor])
        assert cleaned.segments == ()
        assert [drop.reason for drop in cleaned.dropped] == ["an ordinary phrase on silence"]
    assert left_of([said(text)]) == text


@pytest.mark.parametrize(
    "text", ["[Music]", "(applause)", "*тиша*", "♪♪♪", "ДИНАМИЧНАЯ МУЗЫКА", "Звучить музика."]
)
def test_sounds_in_words_are_no_speech(text: str) -> None:
    """What a subtitle says of sounds goes; beside speech only the brackets do."""
    assert left_of([said(text)]) == ""
    if text[0] in "[(*":
        assert left_of([said(f"{text} We use Excel.")]) == "We use Excel."


def test_loop_inside_a_segment_is_said_once() -> None:
    """A phrase again and again is said once; what stands before and after stays."""
    inside = clean_segments([said("and we go and we go and we go and we go and we go home")])
    assert [s.text for s in inside.segments] == ["and we go home"]
    assert [(d.text, d.reason) for d in inside.dropped] == [
        ("and we go and we go and we go and we go", "a loop")
    ]
    assert left_of([said("Да " + "аха" * 40)]) == "Да"


def test_well_compressed_window_is_suspected_sooner() -> None:
    """Where Whisper itself would call it a loop, fewer repetitions are one."""
    text = "we can do that we can do that we can do that"
    assert left_of([said(text)]) == text
    assert left_of([said(text, compression=2.8)]) == "we can do that"


def test_loop_across_segments_is_said_once() -> None:
    """One segment again and again, two in turn, or a phrase that does not end with a segment."""
    same = clean_segments(talk(*["I see it."] * 5))
    assert [s.text for s in same.segments] == ["I see it."]
    assert [d.reason for d in same.dropped] == [AGAIN] * 4
    in_turn = talk(*["We sell tools.", "And it works."] * 4)
    assert left_of(in_turn) == "We sell tools. And it works."
    shifted = talk("the price the price the", "price the price the", "price the price", "is high")
    assert left_of(shifted) == "the price is high"


def test_same_answer_after_a_pause_is_no_loop() -> None:
    """A listener says "yes, exactly" every ten seconds; that is what listeners do."""
    answers = talk(*["Yes, exactly right."] * 8, gap_s=10.0)
    assert clean_segments(answers).segments == tuple(answers)


def test_impossible_speed_counts_only_with_bad_figures() -> None:
    """Eighty characters in no time: invented where the figures are bad, else badly timed."""
    text = "and that is what we would like to have in the end if you can do it for us at all"
    fast = said(text, seconds=0.1)
    assert clean_segments([fast]).segments == (fast,)
    lost = clean_segments([replace(fast, mean_log_probability=-0.9)])
    assert lost.segments == ()
    assert lost.dropped[0].reason == "faster than anybody can speak"


def test_words_on_silence_go_whatever_they_are() -> None:
    """Whisper's own rule for a silent window: no speech likely, and unsure."""
    lost = clean_segments([said("We bought a house.", no_speech=0.8, log_probability=-1.2)])
    assert lost.segments == ()
    assert lost.dropped[0].reason == "words on silence"


def test_reference_texts_of_the_sample_calls_are_untouched(root: Path) -> None:
    """Nothing is cut from what was really said in 27 calls."""
    path = root / "sample_audio" / "reference" / "recordings.jsonl"
    n_lines = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        by_side: dict[str, list[Segment]] = {}
        for spoken in json.loads(line)["lines"]:
            seconds = spoken["end_s"] - spoken["start_s"]
            segment = said(spoken["text"], start_s=spoken["start_s"], seconds=seconds)
            by_side.setdefault(spoken["side"], []).append(segment)
        for segments in by_side.values():
            cleaned = clean_segments(segments)
            assert cleaned.segments == tuple(segments)
            assert cleaned.dropped == ()
            n_lines += len(segments)
    assert n_lines > 500


PARTS = st.sampled_from(
    [
        *("we", "use", "Excel", "a", "lot.", "no", "Да,", "так", "12", "—", "Thank you.", "♪"),
        *("Thanks for watching!", "Субтитры сделал DimaTorzok", "Продолжение следует..."),
        *("[music]", "Dziękuję za uwagę.", "ааааааааааааааааааааа", "thanks for", "watching."),
        *("go on go on go on go on go on", "Napisy stworzone przez społeczność Amara.org"),
    ]
)
TEXTS = st.lists(PARTS, min_size=1, max_size=14).map(" ".join)
SEGMENTS = st.lists(
    st.tuples(
        TEXTS,
        st.floats(0.01, 5.0),
        st.floats(0.0, 4.0),
        st.floats(-1.5, 0.0),
        st.floats(0.0, 1.0),
        st.floats(0.5, 3.0),
    ),
    max_size=8,
)


def in_order(parts: list[tuple[str, float, float, float, float, float]]) -> list[Segment]:
    segments = []
    start_s = 0.0
    for text, gap_s, seconds, log_probability, no_speech, compression in parts:
        start_s += gap_s
        figures = (log_probability, no_speech, compression)
        segments.append(Segment(0, start_s, start_s + seconds, text, "en", *figures))
        start_s += seconds
    return segments


def letters(texts: list[str]) -> Counter[str]:
    return Counter(letter for text in texts for letter in text if not letter.isspace())


@given(SEGMENTS.map(in_order))
def test_cleaning_loses_nothing_silently_and_keeps_the_order(segments: list[Segment]) -> None:
    """Each letter is kept or dropped with a reason; what is kept stands where it stood."""
    cleaned = clean_segments(segments)
    kept = [s.text for s in cleaned.segments]
    dropped = [d.text for d in cleaned.dropped]
    assert letters(kept) + letters(dropped) == letters([s.text for s in segments])
    assert all(d.reason and d.text for d in cleaned.dropped)
    starts = [s.start_s for s in cleaned.segments]
    assert starts == sorted(starts)
    whole = {(s.start_s, s.end_s): s.text.split() for s in segments}
    for segment in cleaned.segments:
        words = iter(whole[segment.start_s, segment.end_s])
        assert all(any(word in part for part in words) for word in segment.text.split())


@given(SEGMENTS.map(in_order))
def test_cleaning_what_is_clean_changes_nothing(segments: list[Segment]) -> None:
    """A second pass finds nothing more."""
    once = clean_segments(segments)
    again = clean_segments(once.segments)
    assert again.segments == once.segments
    assert again.dropped == ()


@given(st.text(alphabet="aB .!Дї-", max_size=200))
def test_search_for_credits_ends(text: str) -> None:
    """No text makes the patterns run wild."""
    assert CREDITS.sub("", text) is not None
