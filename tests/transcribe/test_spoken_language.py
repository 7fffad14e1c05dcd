"""Only declared languages, block by block, with a threshold and the letters as a check."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from engines import PolyglotEngine, ScriptedEngine, one_word_a_second
from hypothesis import given
from hypothesis import strategies as st
from sounds import RATE_HZ, Samples, silence, write_wav

from icp_voice.config import TranscribeConfig
from icp_voice.errors import ModelError
from icp_voice.records import SourceFile
from icp_voice.transcribe import recording
from icp_voice.transcribe.language_blocks import join_pieces, make_blocks
from icp_voice.transcribe.listening import recognise_languages
from icp_voice.transcribe.speech import Piece, recognise_pieces
from icp_voice.transcribe.spoken_language import LanguageChooser, usable_languages

FOUR = ("en", "ru", "uk", "pl")


def talk(engine: PolyglotEngine, spoken: str, *, piece_s: int = 5) -> tuple[Samples, list[Piece]]:
    """Return a window and its pieces: a letter of `spoken` a piece (e, r, u, p), a second apart."""
    levels = [engine.level_of(next(c for c in FOUR if c[0] == letter)) for letter in spoken]
    sound: list[Samples] = []
    pieces = []
    at = 0
    for level in levels:
        # Around zero, as sound is: an offset is taken away.
        swing = np.full(piece_s * RATE_HZ, level, dtype=np.float32)
        swing[1::2] *= -1
        sound += [swing, silence(1)]
        end = at + piece_s * RATE_HZ
        pieces.append(Piece(at, end, at, end))
        at = end + RATE_HZ
    return np.concatenate(sound), pieces


def heard(
    spoken: str,
    languages: tuple[str, ...] = FOUR,
    *,
    piece_s: int = 5,
    mistakes: Mapping[int, float] | None = None,
) -> tuple[str, PolyglotEngine]:
    """Return the language of each piece as it was recognised, a letter each, and the engine."""
    engine = PolyglotEngine(FOUR, mistakes=mistakes)
    samples, pieces = talk(engine, spoken, piece_s=piece_s)
    window = LanguageChooser(engine, languages).choose(samples, pieces)
    found = recognise_languages(engine, samples, window)
    letters = []
    for segment, language in found:
        assert segment.text.endswith(f"+{language}")
        letters.append((int(segment.start_s / (piece_s + 1)), language[0]))
    by_piece = [{letter for _, letter in own} for _, own in groupby(letters, key=lambda x: x[0])]
    assert all(len(own) == 1 for own in by_piece)
    return "".join(own.pop() for own in by_piece), engine


@pytest.mark.parametrize(
    "spoken", ["rrrrrrrruuuuuuuu", "eeeeeeeepppppp", "ppppppppppppeeeeeeeepppp"]
)
def test_call_that_changes_its_language_keeps_both(spoken: str) -> None:
    """Each piece of a call that changes from one language to the other is recognised in its own."""
    assert heard(spoken)[0] == spoken


def test_sides_of_a_mono_call_may_speak_two_languages() -> None:
    """A Russian seller and a Ukrainian buyer in turn, ten seconds each."""
    spoken = "ruruururruru"
    assert heard(spoken, piece_s=10)[0] == spoken


@pytest.mark.parametrize("languages", [("en",), FOUR])
def test_one_language_is_recognised_exactly_as_without_a_choice(languages: tuple[str, ...]) -> None:
    """One language declared or found: the same pieces in one go, the same segments, word by word."""
    engine = PolyglotEngine(FOUR)
    samples, pieces = talk(engine, "e" * 40)
    window = LanguageChooser(engine, languages).choose(samples, pieces)
    found = recognise_languages(engine, samples, window)
    asked = list(engine.asked)
    plain = recognise_pieces(engine, samples, pieces, language="en")
    assert [segment for segment, _ in found] == plain
    assert engine.asked == asked * 2
    assert engine.n_detected == (0 if len(languages) == 1 else 3)


def test_only_a_few_blocks_are_asked_where_they_agree() -> None:
    """Ten minutes of one language cost three questions, whatever their number of blocks."""
    assert heard("u" * 100)[1].n_detected == 3


def test_two_doubtful_blocks_change_nothing() -> None:
    """faster-whisper #1322: two windows of 28 at p = .43 and .29 keep their neighbours' language."""
    for number in (0, 1, 2):
        spoken, engine = heard("p" * 168, mistakes={number: 0.43, number + 5: 0.29})
        assert spoken == "p" * 168
        assert {language for language, _ in engine.asked} == {"pl"}


def test_even_a_sure_mistake_of_one_short_block_is_outvoted() -> None:
    """A block alone among others needs odds of nine to one."""
    spoken, _ = heard("rrrrrrrrrrrr", ("ru", "uk"), mistakes={1: 0.2})
    assert spoken == "rrrrrrrrrrrr"


def test_undeclared_languages_do_not_count() -> None:
    """What is not declared is left out, and the rest is weighed anew."""
    engine = ScriptedEngine(one_word_a_second, languages=())
    engine.probabilities = {"de": 0.6, "uk": 0.3, "ru": 0.1}
    chooser = LanguageChooser(engine, ("ru", "uk"))
    (run,) = chooser.choose(silence(5), [Piece(0, 5 * RATE_HZ, 0, 5 * RATE_HZ)]).runs()
    assert run.language == "uk"


def test_doubtful_window_keeps_the_language_before() -> None:
    """Where nothing in a window is sure, the language of the window before goes on."""
    engine = ScriptedEngine(one_word_a_second, languages=())
    chooser = LanguageChooser(engine, ("en", "pl"))
    pieces = [Piece(0, 5 * RATE_HZ, 0, 5 * RATE_HZ)]
    for probabilities in ({"pl": 0.9, "en": 0.1}, {"pl": 0.45, "en": 0.5}, {}):
        engine.probabilities = probabilities
        assert [run.language for run in chooser.choose(silence(5), pieces).runs()] == ["pl"]
    assert chooser.choose(silence(5), []).runs() == []


def test_language_missed_by_the_first_look_is_found_by_its_text() -> None:
    """Three blocks asked say Polish; the unsure text of a block between them is asked, too."""
    spoken = "p" * 18 + "e" * 12 + "p" * 70
    found, engine = heard(spoken)
    assert found == spoken
    assert engine.asked[0][0] == "pl"
    assert {language for language, _ in engine.asked[1:]} == {"pl", "en"}


def test_long_talk_without_a_pause_is_cut_for_asking_only() -> None:
    """Two minutes without a pause are asked in parts, and go to the recogniser whole."""
    engine = PolyglotEngine(FOUR)
    samples, pieces = talk(engine, "uuu", piece_s=130)
    (run,) = LanguageChooser(engine, FOUR).choose(samples, pieces).runs()
    assert run.pieces == tuple(pieces)
    assert join_pieces(make_blocks(samples, pieces, max_s=30)) == pieces


def by_level(samples: Samples) -> Samples:
    """Stand in for the voice-activity detector: speech is what is not silent."""
    frames = np.abs(np.pad(samples, (0, -samples.shape[0] % 512))).reshape(-1, 512)
    return (frames.max(axis=1) > 0.05).astype(np.float32)


def test_each_channel_has_its_own_language_down_to_the_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Russian and a Ukrainian channel; the Ukrainian one goes over to English and says so."""
    monkeypatch.setattr(recording, "speech_probabilities", by_level)
    engine = PolyglotEngine(FOUR)
    left, pieces = talk(engine, "r" * 24)
    right = talk(engine, "u" * 12 + "e" * 12)[0]
    for i, piece in enumerate(pieces):
        (right if i % 2 else left)[piece.start : piece.end] = 0.0
    path = write_wav(tmp_path / "call.wav", np.stack([left, right]))
    source = SourceFile("0" * 16, "0" * 64, path, "recording", path.stat().st_size)
    transcript = recording.transcribe_recording(source, engine, TranscribeConfig(languages=FOUR))
    spoken = [turn.language for turn in transcript.turns]
    assert spoken == [("ru", "uk" if i < 12 else "en")[1 - i % 2] for i in range(24)]
    assert set(transcript.languages) == {"ru", "uk", "en"}


@given(
    st.lists(st.tuples(st.floats(0.1, 40), st.floats(0.5, 3)), min_size=1, max_size=8),
    st.floats(2, 30),
)
def test_blocks_hold_each_sample_once(spans: list[tuple[float, float]], max_s: float) -> None:
    """Blocks keep to their length, and joined again they are the pieces they were made of."""
    pieces = []
    at = 0
    for seconds, gap_s in spans:
        end = at + int(seconds * RATE_HZ)
        pieces.append(Piece(at, end, at, end))
        at = end + int(gap_s * RATE_HZ)
    samples = np.zeros(at, dtype=np.float32)
    blocks = make_blocks(samples, pieces, max_s=max_s)
    assert join_pieces(blocks) == pieces
    assert all(block.seconds <= max_s + 0.001 for block in blocks)


@given(st.text(alphabet="reup", min_size=1, max_size=40))
def test_every_piece_is_recognised_once_and_told_in_order(spoken: str) -> None:
    """However languages change, no speech is lost, doubled or moved."""
    engine = PolyglotEngine(FOUR)
    samples, pieces = talk(engine, spoken)
    runs = LanguageChooser(engine, FOUR).choose(samples, pieces).runs()
    assert sorted((p for run in runs for p in run.pieces), key=lambda p: p.start) == pieces
    assert len({run.language for run in runs}) == len(runs)
    window = LanguageChooser(engine, FOUR).choose(samples, pieces)
    starts = [s.start_s for s, _ in recognise_languages(engine, samples, window)]
    assert starts == sorted(starts)
    assert len(starts) == 5 * len(pieces)


def test_letters_overrule_the_sound() -> None:
    """Ukrainian letters make a text Ukrainian, whatever the sound was taken for."""
    engine = ScriptedEngine(lambda _: [], languages=())
    window = LanguageChooser(engine, FOUR).choose(silence(1), [])
    assert window.of_text("У нас усе в таблицях, і це незручно", "ru") == "uk"
    assert window.of_text("Да", "uk") == "uk"
    assert window.of_text("Да, конечно", "en") == "ru"
    assert window.of_text("CRM, Excel, Power BI", "ru") == "ru"
    assert window.of_text("Wszystko mamy w Excelu, to bardzo dużo pracy", "en") == "pl"


def test_script_that_nobody_declared_changes_nothing() -> None:
    """With English and Polish declared a Cyrillic word makes no third language."""
    engine = ScriptedEngine(lambda _: [], languages=())
    window = LanguageChooser(engine, ("en", "pl")).choose(silence(1), [])
    assert window.of_text("Да, конечно", "pl") == "pl"


def test_english_model_refuses_other_languages() -> None:
    """A model that knows none of the declared languages is an error before any work."""
    engine = ScriptedEngine(lambda _: [])
    assert usable_languages(engine, ("ru", "en")) == ("en",)
    with pytest.raises(ModelError, match="knows only en; languages are pl"):
        usable_languages(engine, ("pl",))
