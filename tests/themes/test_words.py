import pytest

from icp_voice.themes.words import content_words, introduces, lemma


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is Sarah, I'm the head of operations of Fjellford.", True),
        ("Hi, David here, I'm the operations manager at Lundford Tooling.", True),
        ("Sarah here, head of operations at Ostrawick Labs.", True),
        ("I'm the supply chain manager at Marlwell Logistics.", True),
        ("So I'm James, operations manager, I've been here for nine years.", True),
        ("Меня зовут Анна, я финансовый директор.", True),
        ("Nazywam się Anna i odpowiadam za logistykę.", True),
        ("I'm afraid the rollout is too heavy for our planners.", False),
        ("The reports are here, and the orders are in another system.", False),
        ("I'm the only one who knows how the price list works.", False),
    ],
)
def test_introductions_are_told_from_statements(text: str, expected: bool) -> None:
    """Who somebody is makes no theme; what they say of their work does."""
    assert introduces(text) is expected
