"""Question and answer: what becomes the buyer's and what does not."""

from collections.abc import Callable

import pytest

from icp_voice.extract.extractor import Extractor
from tests.extract.conftest import make_call

Found = Callable[..., set[tuple[str, str, str, str]]]
CLAIM = "So you type all the orders in by hand?"


def buyers(extractor: Extractor, text: str) -> list[tuple[str, str, bool, int]]:
    signals = extractor.extract(make_call(text)).signals
    return [
        (f"{s.kind}/{s.topic}", s.quote, s.elicited, s.turn)
        for s in signals
        if s.side == "buyer" and s.status == "asserted"
    ]


@pytest.mark.parametrize("answer", ["Yes.", "Exactly.", "Yeah, unfortunately.", "Correct, Laura."])
def test_bare_yes_makes_the_claim_the_buyers(extractor: Extractor, answer: str) -> None:
    """A confirmed claim is the buyer's: its quote the question, its place the answer."""
    got = buyers(extractor, f"S: {CLAIM}\nB: {answer}")
    assert got == [("pain/manual_work", CLAIM, True, 1)]


@pytest.mark.parametrize(
    "answer", ["No.", "Right, but that is going to change.", "Not really.", "Who told you that?"]
)
def test_other_answers_confirm_nothing(extractor: Extractor, answer: str) -> None:
    """A no, a but or another answer leaves the claim with the seller."""
    assert [s for s in buyers(extractor, f"S: {CLAIM}\nB: {answer}") if s[2]] == []


def test_own_words_stand_instead_of_the_claim(extractor: Extractor) -> None:
    """A buyer who answers in own words is quoted with those."""
    got = buyers(extractor, f"S: {CLAIM}\nB: Yes. We retype every single order.")
    assert [(trait, elicited) for trait, _, elicited, _ in got] == [("pain/manual_work", False)]


def test_late_answer_is_no_answer(extractor: Extractor) -> None:
    """Only the next buyer's turn answers; another seller's turn in between ends the question."""
    text = f"S: {CLAIM}\nS: Anyway, let me go on.\nB: Yes."
    assert [s for s in buyers(extractor, text) if s[2]] == []


def test_seller_alone_gives_no_buyer_signal(found: Found) -> None:
    """Nothing a seller says is the buyer's unless it is confirmed."""
    text = "S: Most firms lose money every month.\nS: We cut costs and save ten hours a week."
    assert {side for side, *_ in found(text)} <= {"seller"}
