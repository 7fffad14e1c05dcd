"""Account names in the names of files, folders and meetings."""

import pytest

from icp_voice.ingest.accounts import AccountIndex, Likeness, account_names
from icp_voice.records import Deal

NAMES = (
    *("Acme Corporation", "Acme Holdings Europe", "ООО «Ромашка»", "Pellona Sp. z o.o."),
    *("Київстар", "Альфастрой", "Технохолдинг", "HP", "The New York Inquirer", "Нова Пошта"),
    *("Zoom", "Genco Pura Olive Oil Company", "Ron-tech", "Kyiv Zoo", "Cora"),
)
INDEX = AccountIndex(Deal(name, "won", account_id=name) for name in NAMES)


@pytest.mark.parametrize(
    ("text", "name", "likeness"),
    [
        ("AcmeCorp_intro", "Acme Corporation", "same"),
        ("call with ACME", "Acme Corporation", "same"),
        ("Acme Holdings Europe call", "Acme Holdings Europe", "same"),
        ("new york inquirer", "The New York Inquirer", "same"),
        ("Ron tech follow-up", "Ron-tech", "same"),
        ("HP call", "HP", "same"),
        ("rozmowa z Pelloną", "Pellona Sp. z o.o.", "same"),
        ("Zoo in Kyiv, Kyiv Zoo", "Kyiv Zoo", "same"),
        ("Romashka call", "ООО «Ромашка»", "same"),
        ("Звонок с Ромашкой", "ООО «Ромашка»", "ending"),
        ("встреча с Альфастроем", "Альфастрой", "ending"),
        ("дзвінок з Новою Поштою", "Нова Пошта", "ending"),
        ("Kyivstar demo", "Київстар", "script"),
        ("Technoholding", "Технохолдинг", "script"),
    ],
)
def test_name_is_found_in_text(text: str, name: str, likeness: Likeness) -> None:
    """Legal forms, spaces, case endings and the script make no difference."""
    assert [(hit.name, hit.likeness) for hit in INDEX.find(text)] == [(name, likeness)]


@pytest.mark.parametrize(
    "text", ["hp call", "Zoom meeting", "core team", "acmes", "Acm e", "zoo visit", "17", ""]
)
def test_short_and_everyday_words_are_no_names(text: str) -> None:
    """Short names count as whole words only; what every call is called is no account."""
    assert INDEX.find(text) == ()
    assert INDEX.find_similar(text) == ()


def test_two_names_in_a_text_are_both_found() -> None:
    """A text that names two accounts tells both; a name inside a longer one is not named."""
    found = INDEX.find("Romashka and Acme Holdings Europe")
    assert [hit.name for hit in found] == ["Acme Holdings Europe", "ООО «Ромашка»"]


def test_misspelt_long_names_are_found() -> None:
    """One slip in seven letters is allowed, none in a short name."""
    assert [hit.name for hit in INDEX.find_similar("intro Aplfastroy")] == ["Альфастрой"]
    assert [hit.name for hit in INDEX.find_similar("New York Enquirer")] == [
        "The New York Inquirer"
    ]
    assert INDEX.find_similar("Acne") == ()


def test_first_word_is_only_a_suggestion() -> None:
    """The beginning of a long name does not match; it is offered to a person."""
    assert INDEX.find("Genco call") == ()
    assert [hit.name for hit in INDEX.suggest("Genco call")] == ["Genco Pura Olive Oil Company"]


def test_accounts_of_one_name_are_found_together() -> None:
    """Deals of Acme Ltd and of ACME, Inc. can't be told apart by the name."""
    index = AccountIndex(
        [Deal("D-1", "won", account_id="Acme Ltd"), Deal("D-2", "won", account_id="ACME, Inc.")]
    )
    (hit,) = index.find("acme intro")
    assert hit.deal_ids == {"D-1", "D-2"}


def test_deal_name_stands_in_for_a_missing_account() -> None:
    """Without an account the first part of the deal's name is one; with it, it is not."""
    assert account_names(Deal("1", "won", name="Acme - Pilot")) == ("Acme - Pilot", "Acme")
    with_account = Deal("1", "won", name="Pilot - Acme", attributes={"Компания": "ООО Акме"})
    assert account_names(with_account) == ("ООО Акме", "Pilot - Acme")
