"""Who sells and who buys."""

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
