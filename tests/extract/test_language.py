"""Sentences and tokens, with and without punctuation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.extract.language import Analyzer, lemma
from icp_voice.extract.taxonomy import load_taxonomy

WORDS = load_taxonomy().words
ANALYZERS = {language: Analyzer(language, WORDS[language]) for language in ("en", "ru", "uk", "pl")}


def test_sentences_keep_their_words() -> None:
    """Sentences are cut at full stops and their offsets give back the words."""
    text = "We use Excel. It's slow, honestly! Is yours?"
    sentences = ANALYZERS["en"].sentences(text)
    assert [text[s.start : s.end] for s in sentences] == [
        "We use Excel.", "It's slow, honestly!", "Is yours?",
    ]  # fmt: skip
    assert [s.end_mark for s in sentences] == [".", "!", "?"]


def test_unpunctuated_speech_is_cut_at_clause_words() -> None:
    """A recogniser's long line without a full stop becomes several sentences."""
    text = (
        "so we have nine warehouses and every one of them keeps its own list of parts and then on "
        "friday somebody collects all of them in the office because nobody else can"
    )
    sentences = ANALYZERS["en"].sentences(text)
    assert len(sentences) >= 3
    assert " ".join(s.text for s in sentences) == text


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "spreadsheets", "spreadsheet"),
        ("ru", "таблицах", "таблица"),
        ("uk", "таблицях", "таблиця"),
        ("pl", "arkuszach", "arkusz"),
    ],
)
def test_lemma(language: str, word: str, expected: str) -> None:
    """Inflected words have their dictionary form in each language."""
    assert lemma(language, word) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=200))
def test_offsets_lie_inside_the_text(text: str) -> None:
    """Whatever is said, sentences and tokens lie in order inside the text."""
    last = 0
    for sentence in ANALYZERS["en"].sentences(text):
        assert 0 <= sentence.start <= sentence.end <= len(text)
        assert sentence.start >= last
        last = sentence.start
        for token in sentence.tokens:
            assert text[token.start : token.end] or not token.text
