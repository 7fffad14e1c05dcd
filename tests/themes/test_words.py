import pytest

from icp_voice.themes.words import content_words, lemma


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Good morning, nice to meet you, thanks for taking the time today."),
        ("en", "Yes, exactly, that's right, I think so too."),
        ("en", "That is five hundred thousand in March, or on Monday."),
        ("ru", "Да, конечно, спасибо, очень приятно познакомиться."),
        ("uk", "Так, звичайно, дякую, дуже приємно познайомитися."),
        ("pl", "Tak, oczywiście, dzień dobry, bardzo mi miło."),
    ],
)
def test_small_talk_and_bare_answers_have_no_content(language: str, text: str) -> None:
    """Greetings, thanks, agreement and numbers leave fewer than two content words."""
    assert len(content_words(text, language)) < 2


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "We keep all the invoices in Excel", ["invoices", "excel"]),
        ("ru", "Мы всё ещё ведём заявки в экселе", ["ведём", "заявки", "экселе"]),
        ("uk", "Ми досі ведемо заявки в екселі", ["досі", "ведемо", "заявки", "екселі"]),
        ("pl", "Wszystkie faktury są w arkuszach", ["faktury", "arkuszach"]),
        ("xx", "ein zwei", ["ein", "zwei"]),
    ],
)
def test_content_words_are_what_a_line_is_about(
    language: str, text: str, expected: list[str]
) -> None:
    """Function words go, nouns and verbs stay; an unlisted language keeps every word."""
    assert content_words(text, language) == expected


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "invoices", "invoice"),
        ("ru", "таблицах", "таблица"),
        ("uk", "таблицях", "таблиця"),
        ("xx", "words", "words"),
    ],
)
def test_lemma_is_the_dictionary_form(language: str, word: str, expected: str) -> None:
    """Inflected forms count as one word; an unlisted language is left alone."""
    assert lemma(word, language) == expected
