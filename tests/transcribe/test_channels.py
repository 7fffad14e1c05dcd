"""Sides of channels and voices, and their names."""

from icp_voice.records import Participant
from icp_voice.sides import SideGuess
from icp_voice.transcribe.channels import channel_sides, name_speakers, voice_sides

SELLER = [
    "Hello Bo, thanks for taking the time, this is Ann from Clearpath.",
    "Can you tell me how you plan your routes today?",
    "Our platform does that. Let me show you.",
    "What would you like to see? Our customers save hours.",
]
BUYER = [
    "Hello, sure.",
    "We use spreadsheets, and our boss wants better figures.",
    "How much does it cost? Our CFO has to approve it.",
    "We lose two hours a day, and we need it by March.",
]
PEOPLE = (Participant("Ann Lee", "seller"), Participant("Bo Ek", "buyer"))


def call(seller: str, buyer: str) -> list[tuple[str, str]]:
    return [line for s, b in zip(SELLER, BUYER, strict=True) for line in ((seller, s), (buyer, b))]


def test_configured_channel_is_the_seller() -> None:
    """The map decides where the words agree or say nothing."""
    assert channel_sides(call("0", "1"), seller_channel=0)["0"].side == "seller"
    quiet = channel_sides([("0", "Hello."), ("1", "Hello.")], seller_channel=1)
    assert (quiet["0"].side, quiet["1"].side) == ("buyer", "seller")


def test_map_that_all_words_contradict_is_turned_round() -> None:
    """A recorder set up the other way is found out by what is said."""
    sides = channel_sides(call("1", "0"), seller_channel=0)
    assert (sides["0"].side, sides["1"].side) == ("buyer", "seller")


def test_voices_get_sides_from_words_and_names() -> None:
    """The voice that sells, and that calls the buyer by name, is the seller."""
    sides = voice_sides(call("1", "0"), people=PEOPLE)
    assert (sides["0"].side, sides["1"].side) == ("buyer", "seller")
    assert name_speakers(sides, PEOPLE, unnamed="Speaker") == {"1": "Ann Lee", "0": "Bo Ek"}


def test_two_buyers_are_numbered_and_unknown_ones_called_speakers() -> None:
    """Names are only given where one attendee and one voice share a side."""
    sides = {
        "0": SideGuess("seller", 0.9),
        "1": SideGuess("buyer", 0.9),
        "2": SideGuess("buyer", 0.9),
        "3": SideGuess("unknown", 0.6),
    }
    assert name_speakers(sides, PEOPLE, unnamed="Speaker") == {
        "0": "Ann Lee",
        "1": "Buyer 1",
        "2": "Buyer 2",
        "3": "Speaker 4",
    }
