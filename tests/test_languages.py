"""Language of short text, by letters and function words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.languages import (
    LANGUAGES,
    detect_language,
    dominant_script,
    mend_lookalikes,
)

SENTENCES = [
    ("en", "We do the schedule by hand and it takes two days"),
    ("en", "Yeah, our CFO has to approve it"),
    ("en", "Invoicing takes ten days"),
    ("en", "A simple quote takes six weeks to approve"),
    ("ru", "Заявки приходят на почту, потом их вбивают руками"),
    ("ru", "Да, у нас сейчас Excel и Power BI"),
    ("uk", "Заявки падають на пошту, і хтось їх перебиває"),
    ("uk", "П'ять хвилин зранку"),
    ("uk", "Дякую, добре"),
    ("pl", "Faktury wpisujemy ręcznie"),
    ("pl", "Tak, to nas kosztuje"),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_sentence_gets_its_language(language: str, text: str) -> None:
    """A sentence of daily work is told by its letters and function words."""
    assert detect_language(text) == language


def test_only_allowed_languages_are_returned() -> None:
    """A declared set of languages is never left."""
    assert detect_language("і це дуже незручно", allowed=("en", "ru")) == "ru"
    assert detect_language("Добрый день", allowed=("en",)) == "en"
    assert detect_language("Faktury wpisujemy ręcznie", allowed=("en", "ru")) == "en"


def test_nothing_to_go_by_gives_the_first_of_the_script() -> None:
    """Without evidence the order of the declared languages decides."""
    assert detect_language("Мария", allowed=("en", "uk", "ru")) == "uk"
    assert detect_language("42", allowed=("pl", "en")) == "pl"


def test_brand_names_do_not_make_a_text_latin() -> None:
    """Product names in Latin letters leave a Russian sentence Russian."""
    assert dominant_script("выгружаем в Power BI раз в день") == "cyrillic"


@given(st.text(), st.lists(st.sampled_from(LANGUAGES), min_size=1, unique=True))
def test_any_text_gets_an_allowed_language(text: str, allowed: list[str]) -> None:
    """Every text, however odd, ends in one of the allowed languages."""
    assert detect_language(text, allowed) in allowed


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("dużo prаcy w Exсelu", "dużo pracy w Excelu"),
        ("оkej, to jest нasz CRM", "okej, to jest нasz CRM"),
        ("скидкa для cклада", "скидка для склада"),
        ("iнтеграцiя з CRM", "інтеграція з CRM"),
        ("наша CRM, Excel и 1С", "наша CRM, Excel и 1С"),
        ("CRMка и SMSка", "CRMка и SMSка"),
        ("да ok", "да ok"),
        ("Wszystko mamy w Excelu", "Wszystko mamy w Excelu"),
    ],
)
def test_letters_of_the_other_script_are_mended_inside_words(text: str, mended: str) -> None:
    """A Polish word with a Cyrillic twin becomes Polish; brands and whole words stay."""
    assert mend_lookalikes(text) == mended
    assert mend_lookalikes(mended) == mended
