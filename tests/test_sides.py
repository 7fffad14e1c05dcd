"""Who sells and who buys."""

import pytest

from icp_voice.records import Participant
from icp_voice.sides import SpokenLine, assign_sides, find_participant

CALL = [
    SpokenLine("1", "Hi Bo, thanks for taking the time, this is Ann from Clearpath."),
    SpokenLine("2", "Hello, sure."),
    SpokenLine("1", "Can you tell me how you plan your routes today?"),
    SpokenLine("2", "We use spreadsheets, and our dispatchers lose two hours a day."),
    SpokenLine("1", "Our platform does that for you. Let me show you."),
    SpokenLine("2", "How much does it cost? Our CFO has to approve it."),
]


def test_words_tell_the_sides() -> None:
    """Introducing oneself and asking sells; speaking of us and prices buys."""
    sides = assign_sides(CALL)
    assert (sides["1"].side, sides["2"].side) == ("seller", "buyer")


def test_words_that_say_nothing_leave_the_side_unknown() -> None:
    """Small talk alone is not enough to claim a side."""
    sides = assign_sides([SpokenLine("1", "Hello."), SpokenLine("2", "Hello.")])
    assert {guess.side for guess in sides.values()} == {"unknown"}


def test_attendees_win_over_words() -> None:
    """The attendee list decides even where the words point elsewhere."""
    people = [Participant("1", "buyer"), Participant("2", "seller")]
    sides = assign_sides(CALL, participants=people)
    assert (sides["1"].side, sides["2"].side) == ("buyer", "seller")


def test_mail_domain_makes_the_side() -> None:
    """An address of our domain is a seller, any other a buyer."""
    people = [
        Participant("1", email="a@mail.vendor.example"),
        Participant("2", email="b@acme.example"),
    ]
    sides = assign_sides(CALL, participants=people, seller_domains=["vendor.example"])
    assert (sides["1"].side, sides["2"].side) == ("seller", "buyer")


def test_ambiguous_first_name_finds_nobody() -> None:
    """Two attendees of one first name: the first name alone tells neither."""
    people = [Participant("Ann Lee"), Participant("Ann Ek")]
    assert find_participant("Ann", people) is None


def test_whoever_is_not_on_the_list_of_sellers_buys() -> None:
    """Where a configured seller is heard, every named stranger who says little is a buyer."""
    call = [
        SpokenLine("Ann Lee", "Hi both, shall we begin?"),
        SpokenLine("Bo Chan", "Yes."),
        SpokenLine("Eva Novak", "Sure, go on."),
    ]
    sides = assign_sides(call, seller_names=["Ann Lee"])
    assert [sides[name].side for name in ("Ann Lee", "Bo Chan", "Eva Novak")] == [
        "seller",
        "buyer",
        "buyer",
    ]


DIALOGUES = {
    "en": """
        Hi Marta, thanks for making the time, this is Colin from Brightgrid.
        Hi Colin, no problem.
        Before I show you anything, can I ask a few questions about how you plan deliveries?
        Sure. We do it in Excel, and it takes us most of Friday.
        What happens when a driver calls in sick?
        Then our dispatcher starts over. We lost a customer over it last month.
        Our customers in dairy usually save a day a week. I can send you an example.
        Okay. How much does it cost, and does it integrate with SAP?
    """,
    "ru": """
        Здравствуйте, Ольга, меня зовут Антон, компания Маршрут. Вы оставляли заявку, удобно сейчас?
        Да, слушаю.
        Расскажите, пожалуйста, как вы сейчас планируете доставку?
        У нас всё в таблицах, мы ведём их вручную и теряем полдня.
        Правильно понимаю, что у вас двенадцать машин?
        Да, и наш бухгалтер ругается каждый месяц.
        Наша система это считает сама, давайте я покажу.
        А сколько это стоит? Наш директор спросит.
    """,
    "uk": """
        Добрий день, Ірино, мене звати Тарас, ми компанія Шлях. Ви залишали заявку, зручно зараз?
        Так, слухаю вас.
        Розкажіть, будь ласка, як ви зараз плануєте доставку?
        У нас все в таблицях, ми ведемо їх вручну і втрачаємо пів дня.
        Правильно розумію, що у вас дванадцять машин?
        Так, і наш бухгалтер скаржиться щомісяця.
        Наша система рахує це сама, давайте я покажу.
        А скільки це коштує? Наш директор запитає.
    """,
    "pl": """
        Dzień dobry, z tej strony Marek z firmy Trasownik, dziękuję za poświęcony czas.
        Dzień dobry, słucham.
        Proszę powiedzieć, jak u państwa wygląda teraz planowanie dostaw?
        U nas wszystko jest w arkuszach, prowadzimy je ręcznie i tracimy pół dnia.
        Czyli macie dwanaście samochodów, dobrze rozumiem?
        Tak, i nasza księgowa narzeka co miesiąc.
        Nasz system liczy to sam, zaraz pokażę.
        A ile to kosztuje? Nasz dyrektor zapyta.
    """,
}


def dialogue(language: str, seller: str, buyer: str) -> list[SpokenLine]:
    lines = [line.strip() for line in DIALOGUES[language].strip().splitlines()]
    return [SpokenLine((seller, buyer)[i % 2], line) for i, line in enumerate(lines)]


@pytest.mark.parametrize("language", sorted(DIALOGUES))
@pytest.mark.parametrize(("seller", "buyer"), [("0", "1"), ("1", "0")])
def test_words_tell_the_sides_in_each_language(language: str, seller: str, buyer: str) -> None:
    """A short first call is enough, whichever voice comes first in name."""
    sides = assign_sides(dialogue(language, seller, buyer))
    assert (sides[seller].side, sides[buyer].side) == ("seller", "buyer")
    assert min(guess.confidence for guess in sides.values()) >= 0.8


@pytest.mark.parametrize("language", sorted(DIALOGUES))
def test_the_first_exchange_alone_claims_no_wrong_side(language: str) -> None:
    """After two lines the side is the right one or unknown, never the wrong one."""
    sides = assign_sides(dialogue(language, "0", "1")[:2])
    assert sides["0"].side in ("seller", "unknown")
    assert sides["1"].side in ("buyer", "unknown")


def test_a_side_below_the_limit_is_unknown() -> None:
    """The confidence stays as it is, so that one can see how near it was."""
    call = [SpokenLine("1", "Could you repeat that please?"), SpokenLine("2", "Of course, yes.")]
    for guess in assign_sides(call).values():
        assert guess.confidence < 0.8
        assert guess.side == "unknown"
