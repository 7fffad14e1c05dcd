"""Only declared languages, with a threshold and the letters as a check."""

import pytest
from engines import ScriptedEngine
from sounds import RATE_HZ, silence

from icp_voice.errors import ModelError
from icp_voice.transcribe.speech import Piece
from icp_voice.transcribe.spoken_language import LanguageChooser, usable_languages

PIECES = [Piece(0, 5 * RATE_HZ, 0, 5 * RATE_HZ)]


def chooser(probabilities: dict[str, float], *languages: str) -> LanguageChooser:
    engine = ScriptedEngine(lambda _: [], languages=())
    engine.probabilities = probabilities
    return LanguageChooser(engine, languages)


def test_undeclared_languages_do_not_count() -> None:
    """What is not declared is left out, and the rest is weighed anew."""
    found = chooser({"de": 0.6, "uk": 0.3, "ru": 0.1}, "ru", "uk")
    assert found.choose(silence(5), PIECES) == "uk"


def test_doubtful_answer_keeps_the_language_before() -> None:
    """Below the threshold the language of the window before stays."""
    engine = ScriptedEngine(lambda _: [], languages=())
    found = LanguageChooser(engine, ("en", "pl"))
    engine.probabilities = {"pl": 0.9, "en": 0.1}
    assert found.choose(silence(5), PIECES) == "pl"
    engine.probabilities = {"pl": 0.45, "en": 0.5}
    assert found.choose(silence(5), PIECES) == "pl"


def test_letters_overrule_the_sound() -> None:
    """Ukrainian letters make a text Ukrainian, whatever the sound was taken for."""
    found = chooser({}, "ru", "uk")
    assert found.of_text("У нас усе в таблицях, і це незручно", "ru") == "uk"
    assert found.of_text("Да", "uk") == "uk"


def test_english_model_refuses_other_languages() -> None:
    """A model that knows none of the declared languages is an error before any work."""
    engine = ScriptedEngine(lambda _: [])
    assert usable_languages(engine, ("ru", "en")) == ("en",)
    with pytest.raises(ModelError, match="knows only en; languages are pl"):
        usable_languages(engine, ("pl",))
